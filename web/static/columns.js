// @ts-check
// How many tiles stand side by side: what fits best, or what the viewer chose.

const least = 300; // px, a tile is never made smaller to fit more of them
const gap = 6; // px, as in wall.css
const stored = 'camhub.columns';

/**
 * The columns that make count tiles of 16:9 as large as they can be in a window
 * without scrolling, and the width of a tile. Where tiles of the least width
 * can't all be seen at once, as many columns as that width allows. Pure.
 * @param {number} count
 * @param {number} width px
 * @param {number} height px
 * @returns {{columns: number, tile: number}} tile in px
 */
export function fitting(count, width, height) {
  const most = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const across = (/** @type {number} */ columns) => (width - gap * (columns - 1)) / columns;
  let best = { columns: most, tile: 0 };
  for (let columns = 1; columns <= Math.min(most, count); columns++) {
    const rows = Math.ceil(count / columns);
    const tile = Math.min(across(columns), (height - gap * (rows - 1)) / rows * 16 / 9);
    if (tile > best.tile) best = { columns, tile };
  }
  return best.tile >= least ? best : { columns: most, tile: across(most) };
}

/** The viewer's choice: 0 is what fits. It is kept in this browser. */
export function chosen() {
  try {
    const n = Number(localStorage.getItem(stored));
    return Number.isInteger(n) && n > 0 && n <= 12 ? n : 0;
  } catch {
    return 0; // storage is forbidden: the choice lasts as long as the page
  }
}

/** @param {number} n */
export function choose(n) {
  try {
    if (n === 0) localStorage.removeItem(stored);
    else localStorage.setItem(stored, String(n));
  } catch {
    // as above
  }
}
