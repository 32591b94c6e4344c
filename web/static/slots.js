// @ts-check
// How many feeds this window may have open.
//
// A browser opens no more than six HTTP/1.1 connections to one host, over all
// of its windows; a seventh request waits until one of them ends, and a feed
// never ends. So all windows of the browser share four slots: one of the two
// connections left over is for snapshots and one for everything else. (With
// five feeds, a snapshot that waits for a sleeping camera holds up the calls:
// 4.9 s at worst where it is 20 ms with four.)

import { share } from './share.js';

const total = 4;
const totalWithoutLocks = 3; // windows that swap slots may overlap for a second
const period = 1000; // ms between two looks at who else is there

/**
 * @typedef {object} Others The windows of this browser that show pictures, this one too.
 * @property {(wants: number) => Promise<void>} announce says that this window wants so many slots; 0 is goodbye
 * @property {() => Promise<{id: string, wants: number}[]>} list
 * @property {string} id this window's name among them
 * @property {number} total how many slots there are
 * @property {() => Promise<(() => void) | null>} take takes a free slot and returns how to give it back
 */

/**
 * Keeps this window's fair share of the slots. onChange gets the number that
 * may be used now: when it falls, feeds are to be closed before it returns.
 */
export class Slots {
  #wants = 0;
  /** @type {(() => void)[]} */
  #held = [];
  #timer = 0;
  #busy = false;
  #again = false;
  #onChange;
  #others;

  /**
   * @param {(count: number) => void} onChange
   * @param {Others} [others]
   */
  constructor(onChange, others = meet()) {
    this.#onChange = onChange;
    this.#others = others;
  }

  /**
   * Says how many slots are of use; 0 gives all of them back.
   * @param {number} n
   */
  want(n) {
    if (n === this.#wants) return;
    this.#wants = n;
    this.#balance();
  }

  async #balance() {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    clearTimeout(this.#timer);
    do {
      this.#again = false;
      await this.#step();
    } while (this.#again);
    this.#busy = false;
    if (this.#wants > 0) this.#timer = setTimeout(() => this.#balance(), period);
  }

  async #step() {
    if (this.#wants < this.#held.length) this.#shrink(this.#wants);
    await this.#others.announce(this.#wants);
    const mine = share(await this.#others.list(), this.#others.total).get(this.#others.id) ?? 0;
    this.#shrink(Math.min(mine, this.#wants));
    while (this.#held.length < Math.min(mine, this.#wants)) {
      const giveBack = await this.#others.take();
      if (giveBack === null) break; // another window has yet to close a feed
      this.#held.push(giveBack);
      this.#onChange(this.#held.length);
    }
  }

  /** @param {number} n */
  #shrink(n) {
    if (n >= this.#held.length) return;
    const free = this.#held.splice(n);
    this.#onChange(n);
    for (const giveBack of free) giveBack();
  }
}

/** This window's name among the others. */
const id = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, '0')).join('');

/** Web Locks exist only in secure contexts: https, and http on localhost. */
function meet() {
  return navigator.locks ? withLocks(navigator.locks) : withMessages();
}

/**
 * Windows that know each other by the locks they hold. A lock goes by itself
 * when its window is closed or crashes.
 * @param {LockManager} locks
 * @returns {Others}
 */
function withLocks(locks) {
  const viewer = 'camhub.viewer/';
  /** @type {(() => void) | null} */
  let leave = null;
  let said = 0;
  let serial = 0; // a name is never used twice: its last holder may not be gone yet
  const hold = (/** @type {string} */ name) => new Promise((/** @type {(give: (() => void) | null) => void} */ taken) => {
    locks.request(name, { ifAvailable: true }, (lock) => {
      if (lock === null) return taken(null);
      return new Promise((/** @type {(x: void) => void} */ give) => taken(() => give()));
    });
  });
  return {
    id,
    total,
    async announce(wants) {
      if (wants === said) return;
      const before = leave;
      leave = wants > 0 ? await hold(`${viewer}${id}/${wants}/${serial++}`) : null;
      said = wants;
      before?.();
    },
    async list() {
      const { held = [] } = await locks.query();
      /** @type {Map<string, number>} */
      const found = new Map();
      for (const { name = '' } of held) {
        if (!name.startsWith(viewer)) continue;
        const [who, wants] = name.slice(viewer.length).split('/');
        if (who !== id) found.set(who, Number(wants));
      }
      if (said > 0) found.set(id, said); // the lock that was just given back may still be listed
      return Array.from(found, ([who, wants]) => ({ id: who, wants }));
    },
    async take() {
      for (let n = 0; n < total; n++) {
        const giveBack = await hold(`camhub.feed/${n}`);
        if (giveBack !== null) return giveBack;
      }
      return null;
    },
  };
}

/**
 * Windows that know each other by the messages they send. Nothing keeps two
 * from using the same slot for a moment, so there is one slot less.
 * @returns {Others}
 */
function withMessages() {
  const forget = 5000; // ms without a word, and a window is gone
  /** @type {Map<string, {wants: number, at: number}>} */
  const heard = new Map();
  let said = 0;
  const channel = new BroadcastChannel('camhub.viewers');
  channel.onmessage = ({ data }) => {
    const known = heard.has(data.id);
    if (data.wants > 0) heard.set(data.id, { wants: data.wants, at: performance.now() });
    else heard.delete(data.id);
    if (!known && said > 0) channel.postMessage({ id, wants: said }); // tell a newcomer
  };
  window.addEventListener('pagehide', () => channel.postMessage({ id, wants: 0 }));
  return {
    id,
    total: totalWithoutLocks,
    async announce(wants) {
      const first = said === 0;
      said = wants;
      channel.postMessage({ id, wants });
      if (first) await new Promise((done) => setTimeout(done, 300)); // hear the others first
    },
    async list() {
      const now = performance.now();
      for (const [who, { at }] of heard) if (now - at > forget) heard.delete(who);
      const all = Array.from(heard, ([who, { wants }]) => ({ id: who, wants }));
      return said > 0 ? [...all, { id, wants: said }] : all;
    },
    take: async () => () => {},
  };
}

/**
 * Runs work while no other window of the browser runs its own, so that all of
 * them together use one connection for it.
 * @param {() => Promise<void>} work
 */
export async function inTurn(work) {
  if (navigator.locks) await navigator.locks.request('camhub.snapshot', work);
  else await work();
}
