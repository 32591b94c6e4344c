// @ts-check
// What fingers, the mouse and its wheel do on the stage, told as what is meant:
// zoom, move, swipe, double tap.

/** @typedef {import('./zoom.js').Place} Place from the middle of the element */

/**
 * @typedef {object} Meaning What is told.
 * @property {(factor: number, at: Place) => boolean} zoom reports whether it changed anything
 * @property {(by: Place) => void} move
 * @property {(at: Place) => void} twice a double click or double tap
 * @property {(by: 1 | -1) => void} swipe to the next or the one before
 * @property {() => boolean} loose whether the picture can be moved; else a finger swipes
 */

/** @typedef {{x: number, y: number, startX: number, startY: number, startedAt: number}} Pointer in the window */

const still = 8; // px that a tap may move
const tapPause = 350; // ms between two taps
const tapReach = 32; // px between them
const swipeLength = 60; // px
const swipeTime = 700; // ms
const lines = 16; // px in a line of a wheel that counts lines

export class Gestures {
  #el;
  #on;
  /** @type {Map<number, Pointer>} that are down, by id */
  #down = new Map();
  #many = false; // there were two at once since the last was up
  /** @type {{x: number, y: number, at: number} | null} of a finger, the last */
  #tap = null;
  #finger = false; // the last pointer was one

  /**
   * @param {HTMLElement} el
   * @param {Meaning} on
   */
  constructor(el, on) {
    this.#el = el;
    this.#on = on;
    el.addEventListener('pointerdown', (event) => this.#press(event));
    el.addEventListener('pointermove', (event) => this.#move(event));
    el.addEventListener('pointerup', (event) => this.#release(event, true));
    el.addEventListener('pointercancel', (event) => this.#release(event, false));
    el.addEventListener('dblclick', (event) => { // as quick as the person's system has it
      if (!this.#finger && !isControl(event.target)) on.twice(this.#place(event.clientX, event.clientY));
    });
    el.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    el.addEventListener('dragstart', (event) => event.preventDefault());
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0 || isControl(event.target)) return;
    this.#finger = event.pointerType === 'touch';
    const { clientX: x, clientY: y } = event;
    this.#down.set(event.pointerId, { x, y, startX: x, startY: y, startedAt: event.timeStamp });
    this.#many ||= this.#down.size > 1;
    this.#el.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const pointer = this.#down.get(event.pointerId);
    if (!pointer) return;
    const before = this.#grip();
    pointer.x = event.clientX;
    pointer.y = event.clientY;
    const after = this.#grip();
    if (this.#down.size > 1 && before.spread > 0) this.#on.zoom(after.spread / before.spread, this.#place(before.x, before.y));
    this.#on.move({ x: after.x - before.x, y: after.y - before.y });
  }

  /** The middle of the pointers that are down, and how far the first two are apart. */
  #grip() {
    const [a, b] = this.#down.values();
    if (!b) return { x: a.x, y: a.y, spread: 0 };
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, spread: Math.hypot(a.x - b.x, a.y - b.y) };
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} meant the browser did not take the gesture for itself
   */
  #release(event, meant) {
    const pointer = this.#down.get(event.pointerId);
    if (!pointer) return;
    this.#down.delete(event.pointerId);
    if (meant && !this.#many) this.#tell(event, pointer);
    if (this.#down.size === 0) this.#many = false;
  }

  /**
   * @param {PointerEvent} event
   * @param {Pointer} pointer
   */
  #tell(event, pointer) {
    const [dx, dy] = [event.clientX - pointer.startX, event.clientY - pointer.startY];
    if (event.pointerType !== 'touch') return;
    if (Math.hypot(dx, dy) <= still) return this.#tapped(event);
    this.#tap = null;
    const across = Math.abs(dx) >= swipeLength && Math.abs(dx) > 2 * Math.abs(dy);
    if (!this.#on.loose() && across && event.timeStamp - pointer.startedAt < swipeTime) {
      this.#on.swipe(dx < 0 ? 1 : -1);
    }
  }

  /** @param {PointerEvent} event */
  #tapped({ clientX: x, clientY: y, timeStamp: at }) {
    const last = this.#tap;
    this.#tap = { x, y, at };
    if (!last || at - last.at > tapPause || Math.hypot(x - last.x, y - last.y) > tapReach) return;
    this.#tap = null;
    this.#on.twice(this.#place(x, y));
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const unit = event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? lines : innerHeight;
    const by = Math.max(-240, Math.min(240, event.deltaY * unit));
    const pinch = event.ctrlKey; // of a touchpad, in small steps
    const changed = this.#on.zoom(Math.exp(-by / (pinch ? 100 : 400)), this.#place(event.clientX, event.clientY));
    if (changed || pinch) event.preventDefault(); // what changes nothing scrolls the page
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #place(x, y) {
    const box = this.#el.getBoundingClientRect();
    return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
  }
}

/** @param {EventTarget | null} target */
function isControl(target) {
  return target instanceof Element && target.closest('button, a') !== null;
}
