// @ts-check
// The timeline of a page: the band, its controls and keys, brought together.

import { note } from './announce.js';
import { dayOf, holding } from './axis.js';
import { Calendar } from './calendar.js';
import { attempt } from './change.js';
import { find } from './dom.js';
import { ExportDialog } from './export.js';
import { clock, exactClock, date as dateText, instant as instantText } from './format.js';
import { Marking } from './marking.js';
import { parseInstant } from './moments.js';
import { oldestRecording, pin, Records } from './records.js';
import { commonGaps, gapAt, hasAt, rangeAround, stretchesOf } from './stretches.js';
import { happened, say, words } from './texts.js';
import { Timebar } from './timebar.js';
import { Transport } from './transport.js';

/** @typedef {{id: string, name: string, record?: {mode?: string}}} Camera */

const jump = 5000; // ms, of an arrow key
const look = 30_000; // ms between looks whether anything is recorded
const rest = 100; // ms without another choice of cameras before it is looked
const near = 6; // px around an event that tell of it

const idsOf = (/** @type {Camera[]} */ cameras) => cameras.map((c) => c.id).join();

export class Timeline {
  #section = find('#timeline', HTMLElement);
  #playback;
  #hubNow;
  #shown;
  #records = new Records();
  /** @type {Timebar} */
  #bar;
  #transport;
  #marking;
  #calendar;
  #exporting;
  /** @type {Camera[]} */
  #cameras = [];
  /** @type {number | null} */
  #oldest = null;
  #redraw = 0;

