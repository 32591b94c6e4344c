// @ts-check
// The automatic grid: rows of tiles that have the shape of their cameras'
// pictures, so that hardly anything of the window is left over. Pure functions.

/** @typedef {{x: number, y: number, width: number, height: number}} Place px, from the grid's top left corner */
/** @typedef {{places: Place[], height: number}} Layout places in the order of the tiles; the height that they take */
/** @typedef {{from: number, to: number, natural: number}} Row tiles from (with) to (without), and the most height that it can use */

export const gap = 6; // px between tiles

/**
 * Places tiles so that all are seen in a window, each as large as it can be:
 * of the ways to break them into rows it takes the one in which the product of
 * their sizes is greatest, which makes small tiles dearer than large ones cheap.
 * Returns null when not even a line of pixels were left for each row.
 * @param {number[]} shapes width / height of each tile, in order
 * @param {number} width
 * @param {number} height
 * @param {number} [tallest] what no tile is taller than
 * @returns {Layout | null}
 */
export function fill(shapes, width, height, tallest = Infinity) {
  /** @type {{rows: Row[], heights: number[], score: number} | null} */
  let best = null;
  for (let count = 1; count <= shapes.length; count++) {
    for (const rows of breaks(shapes, count, width, tallest)) {
      const left = height - gap * (rows.length - 1);
      if (left < rows.length) continue;
      const heights = share(rows, left);
      const score = rows.reduce((sum, row, i) => sum + (row.to - row.from) * Math.log(heights[i]), 0);
      const even = best !== null && Math.abs(score - best.score) < 1e-9; // then the first tiles are the larger ones
      if (best === null || (even ? heights[0] > best.heights[0] + 1 : score > best.score)) best = { rows, heights, score };
    }
  }
  if (best === null) return null;
  const taken = best.heights.reduce((a, b) => a + b, gap * (best.rows.length - 1));
  return { places: put(shapes, best.rows, best.heights, width, Math.max(0, height - taken) / 2), height };
}

/**
 * Places tiles in rows as wide as the window and lets it scroll: usual is the
 * least width of a tile of 16:9.
 * @param {number[]} shapes
 * @param {number} width
 * @param {number} usual
 * @returns {Layout}
 */
export function scroll(shapes, width, usual) {
  const columns = Math.max(1, Math.floor((width + gap) / (usual + gap)));
  // A row that lacks tiles may be somewhat taller than the others, not twice.
  const tallest = (width - gap * (columns - 1)) / columns * 9 / 16 * (columns === 1 ? 1.4 : 1.15);
  const rows = greedy(shapes, columns * 16 / 9 + 1e-6).map((row) => measured(shapes, row, width, tallest));
  const heights = rows.map((row) => row.natural);
  return { places: put(shapes, rows, heights, width, 0), height: heights.reduce((a, b) => a + b, gap * Math.max(0, rows.length - 1)) };
}

/**
 * The two ways to break tiles into count rows of which the fullest is the least
 * full: what is left over stands at the end, or at the beginning.
 * @param {number[]} shapes
 * @param {number} count
 * @param {number} width
 * @param {number} tallest
 * @returns {Row[][]}
 */
function breaks(shapes, count, width, tallest) {
  let [low, high] = [Math.max(...shapes), shapes.reduce((a, b) => a + b, 0)];
  for (let i = 0; i < 24; i++) {
    const middle = (low + high) / 2;
    if (greedy(shapes, middle).length > count) low = middle;
    else high = middle;
  }
  const capacity = high * (1 + 1e-6);
  const last = shapes.length;
  const backward = greedy([...shapes].reverse(), capacity).map(({ from, to }) => ({ from: last - to, to: last - from })).reverse();
  return [greedy(shapes, capacity), backward].map((rows) => rows.map((row) => measured(shapes, row, width, tallest)));
}

/**
 * Breaks tiles into rows, each as full as it can be.
 * @param {number[]} shapes
 * @param {number} capacity of a row, as a sum of shapes
 */
function greedy(shapes, capacity) {
  const rows = [];
  let [from, sum] = [0, 0];
  shapes.forEach((shape, at) => {
    if (at > from && sum + shape > capacity) {
      rows.push({ from, to: at });
      [from, sum] = [at, 0];
    }
    sum += shape;
  });
  if (shapes.length > 0) rows.push({ from, to: shapes.length });
  return rows;
}

/**
 * @param {number[]} shapes
 * @param {{from: number, to: number}} row
 * @param {number} width
 * @param {number} tallest
 * @returns {Row}
 */
function measured(shapes, { from, to }, width, tallest) {
  const sum = shapes.slice(from, to).reduce((a, b) => a + b, 0);
  return { from, to, natural: Math.min(tallest, Math.max(1, (width - gap * (to - from - 1)) / sum)) };
}

/**
 * Shares a height among rows: by the number of their tiles, and to none more
 * than it can use.
 * @param {Row[]} rows
 * @param {number} height
 */
function share(rows, height) {
  const heights = new Array(rows.length).fill(0);
  const want = rows.map((row, at) => ({ at, tiles: row.to - row.from, natural: row.natural }))
    .sort((a, b) => a.natural / a.tiles - b.natural / b.tiles);
  let tiles = rows.reduce((sum, row) => sum + row.to - row.from, 0);
  for (const row of want) {
    const given = Math.min(row.natural, height * row.tiles / tiles);
    heights[row.at] = given;
    height -= given;
    tiles -= row.tiles;
  }
  return heights;
}

/**
 * @param {number[]} shapes
 * @param {Row[]} rows
 * @param {number[]} heights
 * @param {number} width
 * @param {number} top
 * @returns {Place[]}
 */
function put(shapes, rows, heights, width, top) {
  /** @type {Place[]} */
  const places = [];
  let y = top;
  rows.forEach(({ from, to }, i) => {
    const widths = shapes.slice(from, to).map((shape) => shape * heights[i]);
    let x = (width - widths.reduce((a, b) => a + b, gap * (to - from - 1))) / 2;
    for (const wide of widths) {
      places.push(whole(x, y, wide, heights[i]));
      x += wide + gap;
    }
    y += heights[i] + gap;
  });
  return places;
}

/**
 * A place whose edges lie on whole pixels, so that gaps are as wide everywhere.
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @returns {Place}
 */
export function whole(x, y, width, height) {
  const [left, top] = [Math.round(x), Math.round(y)];
  return { x: left, y: top, width: Math.floor(x + width + 1e-6) - left, height: Math.floor(y + height + 1e-6) - top };
}
