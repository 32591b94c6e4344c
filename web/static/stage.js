// @ts-check
// The large picture of one camera, with what is said on top of it.

import { element, find, setIcon, setText } from './dom.js';
import { age, exact, moment, secondsUntil, span } from './format.js';
import { Painter } from './painter.js';
import { say, states, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./socket.js').Picture} Picture */
/** @typedef {{jpeg: Uint8Array<ArrayBuffer>, arrived: number}} Shown arrived by the hub's clock in ms */

const oldAge = 2000; // ms; a picture older than this says its age
const meterSpan = 5000; // ms over which pictures are counted
const leastSpan = 1000; // ms without which a rate says nothing
let tiles = 0; // that were asked for so far

/**
 * How many a second there are of what happened at some times, in ms; null when
 * they are too few or too old to say so. Pure.
 * @param {number[]} times in order
 * @param {number} now
 */
export function rateOf(times, now) {
  const [first = now, last = now] = [times[0], times.at(-1)];
  return last - first < leastSpan || now - last > oldAge ? null : (times.length - 1) * 1000 / (last - first);
}

export class Stage {
  /** The number that pictures come under; each camera and each resumption has a new one. */
  number = 0;
  /** @type {Camera | null} */
  camera = null;
  /** @type {Shown | null} the picture on the screen, if it can be shown */
  shown = null;
  /** Whether recordings are shown. */
  replayed = false;
  #past = false; // pictures came before the notice that nothing is recorded
  /** Whether the picture is held. */
  paused = false;

  #el;
  #lens;
  #img = element('img');
  #painter = new Painter(this.#img, () => {});
  #broken = false; // the newest picture can't be shown
  /** @type {number[]} when pictures were shown lately, by performance.now() */
  #times = [];

  /**
   * @param {HTMLElement} el
   * @param {import('./lens.js').Lens} lens
   */
  constructor(el, lens) {
    this.#el = el;
    this.#lens = lens;
  }

  /**
   * Shows what the hub says of a camera now; for another camera than before it
   * begins anew, live and whole.
   * @param {Camera} camera
   */
  show(camera) {
    const other = camera.id !== this.camera?.id;
    this.camera = camera;
    if (other) this.#begin();
    const { state, since, error, width = 0, height = 0 } = camera.status;
    this.#el.dataset.state = state;
    this.#el.dataset.id = camera.id;
    this.#name();
    this.#lens.measure({ width, height }, { width: this.#img.naturalWidth, height: this.#img.naturalHeight });
    const notice = find('.notice', HTMLElement, this.#el);
    setIcon(find('.icon', SVGSVGElement, notice), state);
    setText(find('[data-state-word]', HTMLElement, notice), states[state] ?? state);
    setText(find('.reason', HTMLElement, notice), state === 'idle' ? words.asleep : state === 'live' ? '' : (error?.message ?? ''));
    const time = find('time', HTMLTimeElement, notice);
    time.dateTime = since;
    time.title = exact(since);
    for (const button of notice.querySelectorAll('button')) {
      button.hidden = !(button.dataset.in ?? '').split(' ').includes(state);
    }
  }

  /** Says whom the picture is of, and whether it is of now. */
  #name() {
    const name = this.camera?.name ?? '';
    const text = this.replayed ? say.recordingOf(name) : say.pictureOf(name);
    this.#el.setAttribute('aria-label', text);
    this.#img.alt = text;
  }

  /** When the live picture that is held came, ms; null when none is. */
  get held() {
    return this.paused && this.shown ? this.shown.arrived : null;
  }

  /** Whether nothing is recorded of what is to be shown. */
  get blank() {
    return this.#el.classList.contains('blank');
  }

  /** Shows nothing: there is no camera. */
  clear() {
    this.camera = null;
    this.#begin();
    delete this.#el.dataset.id;
  }

  #begin() {
    this.number = tiles++ % 65536;
    this.shown = null;
    this.paused = this.#broken = false;
    this.#times = [];
    this.#img = element('img', { class: 'feed', alt: '', draggable: 'false' });
    this.#painter = new Painter(this.#img, (picture, ok) => this.#painted(picture, ok));
    find('.frame', HTMLElement, this.#el).replaceChildren(this.#img);
    this.#el.classList.remove('painted', 'fed', 'paused');
    this.#lens.hold(this.#img);
  }

  /**
   * Moves what moves with time; to be called about once a second.
   * @param {{now: () => number, failure: object | null, text: string}} hub text says what is shown
   */
  tick(hub) {
    const status = this.camera?.status;
    if (!status) return;
    const known = hub.failure === null;
    this.#el.classList.toggle('unknown', !known);
    this.#mark('away', known ? '' : words.unreachable);
    setText(find('.notice time', HTMLElement, this.#el), say.since(span(hub.now() - Date.parse(status.since))));
    setText(find('.retry', HTMLElement, this.#el), status.state === 'offline' && known ? say.retryIn(secondsUntil(status.retry_at, hub.now())) : '');
    const old = this.shown && !this.paused && !this.replayed ? hub.now() - this.shown.arrived : 0;
    this.#mark('old', this.#broken ? words.undecodable : old > oldAge ? say.age(age(old)) : '');
    this.#mark('recorded', this.replayed && !this.blank ? hub.text : '');
    const recording = status.recording;
    this.#mark('unrecorded', known && !this.replayed && recording?.state === 'failing' ? say.unrecordedAdvice(recording.reason) : '');
    const frozen = known && !this.paused && !this.replayed && status.state === 'live' && status.frozen_since;
    this.#mark('frozen', frozen ? say.frozen(span(hub.now() - Date.parse(frozen))) : '');
    find('[data-mark=frozen]', HTMLElement, this.#el).title = frozen ? exact(frozen) : '';
  }

  /**
   * @param {string} name
   * @param {string} text "" hides it
   */
  #mark(name, text) {
    const el = find(`[data-mark=${name}]`, HTMLElement, this.#el);
    el.hidden = text === '';
    setText(find('span', HTMLElement, el), text);
  }

  /**
   * Shows a picture, and returns its credit when that is done.
   * @param {Picture} picture
   */
  paint(picture) {
    this.#past = false;
    if (this.paused) picture.got();
    else this.#painter.show(picture);
  }

  /**
   * Shows recordings, or what is now.
   * @param {boolean} on
   */
  replay(on) {
    this.replayed = on;
    this.#el.classList.toggle('replay', on);
    this.#name();
    this.#mark('missing', '');
    if (!on) this.#el.classList.remove('blank');
    for (const name of on ? ['old', 'frozen', 'unrecorded'] : ['recorded']) this.#mark(name, '');
  }

  /**
   * Says that nothing was recorded, until the next picture.
   * @param {import('./socket.js').Gap} gap
   */
  missing({ reason }) {
    this.#past = true;
    this.#el.classList.add('blank');
    this.#mark('recorded', '');
    this.#mark('missing', say.notRecorded('', reason.message));
  }

  /** Says that no pictures come any more. The last one stays. */
  lost() {
    this.#el.classList.remove('fed');
  }

  /** Holds the picture that is on the screen. Reports whether there is one. */
  pause() {
    if (this.shown === null || this.paused) return false;
    this.paused = true;
    this.#el.classList.add('paused');
    this.#mark('old', '');
    this.#mark('frozen', '');
    this.#mark('paused', say.pausedAt(moment(this.shown.arrived, Date.now())));
    return true;
  }

  /**
   * Shows another picture in the place of the one that is held.
   * @param {Shown} picture
   */
  sharpen(picture) {
    this.#painter.show({ tile: this.number, got: () => {}, ...picture });
  }

  /** Lets live pictures through again. */
  resume() {
    this.number = tiles++ % 65536; // what was under way is old
    this.paused = false;
    this.#times = [];
    this.#el.classList.remove('paused');
    this.#mark('paused', '');
  }

  /** The size of the picture on the screen; null when there is none. */
  size() {
    return this.shown && { width: this.#img.naturalWidth, height: this.#img.naturalHeight };
  }

  /** How many pictures a second were shown lately, and their size; null without any. */
  seen() {
    const now = performance.now();
    this.#times = this.#times.filter((at) => now - at < meterSpan);
    const fps = this.paused ? null : rateOf(this.#times, now);
    return fps === null ? null : { fps, width: this.#img.naturalWidth, height: this.#img.naturalHeight };
  }

  /**
   * @param {Picture} picture
   * @param {boolean} ok
   */
  #painted({ jpeg, arrived, tile }, ok) {
    if (!this.#past && this.#el.classList.contains('blank')) {
      this.#el.classList.remove('blank');
      this.#mark('missing', '');
    }
    if (ok) {
      this.shown = { jpeg, arrived };
      this.#times.push(performance.now());
      const { width = 0, height = 0 } = this.camera?.status ?? {};
      this.#lens.measure({ width, height }, { width: this.#img.naturalWidth, height: this.#img.naturalHeight });
    }
    if (ok === this.#broken) this.#mark('old', ok ? '' : words.undecodable);
    this.#broken = !ok;
    this.#el.classList.toggle('painted', ok);
    this.#el.classList.toggle('fed', tile === this.number);
    if (this.paused) this.#mark('paused', say.pausedAt(moment(arrived, Date.now())));
  }
}
