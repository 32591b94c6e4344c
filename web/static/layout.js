// @ts-check
// The layouts of the wall: which tiles are on a page, and where each lies. Pure
// functions.

import { fill, gap, scroll, whole } from './rows.js';

/** @typedef {import('./rows.js').Layout} Layout */
/** @typedef {import('./rows.js').Place} Place */

const mostColumns = 12;
const small = 11; // small tiles beside a large one, on a page
const [leastFitted, usual, leastOfPhone] = [200, 300, 280]; // px, widths of a tile of 16:9

/**
 * The names of the layouts: "auto" fits all tiles into the window, a number has
 * so many equal places, "focus" one large place and many small ones, and
 * "columns-N" N columns, and scrolls.
 */
export const layouts = ['auto', '1', '4', '9', '16', 'focus', ...Array.from({ length: mostColumns }, (_, i) => `columns-${i + 1}`)];

/**
 * The columns of a layout, or 0.
 * @param {string} layout
 */
export const columnsOf = (layout) => (layout.startsWith('columns-') ? Number(layout.slice(8)) : 0);

/**
 * The layout with so many columns, as near as there is one.
 * @param {number} n
 */
export const withColumns = (n) => `columns-${Math.min(mostColumns, Math.max(1, n))}`;

/**
 * Breaks tiles into pages. In "focus" the large tile is the first of each page.
 * There is at least one page.
 * @param {string} layout
 * @param {string[]} ids in wall order
 * @param {string} large the id of the large tile; the first when it is not there
 * @returns {string[][]}
 */
export function pagesOf(layout, ids, large) {
  if (layout === 'focus') {
    const first = ids.includes(large) ? large : ids[0];
    if (first === undefined) return [[]];
    return chunks(ids.filter((id) => id !== first), small).map((page) => [first, ...page]);
  }
  const places = Number(layout);
  return places > 0 ? chunks(ids, places) : [ids];
}

/**
 * @param {string[]} ids
 * @param {number} size
 */
function chunks(ids, size) {
  const pages = [ids.slice(0, size)];
  for (let at = size; at < ids.length; at += size) pages.push(ids.slice(at, at + size));
  return pages;
}

/**
 * Places the tiles of a page.
 * @param {string} layout
 * @param {number[]} shapes width / height of each tile, in the order of the page
 * @param {number} width px
 * @param {number} height px, of what is seen without scrolling
 * @param {boolean} [fixed] nobody can scroll: all tiles must fit, however small
 * @returns {Layout}
 */
export function layOut(layout, shapes, width, height, fixed = false) {
  if (shapes.length === 0 || width < 1) return { places: shapes.map(() => whole(0, 0, 0, 0)), height: 0 };
  const columns = columnsOf(layout);
  if (columns > 0) return inColumns(shapes, columns, width);
  if (layout === 'focus') return focus(shapes, width, height, fixed);
  if (Number(layout) > 0) return equal(shapes, Number(layout), width, height);
  return auto(shapes, width, height, fixed);
}

/**
 * @param {number[]} shapes
 * @param {number} width
 * @param {number} height
 * @param {boolean} fixed
 */
function auto(shapes, width, height, fixed) {
  const least = fixed ? 0 : width < 640 ? leastOfPhone : leastFitted;
  const fitted = fill(shapes, width, height);
  if (fitted && fitted.places.every((p) => p.width * p.height >= least * least * 9 / 16 * 0.98)) return fitted;
  return scroll(shapes, width, width < 640 ? leastOfPhone : usual);
}

/**
 * @param {number[]} shapes
 * @param {number} columns
 * @param {number} width
 * @returns {Layout}
 */
function inColumns(shapes, columns, width) {
  const wide = (width - gap * (columns - 1)) / columns;
  const high = wide / typical(shapes);
  const rows = Math.ceil(shapes.length / columns);
  return {
    places: shapes.map((_, i) => whole((i % columns) * (wide + gap), Math.floor(i / columns) * (high + gap), wide, high)),
    height: Math.ceil(rows * (high + gap) - gap),
  };
}

/**
 * A grid with equal places, of which the last may stay empty.
 * @param {number[]} shapes
 * @param {number} count of places
 * @param {number} width
 * @param {number} height
 * @returns {Layout}
 */
function equal(shapes, count, width, height) {
  const shape = typical(shapes);
  let best = { columns: 1, wide: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const wide = cell(shape, columns, Math.ceil(count / columns), width, height);
    if (wide > best.wide) best = { columns, wide };
  }
  const { columns, wide } = best;
  return centred(count, columns, wide, wide / shape, width, height, shapes.length);
}

