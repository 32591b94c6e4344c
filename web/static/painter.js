// @ts-check
// Shows the pictures of one tile in an <img>, one after the other: a picture
// that comes while another is being decoded waits, and the newest wins.
//
// A data URL takes the browser's own way for pictures: it costs less than a
// canvas, and half of what a blob URL does.

/** @typedef {import('./socket.js').Picture} Picture */

export class Painter {
  #img;
  #on;
  #encode;
  /** @type {Picture | null} */
  #loading = null;
  /** @type {Picture | null} */
  #next = null;

  /**
   * @param {HTMLImageElement} img
   * @param {(picture: Picture, ok: boolean) => void} on a picture is shown, or can't be
   * @param {(jpeg: Uint8Array<ArrayBuffer>) => string | Promise<string>} [encode] makes an address of a picture
   */
  constructor(img, on, encode = dataURL) {
    this.#img = img;
    this.#on = on;
    this.#encode = encode;
    img.addEventListener('load', () => this.#done(true));
    img.addEventListener('error', () => this.#done(false));
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
  #done(ok) {
    const picture = this.#loading;
    if (picture === null) return;
    this.#loading = null;
    picture.got();
    this.#on(picture, ok);
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
