// @ts-check
// The tiles of all cameras, as elements in wall order.

import { announce, changesOf } from './announce.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./tile.js').Tile} Tile */

export class Tiles {
  #grid;
  #make;
  #pictures;
  /** @type {Map<string, Tile>} by id, in wall order */
  #tiles = new Map();
  #seen;

  /**
   * @param {HTMLElement} grid
   * @param {(camera: Camera) => Tile} make
   * @param {() => import('./pictures.js').Pictures} pictures follows the tiles
   */
  constructor(grid, make, pictures) {
    this.#grid = grid;
    this.#make = make;
    this.#pictures = pictures;
    this.#seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const tile = this.#tiles.get(/** @type {HTMLElement} */ (target).dataset.id ?? '');
        if (tile) tile.visible = isIntersecting;
      }
      pictures().arrange();
    }, { rootMargin: '32px' });
  }

  /** All of them, in wall order. */
  all() {
    return [...this.#tiles.values()];
  }

  /** @param {string} id */
  get(id) {
    return this.#tiles.get(id);
  }

  /**
   * Follows the list of cameras; tiles of cameras that stay are kept. What
   * changed is read out. Reports whether the focus went with a tile.
   * @param {Camera[]} list in wall order
   */
  update(list) {
    const before = this.#tiles;
    this.#tiles = new Map();
    const changes = [];
    for (const camera of list) {
      const tile = before.get(camera.id) ?? this.#add(camera);
      changes.push(...changesOf(tile.camera, camera));
      tile.update(camera);
      this.#tiles.set(camera.id, tile);
    }
    let lost = false;
    for (const [id, tile] of before) if (!this.#tiles.has(id)) lost = this.#remove(tile) || lost;
    this.#sort();
    if (changes.length > 0) announce(changes.join('. '));
    return lost;
  }

  /** @param {Camera} camera */
  #add(camera) {
    const tile = this.#make(camera);
    tile.el.hidden = true; // until a page shows it
    this.#grid.append(tile.el);
    this.#seen.observe(tile.el);
    this.#pictures().watch(tile, true);
    return tile;
  }

  /** @param {Tile} tile */
  #remove(tile) {
    this.#seen.unobserve(tile.el);
    this.#pictures().watch(tile, false);
    const focused = tile.el.contains(document.activeElement);
    tile.el.remove();
    return focused;
  }

  /** Puts the elements in wall order and touches only those out of place. */
  #sort() {
    let at = this.#grid.firstElementChild;
    for (const { el } of this.#tiles.values()) {
      if (el === at) {
        at = at.nextElementSibling;
        continue;
      }
      const focused = el.contains(document.activeElement) ? document.activeElement : null;
      this.#grid.insertBefore(el, at);
      if (focused instanceof HTMLElement) focused.focus();
    }
  }
}
