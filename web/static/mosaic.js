// @ts-check
// Puts tiles where a layout says, and knows where each of them lies.

import { setPlace } from './dom.js';
import { layOut } from './layout.js';

/** @typedef {import('./rows.js').Place} Place */
/** @typedef {import('./tile.js').Tile} Tile */

export class Mosaic {
  #grid;
  /** @type {Tile[]} */
  #tiles = []; // of the page, in its order
  /** @type {Place[]} */
  #places = [];
  #layout = 'auto';
  #fixed = false;
  #laid = ''; // what the places were made of, to notice changes

  #below;

  /**
   * @param {HTMLElement} grid
   * @param {HTMLElement} below what stands at the lower edge of the window
   */
  constructor(grid, below) {
    this.#grid = grid;
    this.#below = below;
  }

  /** The tiles of the page, in its order. */
  get tiles() {
    return this.#tiles;
  }

  /** Where they lie, from the grid's top left corner. */
  get places() {
    return this.#places;
  }

  /**
   * Shows tiles and no others.
   * @param {Tile[]} tiles in the order of the page
   * @param {string} layout
   * @param {boolean} fixed nobody can scroll
   */
  show(tiles, layout, fixed) {
    for (const tile of this.#tiles) if (!tiles.includes(tile)) tile.el.hidden = true;
    for (const tile of tiles) tile.el.hidden = false;
    this.#tiles = tiles;
    this.#layout = layout;
    this.#fixed = fixed;
    this.#grid.dataset.layout = layout;
    tiles.forEach((tile, i) => tile.el.classList.toggle('large', layout === 'focus' && i === 0));
    this.fit();
  }

  /** Lays the tiles out anew, as the window or their shapes may have changed. */
  fit() {
    const style = getComputedStyle(this.#grid);
    const top = this.#grid.getBoundingClientRect().top + scrollY;
    const height = Math.floor(innerHeight - top - parseFloat(style.marginBottom) - this.#below.offsetHeight);
    const shapes = this.#tiles.map((tile) => tile.shape);
    const width = this.#grid.clientWidth;
    const made = [this.#layout, width, height, this.#fixed, ...this.#tiles.map((tile) => tile.id), ...shapes].join();
    if (made === this.#laid) return;
    this.#laid = made;
    const { places, height: taken } = layOut(this.#layout, shapes, width, Math.max(120, height), this.#fixed);
    this.#places = places;
    this.#tiles.forEach((tile, i) => setPlace(tile.el, places[i]));
    this.#grid.style.height = `${Math.floor(taken)}px`;
  }

  /** How many tiles stand side by side in the first row. */
  across() {
    return this.#places.filter((p) => p.y === this.#places[0].y).length;
  }

  /**
   * A point of the window as the grid measures.
   * @param {number} clientX
   * @param {number} clientY
   */
  pointAt(clientX, clientY) {
    const { left, top } = this.#grid.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  /**
   * The place of a tile in the page of an element inside it, or -1.
   * @param {Element | null} el
   */
  indexOf(el) {
    const owner = el?.closest('.tile');
    return owner ? this.#tiles.findIndex((tile) => tile.el === owner) : -1;
  }
}
