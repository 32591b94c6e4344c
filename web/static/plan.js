// @ts-check
// The hours of a week, as a field: painted on a grid of days and hours, or typed
// as a text that can say minutes too. Each follows the other.

import { ApiError, call } from './api.js';
import { element } from './dom.js';
import { clearField, showFaults } from './fields.js';
import { clockElsewhere, days, formatPlan, minutesOn, never, parsePlan, setHour } from './schedule.js';
import { dayNames, say, words } from './texts.js';

const hours = 24;

/**
 * Makes the control of a plan inside its field.
 * @param {HTMLElement} field has its label already
 * @param {string} id of the text
 * @param {string} value
 * @returns {() => string} reads the text
 */
export function planControl(field, id, value) {
  const text = element('input', { id, spellcheck: 'false', autocomplete: 'off', autocapitalize: 'none', placeholder: 'mon-fri 08:00-18:00, sat 10:00-14:00' });
  text.value = value;
  const grid = new Grid((plan) => {
    text.value = plan;
    for (const name of ['input', 'change']) text.dispatchEvent(new Event(name, { bubbles: true }));
  });
  const read = () => {
    const { on, fault } = text.value.trim() === '' ? { on: never(), fault: '' } : parsePlan(text.value);
    grid.show(on);
    return fault;
  };
  text.addEventListener('input', read);
  text.addEventListener('change', () => {
    const fault = read();
    clearField(field);
    if (fault !== '' && text.form) showFaults(text.form, [{ pointer: field.dataset.pointer ?? '', detail: fault }]);
  });
  field.append(grid.el, text);
  tellClock(field);
  read();
  return () => text.value;
}

/**
 * Says below a plan what time it is at the hub, if that is another than here.
 * @param {HTMLElement} field
 */
async function tellClock(field) {
  try {
    const { data } = await call('GET', '/api/v1/status');
    const there = clockElsewhere(data.local_time);
    if (there) field.append(element('p', { class: 'hint hub-clock' }, say.planClock(there.clock, there.zone)));
  } catch (err) {
    if (!(err instanceof ApiError)) throw err; // else the plan does without
  }
}

/** The grid. It has one stop for Tab; arrows go about, Space turns an hour, or a day. */
class Grid {
  el = element('table', { class: 'plan', role: 'grid', 'aria-label': words.planGrid });
  #on = never();
  /** @type {HTMLTableCellElement[][]} by day; the first is the day itself */
  #cells;
  #told;
  /** @type {boolean | null} what the pointer paints */
  #painting = null;

  /** @param {(plan: string) => void} told a person changed it */
  constructor(told) {
    this.#told = told;
    this.#cells = days.map((_, d) => [
      element('th', { scope: 'row', role: 'rowheader', tabindex: '-1', title: say.planDay(dayNames[d]) }, dayNames[d].slice(0, 2)),
      ...Array.from({ length: hours }, () => element('td', { role: 'gridcell', tabindex: '-1' })),
    ]);
    this.#cells[0][1].tabIndex = 0;
    const head = Array.from({ length: hours }, (_, h) => element('th', { scope: 'col', 'aria-label': say.planHour(h), class: h % 6 === 0 ? 'sixth' : '' }, h % 6 === 0 ? String(h) : ''));
    this.el.append(
      element('thead', {}, element('tr', {}, element('td'), ...head)),
      element('tbody', {}, ...this.#cells.map((row) => element('tr', {}, ...row))),
    );
    this.el.addEventListener('keydown', (event) => this.#key(event));
    this.el.addEventListener('pointerdown', (event) => this.#down(event));
    this.el.addEventListener('pointermove', (event) => this.#move(event));
    for (const name of ['pointerup', 'pointercancel']) this.el.addEventListener(name, () => this.#up());
  }

  /** @param {import('./schedule.js').Week} on */
  show(on) {
    this.#on = on;
    this.#cells.forEach((row, d) => row.forEach((cell, i) => {
      if (i === 0) return;
      const n = minutesOn(on, d, i - 1);
      const state = n === 60 ? 'on' : n > 0 ? 'partly' : 'off';
      if (cell.dataset.state === state) return;
      cell.dataset.state = state;
      cell.setAttribute('aria-selected', String(n > 0));
      cell.setAttribute('aria-label', say.planCell(dayNames[d], i - 1, state));
    }));
  }

  /** @param {EventTarget | null} target
   * @returns {[number, number] | null} day, and 0 or the hour + 1 */
  #at(target) {
    const d = this.#cells.findIndex((row) => row.includes(/** @type {HTMLTableCellElement} */ (target)));
    return d < 0 ? null : [d, this.#cells[d].indexOf(/** @type {HTMLTableCellElement} */ (target))];
  }

  /**
   * Turns what a cell stands for.
   * @param {number} d
   * @param {number} i
   * @param {boolean} value
   */
  #set(d, i, value) {
    const on = this.#on.slice();
    if (i > 0) setHour(on, d, i - 1, value);
    else for (let h = 0; h < hours; h++) setHour(on, d, h, value);
    this.show(on);
  }

  /** Whether all of what a cell stands for is on.
   * @param {number} d
   * @param {number} i */
  #full(d, i) {
    return i > 0 ? minutesOn(this.#on, d, i - 1) === 60 : this.#cells[d].slice(1).every((c) => c.dataset.state === 'on');
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const at = this.#at(event.target);
    if (!at || event.ctrlKey || event.altKey || event.metaKey) return;
    const [d, i] = at;
    /** @type {Record<string, [number, number]>} */
    const moves = { ArrowUp: [d - 1, i], ArrowDown: [d + 1, i], ArrowLeft: [d, i - 1], ArrowRight: [d, i + 1], Home: [d, 0], End: [d, hours] };
    if (event.key === ' ') {
      this.#set(d, i, !this.#full(d, i));
      this.#told(formatPlan(this.#on));
    } else if (event.key in moves) {
      const [row, column] = moves[event.key];
      this.#focus(this.#cells[row]?.[column]);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @param {HTMLTableCellElement | undefined} cell */
  #focus(cell) {
    if (!cell) return;
    for (const other of this.el.querySelectorAll('[tabindex="0"]')) other.setAttribute('tabindex', '-1');
    cell.tabIndex = 0;
    cell.focus();
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const at = this.#at(event.target);
    if (!at || event.button !== 0) return;
    event.preventDefault(); // no text is to be selected
    this.#focus(/** @type {HTMLTableCellElement} */ (event.target));
    this.#painting = !this.#full(...at);
    this.#set(...at, this.#painting);
    this.el.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (this.#painting === null) return;
    const at = this.#at(document.elementFromPoint(event.clientX, event.clientY));
    if (at && at[1] > 0) this.#set(...at, this.#painting);
  }

  #up() {
    if (this.#painting === null) return;
    this.#painting = null;
    this.#told(formatPlan(this.#on));
  }
}
