// @ts-check
// Where tiles lie to each other. Pure functions.

/** @typedef {import('./rows.js').Place} Place */

const middle = (/** @type {Place} */ p) => ({ x: p.x + p.width / 2, y: p.y + p.height / 2 });

/**
 * The tile that lies next to another in the direction of an arrow key, or -1.
 * Tiles that lie straight ahead come before those that lie aside.
 * @param {Place[]} places
 * @param {number} from
 * @param {string} key such as "ArrowLeft"
 */
export function neighbour(places, from, key) {
  const across = key === 'ArrowLeft' || key === 'ArrowRight';
  const sign = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1;
  const at = places[from];
  let [best, least] = [-1, Infinity];
  places.forEach((p, i) => {
    const [a, b] = [middle(at), middle(p)];
    const ahead = sign * (across ? b.x - a.x : b.y - a.y);
    // What overlaps in that direction is not beside it: rows may be shifted.
    const clear = across ? (sign > 0 ? p.x >= at.x + at.width : p.x + p.width <= at.x)
      : (sign > 0 ? p.y >= at.y + at.height : p.y + p.height <= at.y);
    if (i === from || ahead <= 0 || !clear) return;
    const aside = across ? apart(at.y, at.height, p.y, p.height) : apart(at.x, at.width, p.x, p.width);
    const off = across ? Math.abs(b.y - a.y) : Math.abs(b.x - a.x);
    const distance = ahead + 4 * aside + off / 8;
    if (across && aside > 0) return; // left and right stay in the row
    if (distance < least) [best, least] = [i, distance];
  });
  return best;
}

/** How far two stretches are apart; 0 when they overlap.
 * @param {number} a
 * @param {number} long
 * @param {number} b
 * @param {number} wide
 */
function apart(a, long, b, wide) {
  return Math.max(0, b - (a + long), a - (b + wide));
}

/**
 * Where a tile goes that is dropped at a point: before or after the tile that is
 * nearest. In a single column "before" is above, else it is left.
 * @param {Place[]} places
 * @param {number} x
 * @param {number} y
 * @returns {{at: number, after: boolean, upright: boolean} | null} null without places
 */
export function dropAt(places, x, y) {
  let [at, least] = [-1, Infinity];
  places.forEach((p, i) => {
    const distance = Math.hypot(Math.max(0, p.x - x, x - p.x - p.width), Math.max(0, p.y - y, y - p.y - p.height));
    if (distance < least) [at, least] = [i, distance];
  });
  if (at < 0) return null;
  const p = places[at];
  const alone = !places.some((o, i) => i !== at && apart(p.y, p.height, o.y, o.height) === 0);
  const m = middle(p);
  return { at, after: alone ? y > m.y : x > m.x, upright: !alone };
}
