// @ts-check
// The geometry of a picture that is zoomed and moved. Pure functions; lengths
// are CSS pixels, and places are seen from the middle of the stage.

/** @typedef {{width: number, height: number}} Size */
/** @typedef {{x: number, y: number}} Place */

/**
 * @typedef {object} View How the picture lies on the stage.
 * @property {number} scale 1 shows all of it
 * @property {number} x where its middle is
 * @property {number} y
 */

/**
 * @typedef {object} Room What a view is bounded by.
 * @property {Size} stage
 * @property {Size} fit the picture at scale 1
 * @property {number} most the largest scale
 */

/** @type {Readonly<View>} all of the picture, in the middle */
export const whole = Object.freeze({ scale: 1, x: 0, y: 0 });

/**
 * The largest size of a picture's shape within the stage; 0 when either has none.
 * @param {Size} picture
 * @param {Size} stage
 * @returns {Size}
 */
export function fitted(picture, stage) {
  if (!(picture.width > 0 && picture.height > 0)) return { width: 0, height: 0 };
  const by = Math.min(stage.width / picture.width, stage.height / picture.height);
  return { width: picture.width * by, height: picture.height * by };
}

/**
 * The largest scale that still shows something: eight times, and no less than
 * what makes a pixel of the camera four wide.
 * @param {Size} picture
 * @param {Size} fit
 */
export function largest(picture, fit) {
  return fit.width > 0 ? Math.max(8, 4 * picture.width / fit.width) : 1;
}

/**
 * The nearest view that is allowed: no smaller than whole, and with no gap
 * beside the picture that could be filled by it.
 * @param {View} view
 * @param {Room} room
 * @returns {View}
 */
export function bounded({ scale, x, y }, { stage, fit, most }) {
  const s = Math.min(Math.max(scale, 1), most);
  const within = (/** @type {number} */ at, /** @type {number} */ long, /** @type {number} */ room) => {
    const over = Math.max(0, (long * s - room) / 2);
    return over < 0.01 ? 0 : Math.min(Math.max(at, -over), over); // lengths are rounded in their last digit
  };
  return { scale: s, x: within(x, fit.width, stage.width), y: within(y, fit.height, stage.height) };
}

/**
 * Changes the scale so that what lies at a place stays there, as far as the
 * bounds allow.
 * @param {View} view
 * @param {number} factor
 * @param {Place} at
 * @param {Room} room
 */
export function zoomed(view, factor, at, room) {
  const scale = Math.min(Math.max(view.scale * factor, 1), room.most);
  const by = scale / view.scale;
  return bounded({ scale, x: at.x - (at.x - view.x) * by, y: at.y - (at.y - view.y) * by }, room);
}

/**
 * Moves the picture.
 * @param {View} view
 * @param {Place} by
 * @param {Room} room
 */
export function moved(view, by, room) {
  return bounded({ scale: view.scale, x: view.x + by.x, y: view.y + by.y }, room);
}

const step = 16; // pixels: what is asked for changes no more often than that
const widest = 7680; // that the hub takes

/**
 * The width to ask of the hub so that the picture is sharp on the screen, and no
 * more than it has.
 * @param {View} view
 * @param {Size} fit
 * @param {number} ratio pixels of the screen in a CSS pixel
 * @param {Size | null} picture of the camera, in pixels as it is seen; null when it is not known
 * @param {boolean} turned the browser turns it (EXIF): the hub's width is the height on the screen
 */
export function wanted(view, fit, ratio, picture, turned) {
  const long = turned ? 'height' : 'width';
  const shown = fit[long] * view.scale * ratio;
  const enough = picture ? Math.min(shown, picture[long]) : shown;
  return Math.min(widest, Math.max(step, Math.ceil(enough / step) * step));
}
