// @ts-check
// What is plugged into the hub's machine, as a list to choose from.

import { ApiError, devices as ask, pagePath } from './api.js';
import { element } from './dom.js';
import { rate } from './format.js';
import { kindOf } from './kinds.js';
import { figures, say, words } from './texts.js';

/** @typedef {import('./api.js').Device} Device */

const pause = 5000; // ms between an answer and the next question

/** Looks for devices while somebody wants to see them. */
class Devices {
  /** @type {Device[] | null} null while the hub is not known to look for any */
  found = null;
  /** @type {Set<DeviceList>} */
  #lists = new Set();
  #timer = 0;
  #asking = false;
  #none = false; // this hub never looks for any

  /**
   * @param {DeviceList} list
   * @param {boolean} on
   */
  watch(list, on) {
    if (on) this.#lists.add(list);
    else this.#lists.delete(list);
    if (on && !this.#asking) this.#look();
  }

  async #look() {
    clearTimeout(this.#timer);
    if (this.#lists.size === 0 || this.#none) return;
    this.#asking = true;
    try {
      if (!document.hidden) {
        this.found = await ask();
        this.#none = this.found === null;
      }
    } catch (err) {
      if (!(err instanceof ApiError)) throw err; // the page says elsewhere that the hub is away
    } finally {
      this.#asking = false;
    }
    for (const list of this.#lists) list.show(this.found ?? []);
    this.#timer = setTimeout(() => this.#look(), pause);
  }
}

const devices = new Devices();

/** Whether the hub is known to look for local devices. */
export const hasDevices = () => devices.found !== null;

export class DeviceList {
  #place;
  #act;
  #text;
  #nameOf;
  #shown = '';

  /**
   * @param {HTMLElement} place an empty element, hidden while there is nothing to show
   * @param {string} text what the buttons say
   * @param {(device: Device, button: HTMLButtonElement) => void} act
   * @param {(id: string) => string} nameOf the name of a camera
   */
  constructor(place, text, act, nameOf) {
    this.#place = place;
    this.#text = text;
    this.#act = act;
    this.#nameOf = nameOf;
    place.hidden = true;
  }

  /**
   * Looks for devices, or stops it; what is shown stays.
   * @param {boolean} on
   */
  watch(on) {
    devices.watch(this, on);
  }

  /** @param {Device[]} list */
  show(list) {
    const known = list.filter((d) => kindOf(d.kind)?.named !== undefined);
    const rows = known.map((d) => this.#row(d));
    const text = JSON.stringify(known) + rows.map((r) => r.textContent).join();
    if (text === this.#shown) return; // or the focus would be lost
    this.#shown = text;
    this.#place.hidden = rows.length === 0;
    this.#place.replaceChildren(element('h3', {}, words.devices), element('ul', {}, ...rows));
  }

  /** @param {Device} device */
  #row(device) {
    const { name, device: path, problem, in_use_by: users } = device;
    const free = !problem && !users?.length;
    const button = element('button', { type: 'button', class: 'small', 'aria-label': say.withDevice(this.#text, name) }, this.#text);
    button.addEventListener('click', () => this.#act(device, button));
    const used = (users ?? []).map((id) => element('a', { href: pagePath(id) }, this.#nameOf(id)));
    return element('li', { class: 'device' },
      element('div', {},
        element('strong', { dir: 'auto' }, name || path), ' ',
        element('small', {}, [path, best(device)].filter(Boolean).join(' · ')),
        ...table(device),
        ...(problem ? [element('p', { class: 'error' }, problem)] : []),
        ...(used.length > 0 ? [element('p', { class: 'hint' }, words.inUseBy, ' ', ...used.flatMap((a, i) => (i > 0 ? [', ', a] : [a])))] : [])),
      ...(free ? [button] : []));
  }
}

/**
 * What a device can give: a line for each size of a format, in words.
 * @param {Device} device
 * @returns {[format: string, size: string, rates: string][]}
 */
export function modesOf({ formats }) {
  return (formats ?? []).flatMap(({ fourcc, name, supported, sizes }) => (sizes ?? []).map((s) => /** @type {[string, string, string]} */ ([
    supported ? (name || fourcc) : say.unsupported(name || fourcc),
    s.min_width ? say.sizes(say.pixels(s.min_width, s.min_height ?? 0), say.pixels(s.width, s.height)) : say.pixels(s.width, s.height),
    (s.fps ?? []).map(rate).join(', '),
  ])));
}

/**
 * The same as a table that opens, or nothing.
 * @param {Device} device
 * @returns {HTMLElement[]}
 */
function table(device) {
  const modes = modesOf(device);
  if (modes.length === 0) return [];
  const head = [words.format, figures.size, words.fps].map((word) => element('th', { scope: 'col' }, word));
  return [element('details', {}, element('summary', {}, words.modes),
    element('table', { class: 'modes' }, element('thead', {}, element('tr', {}, ...head)),
      element('tbody', {}, ...modes.map((cells) => element('tr', {}, ...cells.map((text) => element('td', {}, text)))))))];
}

/**
 * The largest picture that a device gives, in words.
 * @param {Device} device
 */
function best({ formats }) {
  const sizes = (formats ?? []).filter((f) => f.supported).flatMap((f) => f.sizes ?? []);
  const [largest] = sizes.sort((a, b) => b.width * b.height - a.width * a.height || Math.max(...(b.fps ?? [0])) - Math.max(...(a.fps ?? [0])));
  if (!largest) return '';
  const fastest = Math.max(0, ...(largest.fps ?? []));
  return [say.pixels(largest.width, largest.height), fastest > 0 && say.fps(rate(fastest))].filter(Boolean).join(', ');
}

/**
 * The source that reads a device.
 * @param {Device} device
 * @returns {import('./api.js').Source}
 */
export function sourceOf({ kind, device }) {
  const named = kindOf(kind)?.named ?? 'device';
  const number = kindOf(kind)?.fields.find((f) => f.pointer === `/source/${named}`)?.type === 'number';
  return { kind, [named]: number ? Number(device) : device };
}
