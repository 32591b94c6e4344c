// @ts-check
// Shows the pictures of one tile in an <img>, one after the other: a picture
// that comes while another is being shown waits, and the newest wins.
//
// A picture counts as shown with the browser's next frame. A browser that has
// too much to do makes fewer frames, and so it is sent fewer pictures: without
// that, pictures keep it from everything else.
//
// A data URL takes the browser's own way for pictures: it costs less than a
// canvas, and half of what a blob URL does.

/** @typedef {import('./socket.js').Picture} Picture */

export class Painter {
  #img;
  #on;
  #encode;
  #frame;
  /** @type {Picture | null} */
  #loading = null;
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
    const url = this.#encode(picture.jpeg);
    this.#img.src = typeof url === 'string' ? url : await url;
  }

  /** @param {boolean} ok */
  #loaded(ok) {
    const picture = this.#loading;
    if (picture === null) return;
    this.#on(picture, ok);
    this.#frame(() => {
      if (picture !== this.#loading) return; // there was a second event
      this.#loading = null;
      picture.got();
      this.#begin();
    });
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
