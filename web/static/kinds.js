// @ts-check
// What the form of a camera asks, as tables: a new kind of camera, or a new
// option of one, is a line here. Pure data.

import { words } from './texts.js';

/** @typedef {Record<string, any>} Values what stands in the form, by pointer */

/**
 * @typedef {object} Field One field of the form, and of the JSON that the hub takes.
 * @property {string} pointer where it lies in a definition (RFC 6901)
 * @property {'text' | 'url' | 'secret' | 'number' | 'seconds' | 'choice' | 'flag' | 'headers' | 'bytes' | 'plan'} type
 * @property {string} label
 * @property {string} [hint]
 * @property {string | ((v: Values) => string)} [placeholder] of a text: an example, or what the hub takes for nothing
 * @property {[value: string, label: string][]} [choices] the first is the default
 * @property {boolean} [numeric] the choices are numbers
 * @property {string[]} [suggestions] for a text
 * @property {2 | 3} [across] how many such fields share a line
 * @property {boolean} [advanced] it stays out of sight at first
 * @property {boolean} [fixed] it can't be changed once there is the camera
 * @property {(v: Values) => boolean} [when] whether it means anything now
 */

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} label
 * @property {string} hint
 * @property {string} [named] the option that names a device
 * @property {boolean} [local] it reads what is plugged into the hub's machine
 * @property {Field[]} fields below /source
 */

/**
 * Writes a table of options: name, type, label and the rest.
 * @param {...[string, Field['type'], string, Partial<Field>?]} rows
 * @returns {Field[]}
 */
const options = (...rows) => rows.map(([name, type, label, rest = {}]) => ({ pointer: `/source/${name}`, type, label, ...rest }));

const half = /** @type {const} */ ({ across: 2 });
const third = /** @type {const} */ ({ across: 3 });
const advanced = { advanced: true };
const more = { ...third, ...advanced };

/**
 * Choices that are called as programs call them.
 * @param {...string} values
 * @returns {[string, string][]}
 */
const named = (...values) => values.map((v) => [v, v === 'auto' ? words.automatic : v]);

/** @type {[string, Field['type'], string, Partial<Field>][]} */
const size = [
  ['width', 'number', words.width, { ...third, placeholder: '1280' }],
  ['height', 'number', words.height, { ...third, placeholder: '720' }],
];

const clock = (/** @type {Values} */ v) => v['/source/pattern'] !== 'slides';
const slides = (/** @type {Values} */ v) => v['/source/pattern'] === 'slides';

const login = options(
  ['username', 'text', words.username, half],
  ['password', 'secret', words.password, half],
);

const network = options(
  ['tls_insecure', 'flag', words.tlsInsecure, advanced],
  ['headers', 'headers', words.headers, { ...advanced, hint: words.headersHint }],
  ['max_frame_bytes', 'number', words.maxFrame, { ...advanced, placeholder: '16777216' }],
);

