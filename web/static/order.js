// @ts-check
// The order of the cameras on the wall.

/**
 * The order after one camera was put before or behind another. Pure; ids that
 * are not there change nothing.
 * @param {string[]} ids
 * @param {string} id what moves
 * @param {string} target
 * @param {boolean} after
 * @returns {string[]}
 */
export function moved(ids, id, target, after) {
  if (id === target || !ids.includes(id)) return ids;
  const left = ids.filter((other) => other !== id);
  const at = left.indexOf(target);
  if (at < 0) return ids;
  left.splice(at + (after ? 1 : 0), 0, id);
  return left;
}

/**
 * Keeps an order that was asked for until the hub has it: the wall shows it at
 * once, and goes back when the hub refuses.
 */
export class Order {
  /** @type {string[] | null} what was asked for last, until the hub has it */
  #asked = null;
  /** @type {Promise<void> | null} */
  #running = null;
  #put;

  /**
   * @param {(ids: string[]) => Promise<unknown>} put stores an order; resolves
   *   when it is stored and the list that the wall shows has it
   */
  constructor(put) {
    this.#put = put;
  }

  /**
   * Sorts cameras as the person who looks wants them. Cameras that came
   * meanwhile stand at the end.
   * @template {{id: string}} T
   * @param {T[]} list as the hub has it
   * @returns {T[]}
   */
  sorted(list) {
    return this.#asked === null ? list : inOrder(list, this.#asked);
  }

  /**
   * Stores an order. One is under way at a time, and of those that wait only the
   * newest is stored. Rejects with what the hub says; then none is wanted any more.
   * @param {string[]} ids
   * @returns {Promise<void>}
   */
  set(ids) {
    this.#asked = ids;
    this.#running ??= this.#run().finally(() => {
      this.#asked = this.#running = null;
    });
    return this.#running;
  }

  async #run() {
    for (let sent = null; sent !== this.#asked;) {
      sent = this.#asked;
      if (sent !== null) await this.#put(sent);
    }
  }
}

/**
 * Sorts by a list of ids; what it does not name stands at the end. Pure.
 * @template {{id: string}} T
 * @param {T[]} list
 * @param {string[]} ids
 * @returns {T[]}
 */
export function inOrder(list, ids) {
  const places = new Map(ids.map((id, at) => [id, at]));
  const place = (/** @type {T} */ c) => places.get(c.id) ?? ids.length;
  return [...list].sort((a, b) => place(a) - place(b));
}
