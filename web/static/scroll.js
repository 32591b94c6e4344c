// @ts-check
// Where a page was scrolled to, when one comes back to it. Browsers do it by
// themselves for a page that they kept whole, and for one that is as long at
// once as it was.

const key = 'camhub.scroll';
const patience = 5000; // ms until the page must be as long as it was

/** @typedef {{page: string, y: number}} Place */

/**
 * Keeps the place while the tab lives, and goes there again after a way back.
 * It gives up when the person scrolls first.
 * @param {HTMLElement} content whose height tells how long the page is
 */
export function keepScroll(content) {
  const page = location.pathname + location.search;
  const place = restored();
  window.addEventListener('pagehide', () => {
    try {
      sessionStorage.setItem(key, JSON.stringify({ page: location.pathname + location.search, y: scrollY }));
    } catch {
      // storage is forbidden or full
    }
  });
  if (place?.page !== page || !(place.y > 0)) return;
  const observer = new ResizeObserver(() => {
    if (document.documentElement.scrollHeight - innerHeight < place.y - 1) return;
    stop();
    scrollTo(0, place.y);
  });
  const stop = () => observer.disconnect();
  for (const type of ['wheel', 'touchmove', 'keydown', 'pointerdown']) window.addEventListener(type, stop, { once: true, passive: true });
  setTimeout(stop, patience);
  observer.observe(content);
}

/** @returns {Place | null} the place, if the page was come back to */
function restored() {
  const [how] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
  if (how?.type !== 'back_forward') return null;
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}
