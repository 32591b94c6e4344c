// @ts-check
// Shows the pictures of one tile in an <img>, one after the other: a picture
// that comes while another is being shown waits, and the newest wins.
//
// A picture counts as shown with the browser's next frame. A browser that has
// too much to do makes fewer frames, and so it is sent fewer pictures: without
// that, pictures keep it from everything else.
//
// A browser may never say what became of a picture. After some seconds the next
// one has its turn.
//
// A data URL takes the browser's own way for pictures: it costs less than a
// canvas, and half of what a blob URL does.

/** @typedef {import('./socket.js').Picture} Picture */

const longest = 5000; // ms, for a picture to be shown

export class Painter {
  #img;
  #on;
  #encode;
  #frame;
  /** @type {Picture | null} */
  #loading = null;
  #guard = 0; // the timer of the picture that is being shown
  /** @type {Picture | null} */
  #next = null;

  /**
   * @param {HTMLImageElement} img
   * @param {(picture: Picture, ok: boolean) => void} on a picture is shown, or can't be
   * @param {(jpeg: Uint8Array<ArrayBuffer>) => string | Promise<string>} [encode] makes an address of a picture
   * @param {(then: () => void) => void} [frame] calls then with the next frame
   */
  constructor(img, on, encode = dataURL, frame = (then) => requestAnimationFrame(then)) {
    this.#img = img;
    this.#on = on;
    this.#encode = encode;
    this.#frame = frame;
    img.addEventListener('load', () => this.#loaded(true));
    img.addEventListener('error', () => this.#loaded(false));
  }

  /**
   * Shows a picture and returns its credit then. Pictures that it can't show in
   * time are given back at once.
   * @param {Picture} picture
   */
  show(picture) {
    this.#next?.got();
    this.#next = picture;
    if (this.#loading === null) this.#begin();
  }

  async #begin() {
    const picture = this.#next;
    if (picture === null) return;
    this.#next = null;
    this.#loading = picture;
    this.#guard = setTimeout(() => this.#done(picture), longest);
    const url = this.#encode(picture.jpeg);
    const src = typeof url === 'string' ? url : await url;
    if (picture === this.#loading) this.#img.src = src; // else it took too long
  }

  /** @param {boolean} ok */
  #loaded(ok) {
    const picture = this.#loading;
    if (picture === null) return;
    this.#on(picture, ok);
    this.#frame(() => this.#done(picture));
  }

  /** @param {Picture} picture */
  #done(picture) {
    if (picture !== this.#loading) return; // there was a second event
    clearTimeout(this.#guard);
    this.#loading = null;
    picture.got();
    this.#begin();
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} jpeg
 * @returns {string | Promise<string>}
 */
function dataURL(jpeg) {
  const bytes = /** @type {{toBase64?: () => string}} */ (/** @type {unknown} */ (jpeg));
  if (bytes.toBase64) return `data:image/jpeg;base64,${bytes.toBase64()}`;
  return new Promise((done) => { // browsers of before 2026
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.readAsDataURL(new Blob([jpeg], { type: 'image/jpeg' }));
  });
}
