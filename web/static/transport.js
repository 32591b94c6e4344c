// @ts-check
// The buttons beside a timeline: play, step, speed, day, zoom, live.

import { element, icon, setIcon, setText } from './dom.js';
import { clock, date, shortDate } from './format.js';
import { speeds } from './playback.js';
import { say, words } from './texts.js';

/**
 * @typedef {object} Acts
 * @property {() => void} toggle
 * @property {() => void} back plays backwards
 * @property {(by: number) => void} step pictures
 * @property {(speed: number) => void} speed keeps the direction
 * @property {() => void} live
 * @property {(owner: HTMLElement) => void} calendar
 * @property {(by: number) => void} day goes days on
 * @property {(factor: number) => void} zoom
 * @property {() => void} mark
 */

/**
 * @param {string} label
 * @param {SVGSVGElement} sign
 * @param {(button: HTMLElement) => void} act
 */
function button(label, sign, act) {
  const el = element('button', { type: 'button', 'aria-label': label, title: label }, sign);
  el.addEventListener('click', () => act(el));
  return el;
}

export class Transport {
  #play;
  #back;
  #speed = element('select', { 'aria-label': words.speed, title: words.speed }, ...speeds.map((s) => element('option', { value: s }, say.speed(s))));
  #instant = element('span', { class: 'instant' });
  #date;
  #live = element('button', { type: 'button', class: 'to-live' }, icon('live'), element('span', {}, words.goLive));
  #mark;

  /**
   * @param {Acts} acts
   * @param {HTMLElement} more a button beside that of marking
   */
  constructor(acts, more) {
    this.#play = button(words.play, icon('play'), acts.toggle);
    this.#back = button(words.playBack, icon('play-back'), acts.back);
    this.#date = button(words.calendar, icon('calendar'), acts.calendar);
    this.#date.classList.add('date');
    this.#date.append(element('span', { class: 'long' }), element('span', { class: 'short' }));
    this.#mark = button(words.markRange, icon('range'), acts.mark);
    this.#mark.append(element('span', {}, words.markRange));
    this.#mark.hidden = true;
    this.#speed.value = '1';
    this.#speed.addEventListener('change', () => acts.speed(Number(this.#speed.value)));
    this.#live.addEventListener('click', acts.live);
    const turn = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {1 | -1} */ by) => {
      const el = button(label, icon(sign), () => acts.day(by));
      el.classList.add('turn');
      return el;
    };
    this.el = element('div', { class: 'transport', role: 'group', 'aria-label': words.playback },
      element('div', {}, button(words.stepBack, icon('step-back'), () => acts.step(-1)), this.#back, this.#play,
        button(words.stepOn, icon('step-on'), () => acts.step(1)), this.#speed),
      element('div', { class: 'when' }, turn(words.dayBefore, 'back', -1), this.#date, turn(words.dayAfter, 'next', 1), this.#instant),
      element('div', {}, button(words.zoomOut, icon('minus'), () => acts.zoom(2)), button(words.zoomIn, icon('plus'), () => acts.zoom(0.5)), this.#mark, more, this.#live));
  }

  /** Offers to mark a range: to those who may do something with it. */
  allow() {
    this.#mark.hidden = false;
  }

  /**
   * @param {import('./playback.js').Playback} playback
   * @param {boolean} marking
   */
  show(playback, marking) {
    const now = playback.now();
    const { live, playing, speed } = playback;
    const on = playing && !live;
    const label = live ? words.pause : on && speed > 0 ? words.pause : words.play;
    setIcon(/** @type {SVGSVGElement} */ (this.#play.firstElementChild), label === words.pause ? 'pause' : 'play');
    for (const name of ['aria-label', 'title']) if (this.#play.getAttribute(name) !== label) this.#play.setAttribute(name, label);
    this.#back.setAttribute('aria-pressed', String(on && speed < 0));
    this.#live.setAttribute('aria-pressed', String(live));
    this.#live.title = live ? words.isLive : words.toLive;
    this.#mark.setAttribute('aria-pressed', String(marking));
    if (document.activeElement !== this.#speed) this.#speed.value = String(live ? 1 : Math.abs(speed));
    setText(this.#instant, clock(now));
    const day = date(now);
    setText(this.#date.children[1], day);
    setText(this.#date.children[2], shortDate(now, Date.now()));
    if (this.#date.title !== say.dayShown(day)) this.#date.title = say.dayShown(day);
    this.#date.setAttribute('aria-label', this.#date.title);
  }
}
