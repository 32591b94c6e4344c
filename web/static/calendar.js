// @ts-check
// A calendar of the days with recordings.

import { element, icon, setText } from './dom.js';
import { dayOf, longDate, month as monthName, weekday } from './format.js';
import { daysWithRecordings } from './records.js';
import { say, words } from './texts.js';

/**
 * The weeks of the month of a day, from Monday: local midnights. Pure.
 * @param {number} ms
 * @returns {Date[][]}
 */
export function weeksOf(ms) {
  const at = new Date(ms);
  const [y, m] = [at.getFullYear(), at.getMonth()];
  const before = (new Date(y, m, 1).getDay() + 6) % 7;
  const weeks = [];
  for (let d = 1 - before; new Date(y, m, d) < new Date(y, m + 1, 1); d += 7) {
    weeks.push([0, 1, 2, 3, 4, 5, 6].map((i) => new Date(y, m, d + i)));
  }
  return weeks;
}

export class Calendar {
  #el = element('div', { class: 'calendar', popover: 'auto', role: 'dialog', 'aria-label': words.calendar });
  #title = element('strong', { 'aria-live': 'polite' });
  #body = element('tbody');
  #chosen;
  #now;
  #cameras;
  #month = 0; // a time in it
  #day = 0; // that is shown

  /**
   * @param {(day: number) => void} chosen gets local midnight
   * @param {() => number} now
   * @param {() => string[]} cameras whose days are shown
   */
  constructor(chosen, now, cameras) {
    this.#cameras = cameras;
    this.#chosen = chosen;
    this.#now = now;
    const turn = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {number} */ by) => {
      const button = element('button', { type: 'button', class: 'quiet', 'aria-label': label, title: label }, icon(sign));
      button.addEventListener('click', () => this.#turn(by));
      return button;
    };
    const names = weeksOf(0)[1].map((d) => element('th', { scope: 'col' }, weekday(d.getTime())));
    this.#el.append(element('div', { class: 'turn' }, turn(words.previousMonth, 'back', -1), this.#title, turn(words.nextMonth, 'next', 1)),
      element('table', {}, element('thead', {}, element('tr', {}, ...names)), this.#body));
    this.#el.addEventListener('keydown', (event) => this.#key(event));
    document.body.append(this.#el);
  }

  /**
   * @param {HTMLElement} owner
   * @param {number} day ms
   */
  open(owner, day) {
    this.#day = this.#month = day;
    this.#draw();
    this.#el.showPopover();
    const [at, own] = [owner.getBoundingClientRect(), this.#el.getBoundingClientRect()];
    this.#el.style.setProperty('left', `${Math.max(8, Math.min(at.left, innerWidth - own.width - 8))}px`);
    this.#el.style.setProperty('top', `${Math.max(8, at.top - own.height - 6)}px`);
    /** @type {HTMLElement | null} */ (this.#el.querySelector('button[aria-current]'))?.focus();
  }

  #turn(/** @type {number} */ by) {
    const at = new Date(this.#month);
    this.#month = new Date(at.getFullYear(), at.getMonth() + by, 1).getTime();
    this.#draw();
  }

  async #draw() {
    const month = this.#month;
    const weeks = weeksOf(month);
    setText(this.#title, monthName(month));
    this.#body.replaceChildren(...weeks.map((week) => element('tr', {}, ...week.map((d) => element('td', {}, this.#button(d))))));
    const days = await daysWithRecordings(this.#cameras(), dayOf(weeks[0][0].getTime()), dayOf((weeks.at(-1) ?? weeks[0])[6].getTime())).catch(() => new Set());
    if (month !== this.#month) return;
    for (const button of this.#body.querySelectorAll('button')) {
      if (!days.has(button.dataset.day ?? '')) continue;
      button.dataset.has = '';
      button.setAttribute('aria-label', say.dayWith(button.getAttribute('aria-label') ?? ''));
    }
  }

  /** @param {Date} date */
  #button(date) {
    const text = dayOf(date.getTime());
    const button = element('button', {
      type: 'button', 'data-day': text, 'aria-label': longDate(date.getTime()),
      'aria-current': text === dayOf(this.#day) && 'date', disabled: date.getTime() > this.#now(),
    }, String(date.getDate()));
    button.addEventListener('click', () => {
      this.#el.hidePopover();
      this.#chosen(date.getTime());
    });
    return button;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    /** @type {Record<string, number>} */
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
    const days = [.../** @type {NodeListOf<HTMLButtonElement>} */ (this.#body.querySelectorAll('button'))];
    const at = days.findIndex((d) => d === document.activeElement);
    if (event.key === 'PageUp' || event.key === 'PageDown') {
      this.#turn(event.key === 'PageUp' ? -1 : 1);
      /** @type {HTMLElement | null} */ (this.#body.querySelector('button:not(:disabled)'))?.focus();
    } else if (at >= 0 && event.key in by) days[at + by[event.key]]?.focus();
    else return;
    event.preventDefault();
  }
}