/** @type {Kind[]} */
export const kinds = [
  {
    name: 'mjpeg', label: words.kindMjpeg, hint: words.kindMjpegHint, named: 'url',
    fields: [
      ...options(['url', 'url', words.url, { placeholder: words.urlPlaceholder, hint: words.urlHint }]),
      ...login, ...network,
    ],
  },
  {
    name: 'snapshot', label: words.kindSnapshot, hint: words.kindSnapshotHint, named: 'url',
    fields: [
      ...options(['url', 'url', words.pictureUrl, { placeholder: words.pictureUrlPlaceholder, hint: words.pictureUrlHint }]),
      ...login,
      ...options(['interval', 'seconds', words.interval, { placeholder: '1' }]),
      ...network,
    ],
  },
  {
    name: 'v4l2', label: words.kindV4l2, hint: words.kindV4l2Hint, named: 'device', local: true,
    fields: options(
      ['device', 'text', words.device, { placeholder: '/dev/video0', hint: words.deviceHint }],
      ...size,
      ['fps', 'number', words.fps, { ...third, placeholder: '30' }],
      ['format', 'choice', words.format, { ...advanced, hint: words.formatHint, choices: named('auto', 'MJPG', 'JPEG', 'YUYV', 'UYVY', 'NV12', 'NV21', 'YU12', 'RGB3', 'BGR3', 'GREY') }],
      ['quality', 'number', words.quality, { ...advanced, placeholder: '80', hint: words.qualityHint }],
    ),
  },
  {
    name: 'picamera', label: words.kindPicamera, hint: words.kindPicameraHint, named: 'camera', local: true,
    fields: options(
      ['camera', 'number', words.cameraNumber, { placeholder: '0', hint: words.cameraNumberHint }],
      ...size,
      ['fps', 'number', words.fps, { ...third, placeholder: '15' }],
      ['rotation', 'choice', words.rotation, { ...third, numeric: true, choices: [['0', words.rotationNone], ['180', words.rotationHalf]] }],
      ['hflip', 'flag', words.hflip, third],
      ['vflip', 'flag', words.vflip, third],
      ['quality', 'number', words.quality, { ...more, placeholder: '80' }],
      ['command', 'choice', words.command, { ...more, choices: named('auto', 'rpicam-vid', 'libcamera-vid', 'raspivid') }],
      ['hdr', 'choice', words.hdr, { ...more, choices: named('off', 'auto', 'sensor', 'single-exp') }],
      ['exposure', 'choice', words.exposure, { ...more, choices: named('normal', 'sport', 'long') }],
      ['shutter', 'seconds', words.shutter, { ...more, placeholder: words.automatic }],
      ['gain', 'number', words.gain, { ...more, placeholder: words.automatic }],
      ['ev', 'number', words.ev, { ...more, placeholder: '0' }],
      ['metering', 'choice', words.metering, { ...more, choices: named('centre', 'spot', 'average') }],
      ['awb', 'choice', words.awb, { ...more, choices: named('auto', 'incandescent', 'tungsten', 'fluorescent', 'indoor', 'daylight', 'cloudy') }],
      ['brightness', 'number', words.brightness, { ...more, placeholder: '0' }],
      ['contrast', 'number', words.contrast, { ...more, placeholder: '1' }],
      ['saturation', 'number', words.saturation, { ...more, placeholder: '1' }],
      ['sharpness', 'number', words.sharpness, { ...more, placeholder: '1' }],
      ['denoise', 'choice', words.denoise, { ...more, choices: named('auto', 'off', 'cdn_off', 'cdn_fast', 'cdn_hq') }],
      ['autofocus_mode', 'choice', words.autofocus, { ...more, choices: named('default', 'manual', 'auto', 'continuous') }],
      ['lens_position', 'number', words.lensPosition, { ...more, placeholder: words.automatic }],
      ['roi', 'text', words.roi, { ...more, placeholder: '0,0,1,1' }],
    ),
  },
  {
    name: 'emulated', label: words.kindEmulated, hint: words.kindEmulatedHint,
    fields: options(
      ['pattern', 'choice', words.pattern, { choices: [['clock', words.patternClock], ['slides', words.patternSlides]] }],
      ['fps', 'number', words.fps, { ...third, placeholder: (v) => (slides(v) ? '1' : '10') }],
      ['width', 'number', words.width, { ...third, placeholder: '1280', when: clock }],
      ['height', 'number', words.height, { ...third, placeholder: '720', when: clock }],
      ['folder', 'text', words.folder, { hint: words.folderHint, when: slides }],
    ),
  },
];

/** @param {string} name */
export const kindOf = (name) => kinds.find((k) => k.name === name);

const recorded = (/** @type {Values} */ v) => v['/record/mode'] !== 'off';

/** What is asked of every camera, before and behind the options of its kind, and
 * of its recordings.
 * @type {{first: Field[], last: Field[], record: Field[]}} */
export const common = {
  first: [{ pointer: '/name', type: 'text', label: words.name, placeholder: words.namePlaceholder }],
  last: [
    { pointer: '/mode', type: 'choice', label: words.mode, choices: [['always', words.modeAlways], ['on_demand', words.modeOnDemand]] },
    {
      pointer: '/idle_timeout', type: 'seconds', label: words.idleTimeout, ...half, placeholder: '10',
      when: (v) => v['/mode'] === 'on_demand',
    },
    { pointer: '/group', type: 'text', label: words.group, ...half },
    { pointer: '/enabled', type: 'flag', label: words.enabled },
    { pointer: '/id', type: 'text', label: words.id, ...advanced, hint: words.idHint, fixed: true },
  ],
  record: [
    { pointer: '/record/mode', type: 'choice', label: words.recordMode, choices: [['off', words.recordOff], ['always', words.recordAlways], ['schedule', words.recordSchedule]] },
    { pointer: '/record/schedule', type: 'plan', label: words.recordPlan, hint: words.recordPlanHint, when: (v) => v['/record/mode'] === 'schedule' },
    { pointer: '/record/max_fps', type: 'number', label: words.recordFps, ...third, placeholder: words.recordFpsAll, when: recorded },
    { pointer: '/record/keep_days', type: 'number', label: words.keepDays, ...third, placeholder: words.noLimit, when: recorded },
    { pointer: '/record/keep_bytes', type: 'bytes', label: words.keepBytes, ...third, when: recorded },
  ],
};

/**
 * All fields of a camera of a kind.
 * @param {string} kind one that has no table has the common ones only
 */
export const fieldsOf = (kind) => [...common.first, ...(kindOf(kind)?.fields ?? []), ...common.last, ...common.record];
