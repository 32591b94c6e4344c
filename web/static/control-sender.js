// @ts-check
// Sends new values of controls while somebody looks for them: one request at a
// time, in which the newest value of each control goes. Values that may be
// followed by others soon are only tried, and kept once they rest. No DOM.

/** @typedef {import('./controls-api.js').Values} Values */
/** @typedef {import('./controls-api.js').Controls} Controls */

/**
 * @typedef {object} Sending
 * @property {(values: Values, keep: boolean) => Promise<Controls>} send
 * @property {(answer: Controls) => void} answered
 * @property {(names: string[], err: any) => string[]} refused tells which of the names the fault is about
 */

const rest = 500; // ms without a new value until it is kept

export class ControlSender {
  /** How many requests were begun. */
  count = 0;

  #how;
  /** @type {Values} that are to be tried */
  #tried = {};
  /** @type {Values} that are to be kept */
  #kept = {};
  /** @type {Values | null} that are under way */
  #under = null;
  #due = false; // what is to be kept has rested
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  /** @param {Sending} how */
  constructor(how) {
    this.#how = how;
  }

  /**
   * Takes values that may be followed by others soon, as those of a slider that is dragged.
   * @param {Values} values
   */
  try(values) {
    Object.assign(this.#tried, values);
    Object.assign(this.#kept, values);
    this.#due = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.settle(), rest);
    this.#pump();
  }

  /**
   * Takes values that are meant as they are.
   * @param {Values} values
   */
  set(values) {
    Object.assign(this.#kept, values);
    this.settle();
  }

  /** Keeps what was tried, without waiting for its rest. */
  settle() {
    clearTimeout(this.#timer);
    this.#due = true;
    this.#pump();
  }

  /** The page ends: what is not kept yet goes at once, beside what may be under way. */
  end() {
    clearTimeout(this.#timer);
    const values = this.#kept;
    this.#tried = {};
    this.#kept = {};
    if (Object.keys(values).length > 0) this.#how.send(values, true).catch(() => {});
  }

  /**
   * Reports whether a control has got a value that the device may not have yet.
   * @param {string} name
   */
  pending(name) {
    return [this.#tried, this.#kept, this.#under ?? {}].some((values) => Object.hasOwn(values, name));
  }

  /** Whether there is anything to wait for. */
  get busy() {
    return this.#under !== null || Object.keys(this.#kept).length > 0;
  }

  async #pump() {
    if (this.#under !== null) return;
    const keep = this.#due && Object.keys(this.#kept).length > 0;
    const values = keep ? this.#kept : this.#tried;
    if (Object.keys(values).length === 0) return;
    if (keep) this.#kept = {};
    this.#tried = {};
    this.#under = values;
    this.count++;
    try {
      const answer = await this.#how.send(values, keep);
      this.#under = null;
      this.#how.answered(answer);
    } catch (err) {
      this.#under = null;
      this.#refused(values, keep, err);
    }
    this.#pump();
  }

  /**
   * Forgets what was refused. What was refused only beside it is sent again, unless
   * there is a newer value.
   * @param {Values} values
   * @param {boolean} keep
   * @param {any} err
   */
  #refused(values, keep, err) {
    const names = Object.keys(values);
    const faulty = this.#how.refused(names, err);
    for (const name of names) {
      const bad = faulty.includes(name);
      if (bad && this.#kept[name] === values[name]) delete this.#kept[name];
      if (keep && !bad && !Object.hasOwn(this.#kept, name)) this.#kept[name] = values[name];
    }
  }
}