/**
 * The width of the largest cell of a shape that fits so often.
 * @param {number} shape
 * @param {number} columns
 * @param {number} rows
 * @param {number} width
 * @param {number} height
 */
function cell(shape, columns, rows, width, height) {
  return Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows * shape);
}

/**
 * @param {number} count
 * @param {number} columns
 * @param {number} wide
 * @param {number} high
 * @param {number} width
 * @param {number} height
 * @param {number} taken places from the first that have a tile
 * @returns {Layout}
 */
function centred(count, columns, wide, high, width, height, taken) {
  const left = (width - columns * (wide + gap) + gap) / 2;
  const top = Math.max(0, (height - Math.ceil(count / columns) * (high + gap) + gap) / 2);
  const places = Array.from({ length: Math.min(count, taken) }, (_, i) => whole(
    left + (i % columns) * (wide + gap), top + Math.floor(i / columns) * (high + gap), wide, high));
  return { places, height };
}

/**
 * One large tile, the first, and the others beside it: around its corner in a
 * wide window, below it in a tall one.
 * @param {number[]} shapes
 * @param {number} width
 * @param {number} height
 * @param {boolean} fixed
 * @returns {Layout}
 */
function focus(shapes, width, height, fixed) {
  const others = shapes.slice(1);
  if (others.length === 0) return auto(shapes, width, height, fixed);
  if (width < 640 || width < height) return below(shapes[0], others, width, height, fixed);
  const ways = [0.6, 0.66, 0.72, 0.78].map((share) => beside(shapes[0], others, width, height, share));
  if (others.length > 3) ways.push(around(shapes, width, height));
  return ways.reduce((best, way) => (worth(way, shapes) > worth(best, shapes) ? way : best));
}

/**
 * How good a layout with a large tile is: the large one counts as much as all
 * others together.
 * @param {Layout} layout
 * @param {number[]} shapes
 */
function worth({ places }, shapes) {
  const sizes = places.map(({ width, height }, i) => Math.log(Math.max(1, Math.min(width, height * shapes[i]))) - Math.log(shapes[i]) / 2);
  return sizes.reduce((sum, size) => sum + size, sizes[0] * (sizes.length - 2));
}

/**
 * @param {number} large
 * @param {number[]} others
 * @param {number} width
 * @param {number} height
 * @param {boolean} fixed
 * @returns {Layout}
 */
function below(large, others, width, height, fixed) {
  const high = Math.min(width / large, height * 0.6);
  const top = Math.round(high) + gap;
  const fitted = fill(others, width, height - top, high / 2);
  const legible = fitted !== null && (fixed || fitted.places.every((p) => p.width * p.height >= 150 * 84));
  const rest = fitted !== null && legible ? fitted : scroll(others, width, 160);
  return {
    places: [whole((width - high * large) / 2, 0, high * large, high), ...rest.places.map((p) => ({ ...p, y: p.y + top }))],
    height: top + rest.height,
  };
}

/**
 * @param {number} large
 * @param {number[]} others
 * @param {number} width
 * @param {number} height
 * @param {number} share of the width for the large tile
 * @returns {Layout}
 */
function beside(large, others, width, height, share) {
  const wide = Math.min(width * share, height * large);
  const high = wide / large;
  const rest = fill(others, width - wide - gap, height, high / 2);
  const places = rest ? rest.places.map((p) => ({ ...p, x: p.x + Math.round(wide + gap) })) : others.map(() => whole(wide + gap, 0, 1, 1));
  return { places: [whole(0, (height - high) / 2, wide, high), ...places], height };
}

/**
 * @param {number[]} shapes
 * @param {number} width
 * @param {number} height
 * @returns {Layout}
 */
function around(shapes, width, height) {
  const shape = typical(shapes);
  const side = Math.max(3, Math.ceil(shapes.length / 2)); // cells on the right; one less below
  const wide = cell(shape, side, side, width, height);
  const high = wide / shape;
  const left = (width - side * (wide + gap) + gap) / 2;
  const top = Math.max(0, (height - side * (high + gap) + gap) / 2);
  const at = (/** @type {number} */ column, /** @type {number} */ row, span = 1) => whole(
    left + column * (wide + gap), top + row * (high + gap), span * (wide + gap) - gap, span * (high + gap) - gap);
  const places = shapes.map((_, i) => {
    if (i === 0) return at(0, 0, side - 1);
    return i <= side ? at(side - 1, i - 1) : at(i - side - 1, side - 1);
  });
  return { places, height };
}

/**
 * The shape in the middle of all.
 * @param {number[]} shapes
 */
function typical(shapes) {
  return [...shapes].sort((a, b) => a - b)[Math.floor(shapes.length / 2)];
}
