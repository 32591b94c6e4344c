// @ts-check
// The clock of what the wall shows of recordings, which the hub keeps, and what
// can be asked of it.

/** @typedef {{live: boolean, at?: string, speed?: number, playing: boolean}} ClockMessage */

export const speeds = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32];

/**
 * The speed of the next gear.
 * @param {number} speed
 * @param {1 | -1} direction of play
 */
export function faster(speed, direction) {
  if (Math.sign(speed) !== direction) return direction;
  return direction * (speeds.find((s) => s > Math.abs(speed)) ?? speeds[speeds.length - 1]);
}

/** Tells "change" when the clock was set. */
export class Playback extends EventTarget {
  live = true;
  playing = false;
  speed = 1;

  #at = 0; // ms, at #since
  #since = 0; // by performance.now()
  #send;
  #hubNow;
  #frame;
  /** @type {number | null} where to go with the next frame of the browser */
  #wanted = null;
  #scrubbing = false;

  /**
   * @param {(message: object) => void} send to the hub
   * @param {() => number} hubNow the hub's time, ms
   * @param {(then: () => void) => void} [frame]
   */
  constructor(send, hubNow, frame = (then) => requestAnimationFrame(then)) {
    super();
    this.#send = send;
    this.#hubNow = hubNow;
    this.#frame = frame;
  }

  /** The instant that is shown, ms. */
  now() {
    if (this.live) return this.#hubNow();
    const passed = this.playing && !this.#scrubbing ? (performance.now() - this.#since) * this.speed : 0;
    return Math.min(this.#at + passed, this.#hubNow());
  }

  /**
   * Takes what the hub says.
   * @param {ClockMessage} message
   */
  take({ live, at, speed, playing }) {
    if (live && this.#scrubbing) return; // a seek is on its way
    this.live = live;
    this.playing = playing;
    if (!live) {
      this.speed = speed ?? 1;
      if (!this.#scrubbing) this.#set(Date.parse(at ?? ''));
    }
    this.dispatchEvent(new Event('change'));
  }

  /** Tells a hub that knows nothing of this page where it was: after the connection was lost. */
  renew() {
    if (this.live) return;
    this.#send({ op: 'seek', at: iso(this.now()) });
    this.#send({ op: 'speed', speed: this.speed });
    if (this.playing) this.#send({ op: 'play' });
  }

  /**
   * Goes to an instant. Many in a row are one for each frame of the browser.
   * @param {number} ms
   */
  seek(ms) {
    const at = Math.min(ms, this.#hubNow());
    this.#set(at);
    if (this.live) this.playing = false;
    this.live = false;
    this.dispatchEvent(new Event('change'));
    const idle = this.#wanted === null;
    this.#wanted = at;
    if (idle) this.#frame(() => this.#go());
  }

  #go() {
    if (this.#wanted === null) return;
    this.#send({ op: 'seek', at: iso(this.#wanted) });
    this.#wanted = null;
  }

  /**
   * While a person drags, the clock is where the finger is, and not what the hub says.
   * @param {boolean} on
   */
  scrub(on) {
    if (!on) {
      this.#set(this.now());
      this.#go();
    }
    this.#scrubbing = on;
  }

  /** @param {number} [speed] */
  play(speed = this.speed) {
    this.#go();
    this.#send({ op: 'play', speed });
  }

  pause() {
    this.#go();
    this.#send({ op: 'pause' });
  }

  /** Plays, or stands still. */
  toggle() {
    if (this.playing || this.live) this.pause();
    else this.play();
  }

  /**
   * Plays in a direction; once more, faster.
   * @param {1 | -1} direction
   */
  shuttle(direction) {
    if (this.live && direction > 0) return;
    this.play(this.playing ? faster(this.speed, direction) : direction);
  }

  /** @param {number} by pictures */
  step(by) {
    this.#go();
    this.#send({ op: 'step', by });
  }

  goLive() {
    this.#wanted = null;
    this.#send({ op: 'live' });
  }

  /** @param {number} at */
  #set(at) {
    this.#at = at;
    this.#since = performance.now();
  }
}

const iso = (/** @type {number} */ ms) => new Date(Math.round(ms)).toISOString();
