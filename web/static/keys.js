// @ts-check
// The keys of the wall. They act while the person types nothing and no dialog or
// menu is open.

/**
 * @typedef {object} Acts What the keys do. at is the tile that has the focus.
 * @property {() => number} focused the place on the page of the tile with the focus, or -1
 * @property {(at: number, key: string) => void} go to the next tile
 * @property {(at: number, key: string) => void} move the tile
 * @property {(at: number) => void} large makes the tile the large one
 * @property {(by: number) => boolean} turn so many pages; false when there is one page only
 * @property {(layout: string) => void} layout
 * @property {(by: number) => void} columns
 * @property {() => void} find
 * @property {() => void} full
 * @property {() => void} help
 * @property {() => void} leave Escape
 */

const arrows = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];
/** @type {Record<string, string>} */
const layoutKeys = { 0: 'auto', 1: '1', 2: '4', 3: '9', 4: '16', 5: 'focus' };

/** @param {Acts} acts */
export function watchKeys(acts) {
  /** @type {Record<string, () => void>} */
  const plain = {
    '/': acts.find, f: acts.full, F: acts.full, '?': acts.help, Escape: acts.leave,
    '+': () => acts.columns(-1), '=': () => acts.columns(-1), '-': () => acts.columns(1),
  };
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey || event.metaKey || event.isComposing || busy(event.target)) return;
    const { key } = event;
    const at = acts.focused();
    const act = () => {
      if (at >= 0 && arrows.includes(key)) return event.ctrlKey || event.shiftKey ? acts.move(at, key) : acts.go(at, key);
      if (at >= 0 && event.ctrlKey && (key === 'Home' || key === 'End')) return acts.move(at, key);
      if (event.ctrlKey) return false;
      if (key === 'PageUp' || key === 'PageDown') return acts.turn(key === 'PageUp' ? -1 : 1);
      if (at >= 0 && key.toLowerCase() === 'l') return acts.large(at);
      if (Object.hasOwn(layoutKeys, key)) return acts.layout(layoutKeys[key]);
      return Object.hasOwn(plain, key) ? plain[key]() : false;
    };
    if (act() !== false) event.preventDefault();
  });
}

/** @param {EventTarget | null} target */
function busy(target) {
  if (document.querySelector('dialog[open], :popover-open')) return true;
  return target instanceof Element && target.closest('input, select, textarea, [contenteditable]') !== null;
}
