// @ts-check
// From the values of the camera form to the JSON of the hub, and back. Pure
// functions: they know nothing of the page.

import { say } from './texts.js';

/** @typedef {import('./api.js').Definition} Definition */
/** @typedef {import('./api.js').FieldFault} FieldFault */

/**
 * @typedef {object} Values What stands in the form, as text.
 * @property {string} name
 * @property {string} kind
 * @property {string} mode
 * @property {string} group
 * @property {string} url
 * @property {string} username
 * @property {string} password
 * @property {boolean} forget the stored password
 * @property {boolean} tls_insecure
 * @property {string} headers one a line
 * @property {string} interval between single pictures, in seconds
 * @property {string} max_frame_bytes
 * @property {string} pattern
 * @property {string} size such as 1280x720; "" keeps what is there
 * @property {string} fps
 */

/** The kinds that the form can describe. */
export const kinds = ['mjpeg', 'snapshot', 'emulated'];

/**
 * Makes a definition of the form's values. Only what the hub can't be asked is
 * checked here: whether a text is a number or a header at all.
 * @param {Values} v
 * @param {Definition | null} before the camera to change; null for a new one
 * @returns {{definition: Definition, faults: FieldFault[]}}
 */
export function definition(v, before) {
  /** @type {FieldFault[]} */
  const faults = [];
  const kept = before?.source.kind === v.kind ? before.source : { kind: v.kind };
  const source = { ...kept };
  if (v.kind === 'mjpeg' || v.kind === 'snapshot') Object.assign(source, network(v, faults));
  if (v.kind === 'snapshot') Object.assign(source, snapshot(v, faults));
  if (v.kind === 'emulated') Object.assign(source, emulated(v, faults));
  for (const key of Object.keys(source)) if (source[key] === undefined) delete source[key];
  /** @type {Definition} */
  const result = { name: v.name, mode: v.mode, source };
  if (v.group !== '') result.group = v.group;
  return { definition: result, faults };
}

/**
 * @param {Values} v
 * @param {FieldFault[]} faults
 */
function network(v, faults) {
  return {
    url: v.url.trim(),
    username: v.username || undefined,
    password: v.password || undefined,
    tls_insecure: v.tls_insecure || undefined,
    headers: headers(v.headers, faults),
    max_frame_bytes: number(v.max_frame_bytes, '/source/max_frame_bytes', faults),
  };
}

/**
 * @param {Values} v
 * @param {FieldFault[]} faults
 */
function snapshot(v, faults) {
  const seconds = number(v.interval, '/source/interval', faults);
  return { interval: seconds === undefined ? undefined : `${seconds}s` };
}

/**
 * @param {Values} v
 * @param {FieldFault[]} faults
 */
function emulated(v, faults) {
  const fps = number(v.fps, '/source/fps', faults);
  const [width, height] = v.size.split('x').map(Number);
  return { pattern: v.pattern, ...(v.size && { width, height }), fps };
}

/**
 * @param {string} text
 * @param {string} pointer
 * @param {FieldFault[]} faults
 * @returns {number | undefined} undefined for no text
 */
function number(text, pointer, faults) {
  if (text.trim() === '') return undefined;
  const n = Number(text);
  if (Number.isFinite(n)) return n;
  faults.push({ pointer, detail: say.notNumber });
  return undefined;
}

/**
 * @param {string} text
 * @param {FieldFault[]} faults
 * @returns {Record<string, string> | undefined}
 */
function headers(text, faults) {
  /** @type {Record<string, string>} */
  const found = {};
  text.split('\n').forEach((line, i) => {
    if (line.trim() === '') return;
    const colon = line.indexOf(':');
    if (colon < 1) faults.push({ pointer: '/source/headers', detail: say.headerLine(i + 1) });
    else found[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  });
  return Object.keys(found).length > 0 ? found : undefined;
}

/**
 * The seconds of a duration of the hub, such as 1m30s or 500ms.
 * @param {string} duration
 */
export function seconds(duration) {
  /** @type {Record<string, number>} */
  const units = { h: 3600, m: 60, s: 1, ms: 1e-3, 'µs': 1e-6, us: 1e-6, ns: 1e-9 };
  let sum = 0;
  for (const [, n, unit] of duration.matchAll(/([\d.]+)(h|ms|m|s|µs|us|ns)/g)) sum += Number(n) * units[unit];
  return Number(sum.toFixed(6));
}

/**
 * The form's values of a camera.
 * @param {Definition} camera
 * @returns {Values}
 */
export function values({ name, mode, group = '', source }) {
  const text = (/** @type {unknown} */ v) => (v === undefined || v === null ? '' : String(v));
  return {
    name, mode, group, kind: source.kind,
    url: text(source.url), username: text(source.username), password: '', forget: false,
    tls_insecure: source.tls_insecure === true,
    headers: Object.entries(source.headers ?? {}).map(([k, v]) => `${k}: ${v}`).join('\n'),
    max_frame_bytes: text(source.max_frame_bytes),
    interval: source.interval === undefined ? '' : String(seconds(source.interval)),
    pattern: text(source.pattern) || 'clock',
    size: source.width && source.height ? `${source.width}x${source.height}` : '',
    fps: text(source.fps),
  };
}

/**
 * The JSON merge patch (RFC 7396) that turns one object into another.
 * @param {Record<string, any>} from
 * @param {Record<string, any>} to
 * @returns {Record<string, any>}
 */
export function mergePatch(from, to) {
  /** @type {Record<string, any>} */
  const patch = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const old = from[key];
    if (isObject(value) && isObject(old)) {
      const inner = mergePatch(old, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (JSON.stringify(value) !== JSON.stringify(old)) {
      patch[key] = value;
    }
  }
  return patch;
}

/** @param {unknown} v */
function isObject(v) {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}

/**
 * The patch for an edited camera. A password that was not typed stays with its
 * camera, unless it is to be forgotten or the kind is another one.
 * @param {Definition} before
 * @param {Definition} after
 * @param {boolean} forget
 */
export function editPatch(before, after, forget) {
  const editable = (/** @type {Definition} */ d) => {
    const { password_set: _, ...source } = d.source;
    return { name: d.name, mode: d.mode, ...(d.group && { group: d.group }), source };
  };
  const patch = mergePatch(editable(before), editable(after));
  const drop = forget || before.source.kind !== after.source.kind;
  if (before.source.password_set && drop && !after.source.password) patch.source = { ...patch.source, password: null };
  return patch;
}
