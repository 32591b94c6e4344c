// @ts-check
// The page's one connection for pictures (GET /api/v1/wall). It reconnects for
// ever, and then asks again for what it wanted last.

const protocol = 'camhub.wall.v1';
const headSize = 24; // bytes before the picture
const leastPause = 250; // ms before the next try; doubles
const longestPause = 8000;
const together = 50; // ms that credit may wait for more

/**
 * @typedef {object} Wish A tile that is wanted.
 * @property {number} tile the page's number for it, 0 to 65535
 * @property {string} camera
 * @property {number} width in pixels of the screen
 * @property {number} fps at most
 */

/**
 * @typedef {object} Picture
 * @property {number} tile
 * @property {number} arrived when it came to the hub, by the hub's clock in ms
 * @property {Uint8Array<ArrayBuffer>} jpeg
 * @property {() => void} got returns its credit; to be called once, shown or not
 */

/** @typedef {{reason: {code: string, message: string}, from: string | null, until: string | null}} Gap */

/**
 * @typedef {object} Listener What is told of what comes.
 * @property {(picture: Picture) => void} picture
 * @property {(camera: string, status: import('./api.js').Status) => void} status
 * @property {(tile: number | undefined, problem: {status: number, detail?: string}) => void} error
 * @property {(open: boolean) => void} open the connection is there, or is lost
 * @property {(message: import('./playback.js').ClockMessage) => void} [clock] of recordings was set
 * @property {(tile: number, gap: Gap) => void} [gap] a tile has nothing to show of then; its next picture ends it
 */

/**
 * Reads a binary message, or returns null when it is none that we know.
 * @param {ArrayBuffer} buffer
 * @returns {{tile: number, seq: number, arrived: number, jpeg: Uint8Array<ArrayBuffer>} | null}
 */
export function parsePicture(buffer) {
  if (buffer.byteLength < headSize) return null;
  const head = new DataView(buffer);
  if (head.getUint8(0) !== 1 || head.getUint8(1) !== 1) return null;
  return {
    tile: head.getUint16(2), seq: head.getUint32(4),
    arrived: Number(head.getBigInt64(8)) / 1000, jpeg: new Uint8Array(buffer, headSize),
  };
}

export class Socket {
  /** When the last message came, by performance.now(). */
  heardAt = 0;

  #on;
  #connect;
  /** @type {WebSocket | null} */
  #ws = null;
  #wanted = '[]'; // the list as JSON
  /** @type {[tile: number, seq: number][]} */
  #credit = []; // to be given back in a moment
  #timer = 0;
  #pause = leastPause;

  /**
   * @param {Listener} on
   * @param {() => WebSocket} [connect]
   */
  constructor(on, connect = dial) {
    this.#on = on;
    this.#connect = connect;
  }

  /**
   * Sets the whole list of tiles that are wanted.
   * @param {Wish[]} wishes
   */
  want(wishes) {
    const list = JSON.stringify(wishes);
    if (list === this.#wanted) return;
    this.#wanted = list;
    this.#ask();
  }

  /**
   * Asks for something of recordings. It is lost when there is no connection.
   * @param {object} message
   */
  tell(message) {
    if (this.#ws?.readyState === 1) this.#ws.send(JSON.stringify(message));
  }

  /** Connects, or tries again now if it is waiting to. */
  open() {
    if (this.#ws !== null) return;
    clearTimeout(this.#timer);
    const ws = this.#connect();
    this.#ws = ws;
    ws.binaryType = 'arraybuffer';
    ws.onopen = () => {
      this.heardAt = performance.now();
      this.#ask();
      this.#on.open(true);
    };
    ws.onmessage = ({ data }) => this.#take(ws, data);
    ws.onclose = () => this.#lost(ws);
  }

  /** Gives up a connection that nothing came over since a time; see heardAt. */
  renew(since = Infinity) {
    const ws = this.#ws;
    if (ws !== null && this.heardAt >= since) return;
    this.#pause = leastPause;
    if (ws !== null) {
      ws.onopen = ws.onmessage = ws.onclose = null;
      ws.close(); // may wait for an answer that never comes
      this.#lost(ws);
    }
    this.open();
  }

  #ask() {
    if (this.#ws?.readyState === 1) this.#ws.send(`{"op":"tiles","tiles":${this.#wanted}}`);
  }

  /** @param {WebSocket} ws */
  #lost(ws) {
    if (ws !== this.#ws) return;
    this.#ws = null;
    this.#credit = [];
    this.#on.open(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), this.#pause * (0.7 + 0.6 * Math.random())); // not all pages at once
    this.#pause = Math.min(longestPause, this.#pause * 2);
  }

  /**
   * @param {WebSocket} ws
   * @param {string | ArrayBuffer} data
   */
  #take(ws, data) {
    this.heardAt = performance.now();
    this.#pause = leastPause; // it is the hub that answers
    if (typeof data === 'string') return this.#tell(JSON.parse(data));
    const picture = parsePicture(data);
    if (picture === null) return;
    const { tile, seq, arrived, jpeg } = picture;
    this.#on.picture({ tile, arrived, jpeg, got: () => this.#giveBack(ws, tile, seq) });
  }

  /**
   * Gives credit back together with what comes soon after, since a message costs
   * the hub more than a picture; but at once when a tile has none left.
   * @param {WebSocket} ws that the picture came over
   * @param {number} tile
   * @param {number} seq
   */
  #giveBack(ws, tile, seq) {
    if (ws !== this.#ws) return;
    const pictures = this.#credit;
    const second = pictures.some((p) => p[0] === tile);
    pictures.push([tile, seq]);
    if (pictures.length > 1 && !second) return;
    setTimeout(() => {
      if (pictures !== this.#credit) return; // it went already, or the connection is lost
      this.#credit = [];
      if (ws.readyState === 1) ws.send(JSON.stringify({ op: 'got', pictures }));
    }, second ? 0 : together);
  }

  /** @param {any} message */
  #tell(message) {
    if (message.op === 'clock') this.#on.clock?.(message);
    else if (message.op === 'gap') this.#on.gap?.(message.tile, message);
    else if (message.op === 'status') this.#on.status(message.camera, message.status);
    else if (message.op === 'error') this.#on.error(message.tile, message.problem);
  }
}

function dial() {
  const url = new URL('/api/v1/wall', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  return new WebSocket(url, protocol);
}
