// @ts-check
// How many tiles stand side by side: what fits best, or what the viewer chose.

const least = 300; // px, a tile is never made smaller to fit more of them
const gap = 6; // px, as in wall.css
const stored = 'camhub.columns';

/**
 * The number of columns that makes count tiles of 16:9 as large as they can be
 * in a window without scrolling; when they can't be seen at once, as many as
 * keep the least width. Pure.
 * @param {number} count
 * @param {number} width px
 * @param {number} height px
 */
export function fitting(count, width, height) {
  const most = Math.max(1, Math.floor((width + gap) / (least + gap)));
  for (let columns = 1; columns <= Math.min(most, count); columns++) {
    const tile = (width - gap * (columns - 1)) / columns;
    const rows = Math.ceil(count / columns);
    if (rows * tile * 9 / 16 + gap * (rows - 1) <= height) return columns;
  }
  return most;
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