  /**
   * @param {import('./playback.js').Playback} playback
   * @param {() => number} hubNow
   * @param {() => void} shown it came, or went
   */
  constructor(playback, hubNow, shown) {
    this.#playback = playback;
    this.#hubNow = hubNow;
    this.#shown = shown;
    const seek = (/** @type {number} */ ms) => playback.seek(ms);
    this.#bar = new Timebar(dayOf(hubNow()), {
      seek, scrub: (on) => playback.scrub(on), live: () => playback.goLive(), change: () => this.#axisChanged(), key: (event) => this.#press(event),
      now: hubNow, bounds: () => ({ from: this.#oldest ?? hubNow(), to: hubNow() }), tell: (ms) => this.#tell(ms),
    });
    this.#exporting = new ExportDialog((id) => this.#cameras.find((c) => c.id === id)?.name ?? id);
    this.#calendar = new Calendar((day) => this.#toDay(day), hubNow, () => this.#cameras.map((c) => c.id));
    this.#transport = new Transport({
      toggle: () => this.#toggle(), back: () => playback.shuttle(-1), step: (by) => playback.step(by),
      speed: (s) => playback.play((playback.speed < 0 ? -1 : 1) * s), live: () => playback.goLive(),
      calendar: (owner) => this.#calendar.open(owner, playback.now()), day: (by) => this.#days(by),
      zoom: (factor) => this.#bar.zoom(factor, playback.now()), mark: () => this.#mark(),
    }, this.#exporting.button);
    this.#marking = new Marking(this.#bar, seek, () => {
      this.tick();
      this.#shown();
    }, [
      { text: words.exportRange, primary: true, act: (range) => this.#exporting.open({ cameras: this.#cameras, ...range }) },
      { text: words.keepRange, act: (range) => this.#keep(range) },
    ]);
    this.#section.append(this.#transport.el, this.#bar.frame);
    this.#records.addEventListener('change', () => this.#draw());
    playback.addEventListener('change', () => this.#moved());
    new ResizeObserver(() => this.#draw()).observe(this.#bar.el);
  }

  /** Offers to mark, keep and export recordings: to those who may. */
  allow() {
    this.#transport.allow();
    return this.#exporting.allow();
  }

  /** Whether there is anything to play. */
  get shown() {
    return !this.#section.hidden;
  }

  /**
   * Shows what is recorded of cameras.
   * @param {Camera[]} cameras
   */
  show(cameras) {
    const some = cameras.some((c) => c.record && c.record.mode !== 'off') !== this.#cameras.some((c) => c.record && c.record.mode !== 'off');
    const others = idsOf(cameras) !== idsOf(this.#cameras);
    this.#cameras = cameras;
    if (others) this.#soon(rest);
    if (some) this.#decide();
    this.#follow();
  }

  /** What an address asks for (?at=…). Reports false when that can't be read. */
  open(/** @type {string} */ text) {
    const at = parseInstant(text);
    if (at === null) return false;
    this.#playback.seek(at);
    return true;
  }

  /** The keys, for the help and for watchKeys. */
  get keys() {
    const here = (/** @type {() => void} */ act) => () => this.shown && (act(), true);
    const p = this.#playback;
    return [
      { press: [' '], act: here(() => this.#toggle()) },
      { press: ['j'], act: here(() => p.shuttle(-1)) }, { press: ['k'], act: here(() => p.pause()) }, { press: ['l'], act: here(() => p.shuttle(1)) },
      { press: ['ArrowLeft'], act: here(() => p.seek(p.now() - jump)) }, { press: ['ArrowRight'], act: here(() => p.seek(p.now() + jump)) },
      { press: ['ArrowLeft', ','], held: /** @type {('Shift' | '')[]} */ (['Shift']), act: here(() => p.step(-1)) },
      { press: ['ArrowRight', '.'], held: /** @type {('Shift' | '')[]} */ (['Shift']), act: here(() => p.step(1)) },
      { press: [','], act: here(() => p.step(-1)) }, { press: ['.'], act: here(() => p.step(1)) },
      { press: ['Home'], act: here(() => this.#first()) }, { press: ['End'], act: here(() => p.goLive()) },
    ];
  }

  /** Keys of the slider itself, which has more of them. */
  #press(/** @type {KeyboardEvent} */ { key, shiftKey }) {
    const p = this.#playback;
    const span = this.#bar.axis.to - this.#bar.axis.from;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowLeft: () => (shiftKey ? p.step(-1) : p.seek(p.now() - jump)), ArrowRight: () => (shiftKey ? p.step(1) : p.seek(p.now() + jump)),
      ArrowDown: () => p.seek(p.now() - span / 50), ArrowUp: () => p.seek(p.now() + span / 50),
      PageDown: () => p.seek(p.now() - span / 10), PageUp: () => p.seek(p.now() + span / 10),
      Home: () => this.#first(), End: () => p.goLive(), ' ': () => this.#toggle(),
      '+': () => this.#bar.zoom(0.5, p.now()), '=': () => this.#bar.zoom(0.5, p.now()), '-': () => this.#bar.zoom(2, p.now()),
    };
    acts[key]?.();
    return key in acts;
  }

  #toggle() {
    const p = this.#playback;
    if (p.playing && p.speed < 0 && !p.live) p.play(-p.speed);
    else p.toggle();
  }

  /** Goes to the first recording of the day, or of all. */
  #first() {
    const { from } = dayOf(this.#playback.now());
    const first = this.#records.recorded.flatMap(({ ranges }) => ranges).map((r) => r.from).filter((t) => t >= from - 1);
    this.#playback.seek(first.length > 0 ? Math.min(...first) : this.#oldest ?? from);
  }

  /** The same time some days on, as the clock on the wall has it. */
  #days(/** @type {number} */ by) {
    const at = new Date(this.#playback.now());
    const to = new Date(at);
    to.setDate(at.getDate() + by);
    if (to.getTime() > this.#hubNow()) this.#playback.goLive();
    else this.#playback.seek(Math.max(to.getTime(), this.#oldest ?? -Infinity));
  }

  /** Shows a day from its first recording on. */
  async #toDay(/** @type {number} */ midnight) {
    const { from, to } = dayOf(midnight);
    this.#bar.show({ from, to });
    this.#playback.seek(Math.max(from, this.#oldest ?? from));
    this.#records.addEventListener('change', () => {
      if (dayOf(this.#playback.now()).from === from) this.#first();
    }, { once: true });
    this.#bar.el.focus();
  }

  #mark() {
    this.#marking.toggle(() => rangeAround(this.#playback.now(), this.#bar.axis, stretchesOf(this.#records.recorded), this.#hubNow()));
  }

  /** @param {import('./axis.js').Axis} range */
  #keep(range) {
    return attempt(pin(this.#cameras.map((c) => c.id), range).then(() => {
      note(say.kept(this.#cameras.length));
      this.#marking.set(null);
      this.#bar.el.focus();
    }));
  }

  #timer = 0;

  #soon(/** @type {number} */ wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#see(), wait);
  }

  /** Looks now and then whether anything is recorded of the cameras that are shown. */
  async #see() {
    this.#soon(look);
    const cameras = this.#cameras;
    if (document.hidden || cameras.length === 0) return;
    const oldest = await oldestRecording(cameras.map((c) => c.id));
    if (idsOf(cameras) !== idsOf(this.#cameras)) return; // it is asked again
    this.#oldest = oldest;
    this.#decide();
  }

  #decide() {
    const hidden = this.#oldest === null && !this.#cameras.some((c) => c.record && c.record.mode !== 'off');
    if (hidden === this.#section.hidden) return;
    this.#section.hidden = hidden;
    this.#shown();
    this.#follow();
    this.#draw();
  }

  #follow() {
    if (this.shown) this.#records.look(this.#cameras.map((c) => c.id), this.#bar.axis);
  }

  #axisChanged() {
    this.#follow();
    this.#draw();
  }

  /** The clock was set: by a person, or by the hub. */
  #moved() {
    const axis = holding(this.#bar.axis, this.#playback.now());
    if (axis !== this.#bar.axis) this.#bar.show(axis);
    this.tick();
  }

  /** Draws with the next frame of the browser. */
  #draw() {
    if (this.#redraw !== 0 || !this.shown) return;
    this.#redraw = requestAnimationFrame(() => {
      this.#redraw = 0;
      const { recorded, events } = this.#records;
      this.#bar.ribbon.draw({
        axis: this.#bar.axis, stretches: stretchesOf(recorded), gaps: commonGaps(recorded), events, cameras: this.#cameras.length, now: this.#hubNow(),
      });
      this.#marking.draw();
      this.tick();
    });
  }

  #animating = 0;

  /** Moves what moves with the clock; by itself as long as it plays. */
  tick() {
    if (!this.shown) return;
    const p = this.#playback;
    const now = p.now();
    if (now >= this.#bar.axis.to || now < this.#bar.axis.from) return this.#moved();
    this.#bar.ribbon.point(this.#bar.axis, now);
    this.#transport.show(p, this.#marking.range !== null);
    const { el, axis } = this.#bar;
    /** @type {Record<string, string>} */
    const values = {
      'aria-valuemin': String(Math.floor(axis.from / 1000)), 'aria-valuemax': String(Math.floor(axis.to / 1000)), 'aria-valuenow': String(Math.floor(now / 1000)),
      'aria-valuetext': p.live ? say.liveAt(instantText(now)) : instantText(now) + this.#missingAt(now).map((t) => `, ${t}`).join(''),
    };
    for (const [name, value] of Object.entries(values)) if (el.getAttribute(name) !== value) el.setAttribute(name, value);
    if (p.playing && !p.live && this.#animating === 0) {
      this.#animating = requestAnimationFrame(() => {
        this.#animating = 0;
        this.tick();
      });
    }
  }

  /** Why cameras have nothing at an instant; empty when one has. */
  #missingAt(/** @type {number} */ ms) {
    const { recorded } = this.#records;
    if (recorded.some((r) => hasAt(r, ms))) return [];
    return [...new Set(recorded.flatMap((r) => gapAt(r, ms)?.reason.message ?? []))];
  }

  /**
   * What a pointer at an instant tells.
   * @param {number} ms
   * @returns {string}
   */
  #tell(ms) {
    const { axis, ribbon } = this.#bar;
    const span = near / Math.max(1, ribbon.width) * (axis.to - axis.from);
    const short = axis.to - axis.from < 60_000;
    const name = (/** @type {string} */ id) => this.#cameras.find((c) => c.id === id)?.name ?? id;
    const lines = [short ? `${dateText(ms)}, ${exactClock(ms)}` : instantText(ms)];
    if (ms > this.#hubNow()) return lines[0];
    for (const e of this.#records.events.filter((x) => Math.abs(x.at - ms) <= span).slice(0, 4)) {
      lines.push(say.eventAt(clock(e.at), name(e.camera), happened[e.type] ?? e.type, e.message));
    }
    const missing = this.#records.recorded.flatMap((r) => {
      const gap = gapAt(r, ms);
      return gap ? [say.notRecorded(this.#cameras.length > 1 ? name(r.camera) : '', gap.reason.message)] : [];
    });
    lines.push(...missing.slice(0, 4));
    if (missing.length > 4) lines.push(say.andMore(missing.length - 4));
    return lines.join('\n');
  }
}
