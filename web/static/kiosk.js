// @ts-check
// A wall that nobody operates: it turns its pages by itself and keeps the screen
// on.

/** @typedef {{group: string | null, page: number}} Stop What the kiosk shows for a while. */

/**
 * The stop after another: the pages of a group, then the next group. Pure.
 * @param {Stop} now
 * @param {number} pages of the group that is shown
 * @param {(string | null)[]} groups to go through; what is shown need not be among them any more
 * @param {number} [by] 1 is the next, -1 the one before
 * @returns {Stop}
 */
export function nextStop({ group, page }, pages, groups, by = 1) {
  const to = page + by;
  if (to >= 0 && to < pages) return { group, page: to };
  const at = groups.indexOf(group);
  const next = groups.length === 0 ? group : groups[(Math.max(0, at) + (at < 0 ? 0 : by) + groups.length) % groups.length];
  return { group: next, page: by > 0 ? 0 : Infinity };
}

/** Turns at an interval, as long as the page can be seen. */
export class Turns {
  #every;
  #turn;
  #timer = 0;

  /**
   * @param {number} every ms; 0 is never
   * @param {() => void} turn
   */
  constructor(every, turn) {
    this.#every = every;
    this.#turn = turn;
    this.restart();
  }

  /** Begins to wait anew, for example after somebody turned by hand. */
  restart() {
    clearInterval(this.#timer);
    if (this.#every > 0) this.#timer = setInterval(() => document.hidden || this.#turn(), this.#every);
  }
}

/**
 * Keeps the screen on while the page can be seen, where the browser lets it:
 * most ask for a secure context (https, or this machine).
 */
export function keepAwake() {
  const wake = async () => {
    if (document.hidden) return;
    try {
      await navigator.wakeLock?.request('screen');
    } catch {
      // refused, for example because the battery is low: tried again when it is seen anew
    }
  };
  document.addEventListener('visibilitychange', wake);
  wake();
}
