// @ts-check
// Dragging a tile to another place, with a mouse, a pen or a finger. A finger
// must rest on the tile first: else it scrolls.

import { element, setPlace } from './dom.js';
import { dropAt } from './geometry.js';
import { gap } from './rows.js';

/** @typedef {import('./mosaic.js').Mosaic} Mosaic */
/** @typedef {import('./tile.js').Tile} Tile */

/**
 * @typedef {object} Drop What happens when a tile is let go.
 * @property {Tile} tile
 * @property {Tile} target
 * @property {boolean} after
 */

const slack = 6; // px that a pressed mouse may move without dragging
const fingerSlack = 12;
const press = 400; // ms that a finger rests until the tile is lifted
const edge = 60; // px from the window's edge, where the page scrolls

export class Drag {
  #grid;
  #mosaic;
  #onDrop;
  #marker = element('div', { class: 'drop', hidden: true });
  /** @type {{tile: Tile, pointer: number, x: number, y: number, timer: number} | null} pressed, and not lifted yet */
  #pressed = null;
  /** @type {{tile: Tile, pointer: number, x: number, y: number, fromX: number, fromY: number} | null} */
  #lifted = null;
  /** @type {{target: Tile, after: boolean} | null} */
  #drop = null;

  /**
   * @param {HTMLElement} grid
   * @param {Mosaic} mosaic of that grid
   * @param {(drop: Drop) => void} onDrop
   */
  constructor(grid, mosaic, onDrop) {
    this.#grid = grid;
    this.#mosaic = mosaic;
    this.#onDrop = onDrop;
    grid.parentElement?.append(this.#marker);
    grid.addEventListener('pointerdown', (event) => this.#down(event));
    grid.addEventListener('pointermove', (event) => this.#move(event));
    grid.addEventListener('pointerup', (event) => this.#up(event));
    grid.addEventListener('pointercancel', () => this.cancel());
    grid.addEventListener('lostpointercapture', () => this.cancel());
    grid.addEventListener('dragstart', (event) => event.preventDefault()); // the browser's own, of links
    grid.addEventListener('touchmove', (event) => this.#lifted && event.preventDefault(), { passive: false });
    grid.addEventListener('contextmenu', (event) => (this.#lifted || this.#pressed?.timer) && event.preventDefault());
    window.addEventListener('keydown', (event) => this.#key(event), true);
    window.addEventListener('blur', () => this.cancel());
  }

  /** Whether a tile is being dragged. */
  get active() {
    return this.#lifted !== null;
  }

  /** Puts the tile back. */
  cancel() {
    clearTimeout(this.#pressed?.timer);
    this.#pressed = null;
    const lifted = this.#lifted;
    if (lifted === null) return;
    this.#lifted = this.#drop = null;
    this.#mark();
    lifted.tile.el.classList.remove('lifted');
    for (const name of ['transform', 'transform-origin']) lifted.tile.el.style.removeProperty(name);
    document.body.classList.remove('dragging');
    if (lifted.tile.el.hasPointerCapture(lifted.pointer)) lifted.tile.el.releasePointerCapture(lifted.pointer);
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const on = /** @type {Element} */ (event.target);
    const tile = this.#mosaic.tiles[this.#mosaic.indexOf(on)];
    if (!tile || !event.isPrimary || event.button !== 0 || on.closest('button') || this.#mosaic.tiles.length < 2) return;
    this.cancel();
    const { pointerId: pointer, clientX: x, clientY: y } = event;
    const timer = event.pointerType === 'touch' ? setTimeout(() => this.#lift(x, y), press) : 0;
    this.#pressed = { tile, pointer, x, y, timer };
  }

  /** @param {PointerEvent} event */
  #move({ pointerId, clientX: x, clientY: y }) {
    const pressed = this.#pressed;
    if (pressed?.pointer === pointerId) {
      const far = Math.hypot(x - pressed.x, y - pressed.y);
      if (pressed.timer && far > fingerSlack) this.cancel(); // it scrolls
      else if (!pressed.timer && far > slack) this.#lift(x, y);
    }
    if (this.#lifted?.pointer !== pointerId) return;
    [this.#lifted.x, this.#lifted.y] = [x, y];
  }

  /** @param {PointerEvent} event */
  #up({ pointerId }) {
    const { tile, pointer } = this.#lifted ?? {};
    const drop = this.#drop;
    this.cancel();
    if (!tile || pointer !== pointerId) return;
    swallowClick();
    if (drop) this.#onDrop({ tile, ...drop });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Escape' || !this.#lifted) return;
    event.preventDefault();
    event.stopPropagation();
    this.cancel();
    swallowClick();
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #lift(x, y) {
    if (this.#pressed === null) return;
    const { tile, pointer, x: fromX, y: fromY } = this.#pressed;
    this.#pressed = null;
    try {
      tile.el.setPointerCapture(pointer);
    } catch {
      return; // it was let go in this moment
    }
    this.#lifted = { tile, pointer, x, y, fromX: fromX + scrollX, fromY: fromY + scrollY };
    tile.el.classList.add('lifted');
    const at = tile.el.getBoundingClientRect();
    tile.el.style.setProperty('transform-origin', `${fromX - at.left}px ${fromY - at.top}px`);
    document.body.classList.add('dragging');
    this.#step();
  }

  /** Follows the pointer, once a frame. */
  #step() {
    if (this.#lifted === null) return;
    const { tile, x, y, fromX, fromY } = this.#lifted;
    if (y < edge) scrollBy(0, (y - edge) / 4);
    if (y > innerHeight - edge) scrollBy(0, (y - innerHeight + edge) / 4);
    tile.el.style.setProperty('transform', `translate(${x + scrollX - fromX}px, ${y + scrollY - fromY}px) scale(0.5)`); // what lies below must be seen
    const point = this.#mosaic.pointAt(x, y);
    const at = dropAt(this.#mosaic.places, point.x, point.y);
    const target = at && this.#mosaic.tiles[at.at];
    this.#drop = target && target !== tile ? { target, after: at.after } : null;
    this.#mark(at?.upright);
    requestAnimationFrame(() => this.#step());
  }

  /**
   * Shows where the tile would go, or nothing.
   * @param {boolean} [upright]
   */
  #mark(upright = true) {
    for (const tile of this.#mosaic.tiles) tile.el.classList.toggle('target', tile === this.#drop?.target);
    this.#marker.hidden = true;
    if (this.#drop === null || this.#drop.target.el.classList.contains('large')) return; // whose place is taken as a whole
    const { target, after } = this.#drop;
    this.#marker.hidden = false;
    const place = this.#mosaic.places[this.#mosaic.tiles.indexOf(target)];
    const [left, top] = [this.#grid.offsetLeft, this.#grid.offsetTop];
    const thick = gap;
    setPlace(this.#marker, upright
      ? { x: left + place.x + (after ? place.width : -thick), y: top + place.y, width: thick, height: place.height }
      : { x: left + place.x, y: top + place.y + (after ? place.height : -thick), width: place.width, height: thick });
  }
}

/** Keeps the click that may end a drag from opening the camera. */
function swallowClick() {
  const swallow = (/** @type {MouseEvent} */ event) => {
    if (event.detail === 0) return; // of a key
    event.preventDefault();
    event.stopPropagation();
  };
  window.addEventListener('click', swallow, true);
  window.addEventListener('pointerdown', () => window.removeEventListener('click', swallow, true), { capture: true, once: true });
}
