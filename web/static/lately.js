// @ts-check
// What happened to a camera: the newest events, live.

import { ApiError, call } from './api.js';
import { element, find, icon, setText } from './dom.js';
import { exact, length, moment, range } from './format.js';
import { happened, say } from './texts.js';

/**
 * @typedef {object} Event
 * @property {number} id
 * @property {string} time
 * @property {string} type
 * @property {string} camera
 * @property {{code: string, message: string}} [reason]
 * @property {{from: string, to: string}} [span] that was exported
 * @property {number} [duration_ms] of the state that it ended
 */

const page = 10; // events that are asked for at once
const most = 500; // that are kept
const pause = 3000; // ms before another try
/** @type {Record<string, string>} icons by type */
const signs = { online: 'live', moving: 'live', offline: 'offline', frozen: 'stale' };

const withReasons = ['offline', 'export_failed', 'recording_failed', 'recording_lost'];

/**
 * What an event says.
 * @param {Event} event
 */
export function sentence({ type, reason, duration_ms: lasted, span }) {
  if (type === 'online' && lasted) return say.onlineAfter(length(lasted));
  const what = happened[type] ?? type;
  if (type === 'exported' && span) return say.exportedSpan(what, range(Date.parse(span.from), Date.parse(span.to)));
  return withReasons.includes(type) && reason ? say.because(what, reason.message) : what;
}

/**
 * Both lists in one, newest first, each event once.
 * @param {Event[]} a
 * @param {Event[]} b
 */
export function merged(a, b) {
  const all = new Map([...a, ...b].map((event) => [event.id, event]));
  return [...all.values()].sort((x, y) => y.id - x.id).slice(0, most);
}

/**
 * What is listed after an answer with the newest events. Those that were known when it was
 * asked for go, unless they reach to it: others may lie between.
 * @param {Event[]} events newest first
 * @param {number} known the id of the newest when the answer was asked for; 0 for none
 * @param {Event[]} answer
 */
export function caughtUp(events, known, answer) {
  const whole = answer.some(({ id }) => id === known);
  return { whole, events: merged(whole ? events : events.filter(({ id }) => id > known), answer) };
}

export class Lately {
  #list;
  #none;
  #older;
  #camera = '';
  /** @type {Event[]} newest first */
  #events = [];
  #cursor = ''; // of the next page; "" when there is none
  #begun = false; // the first page is there
  /** @type {EventSource | null} */
  #source = null;
  #timer = 0;
  #hubNow;

  /**
   * It listens while the page is visible: a browser has few connections to one host.
   * @param {HTMLElement} section with a list, a [data-none] and a [data-older] button
   * @param {() => number} hubNow ms
   */
  constructor(section, hubNow) {
    this.#hubNow = hubNow;
    this.#list = find('ol', HTMLElement, section);
    this.#none = find('[data-none]', HTMLElement, section);
    this.#older = find('[data-older]', HTMLButtonElement, section);
    this.#older.addEventListener('click', () => this.#ask(this.#cursor));
    document.addEventListener('visibilitychange', () => this.renew());
  }

  /**
   * Shows the events of a camera; "" for none.
   * @param {string} camera
   */
  show(camera) {
    if (camera === this.#camera) return;
    this.#camera = camera;
    this.#events = [];
    this.#cursor = '';
    this.#begun = false;
    this.#render();
    this.renew();
  }

  /** Listens anew, and asks for what was missed: when the hub is there again. */
  renew() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    if (document.hidden || this.#camera === '') return;
    const source = new EventSource('/api/v1/events/live');
    this.#source = source;
    source.addEventListener('open', () => {
      clearTimeout(this.#timer);
      this.#ask('');
    });
    source.addEventListener('event', ({ data }) => {
      const event = /** @type {Event} */ (JSON.parse(data));
      if (event.camera === this.#camera) this.#take([event]);
    });
    source.addEventListener('error', () => {
      if (source !== this.#source) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.renew(), pause); // browsers give up after some answers
    });
  }

  /** @param {string} cursor "" asks for the newest */
  async #ask(cursor) {
    const camera = this.#camera;
    const known = this.#events[0]?.id ?? 0;
    try {
      const query = new URLSearchParams({ camera, limit: String(page), ...(cursor && { cursor }) });
      const { data } = await call('GET', `/api/v1/events?${query}`);
      if (camera !== this.#camera) return;
      const { whole, events } = caughtUp(this.#events, known, data.events);
      if (cursor || !whole) this.#cursor = data.cursor ?? '';
      this.#events = cursor ? merged(this.#events, data.events) : events;
      this.#begun = true;
      this.#render();
    } catch (err) {
      if (!(err instanceof ApiError)) throw err;
      if (cursor || camera !== this.#camera) return; // the button is still there
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.renew(), pause);
    }
  }

  /** @param {Event[]} events */
  #take(events) {
    this.#events = merged(this.#events, events);
    this.#render();
  }

  #render() {
    this.#none.hidden = !this.#begun || this.#events.length > 0;
    this.#older.hidden = this.#cursor === '' || this.#events.length >= most;
    const now = this.#hubNow();
    const known = new Map([...this.#list.children].map((el) => [/** @type {HTMLElement} */ (el).dataset.id, el]));
    const items = this.#events.map((event) => known.get(String(event.id)) ?? item(event));
    this.#list.replaceChildren(...items);
    this.#events.forEach(({ time }, i) => setText(find('time', HTMLElement, items[i]), moment(Date.parse(time), now)));
  }
}

/** @param {Event} event */
function item(event) {
  const sign = signs[event.type] ? icon(signs[event.type]) : icon('note');
  return element('li', { 'data-id': event.id, 'data-type': event.type }, sign,
    element('span', { dir: 'auto' }, sentence(event)), element('time', { datetime: event.time, title: exact(event.time) }));
}
