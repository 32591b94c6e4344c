// @ts-check
// One camera on the wall.

import { pagePath } from './api.js';
import { element, icon, setIcon, setText } from './dom.js';
import { FittedText, fitIn } from './fit.js';
import { exact, secondsUntil, span } from './format.js';
import { Painter } from './painter.js';
import { say, states, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */

const oldAge = 2000; // ms; a picture older than this says its age
const [usualShape, narrowest, widest] = [16 / 9, 0.4, 4]; // width / height
let tiles = 0; // that were made so far

/**
 * @typedef {object} Clock What a tile needs to tell times.
 * @property {() => number} now the hub's time, ms
 * @property {object | null} failure not null while the hub does not answer
 */

export class Tile {
  /** Whether it is on the screen; the page sets it. */
  visible = false;
  /** The number that pictures of it come under. */
  number = tiles++ % 65536;
  /** @type {Camera} */
  camera;

  #img = element('img', { class: 'feed', alt: '', draggable: 'false' });
  #view;
  #stateIcon = icon('idle');
  #state = element('span', { class: 'state' });
  #name = element('h2', { class: 'name', dir: 'auto' });
  #age = element('span', { class: 'age' });
  #noticeIcon = icon('idle');
  #noticeState = element('strong');
  #since = element('time');
  #reason = new FittedText(element('p', { class: 'reason', dir: 'auto' }));
  #retry = element('p', { class: 'retry' });
  #frozen = element('span');
  #mark = element('p', { class: 'mark', hidden: true }, icon('frozen'), this.#frozen);
  #rec = element('span', { class: 'rec', hidden: true }, icon('live'), element('span', { class: 'unseen' }, words.isRecording));
  #unrecordedWhy = element('span');
  #unrecorded = element('p', { class: 'unrecorded', hidden: true }, icon('stale'), this.#unrecordedWhy);
  #shape = usualShape; // of the last picture whose size was known
  #button = element('button', { class: 'tile-menu', type: 'button', 'aria-haspopup': 'menu' }, icon('more'));
  #why = element('button', { class: 'why', type: 'button' }, words.why);
  #missing = element('div', { class: 'missing', hidden: true }, element('strong', {}, words.notRecorded), element('p', { dir: 'auto' }));
  #past = false; // it came before the notice that nothing is recorded
  #large = element('button', { class: 'tile-large', type: 'button', title: words.makeLarge }, icon('large'));
  #arrived = 0; // when the picture on the screen came to the hub, by its clock in ms
  #broken = false; // the newest picture can't be shown
  #painter = new Painter(this.#img, (picture, ok) => this.#painted(picture.arrived, ok));

  /**
   * @param {Camera} camera
   * @param {((tile: Tile, button: HTMLButtonElement) => void) | null} onMenu
   *   opens the menu; null for a tile that has none and leads nowhere
   * @param {((tile: Tile) => void) | null} [onWhy] explains why it is offline
   * @param {((tile: Tile) => void) | null} [onLarge] makes it the large one, where there is one
   */
  constructor(camera, onMenu, onWhy = null, onLarge = null) {
    this.camera = camera;
    this.#view = onMenu ? element('a', { class: 'view', href: pagePath(camera.id) }) : element('div', { class: 'view' });
    this.#view.append(this.#img);
    this.el = element(onMenu ? 'li' : 'div', { class: 'tile', 'data-id': camera.id },
      this.#view,
      element('div', { class: 'notice' }, this.#noticeIcon,
        element('p', { class: 'what' }, this.#noticeState, ' ', this.#since), this.#reason.el, this.#retry,
        ...(onWhy ? [this.#why] : [])),
      this.#missing, this.#mark, this.#unrecorded,
      element('div', { class: 'caption' },
        element('span', { class: 'badge' }, this.#stateIcon, this.#state), this.#rec, this.#name, this.#age));
    if (onMenu) {
      this.#button.addEventListener('click', () => onMenu(this, this.#button));
      this.el.append(this.#button);
    }
    if (onLarge) {
      this.#large.addEventListener('click', () => onLarge(this));
      this.el.append(this.#large);
    }
    this.#why.addEventListener('click', () => onWhy?.(this));
    this.update(camera);
    fitIn(this.el, this.#reason);
  }

  get id() {
    return this.camera.id;
  }

  /** The width of its pictures by their height, as far as it is known. */
  get shape() {
    return this.#shape;
  }

  /** What opens the camera: the focus of a tile is there. */
  get view() {
    return this.#view;
  }

  /** The button that opens the menu, to give the focus back to. */
  get button() {
    return this.#button;
  }

  /**
   * Shows what the hub says of the camera now.
   * @param {Camera} camera
   */
  update(camera) {
    this.camera = camera;
    const { state, since, error, width, height, frozen_since: frozen, recording } = camera.status;
    if (width && height) this.#shape = Math.min(widest, Math.max(narrowest, width / height));
    this.#mark.hidden = state !== 'live' || !frozen;
    this.#mark.title = frozen ? exact(frozen) : '';
    this.el.dataset.state = state;
    this.#rec.hidden = recording?.state !== 'recording';
    this.#rec.title = words.isRecording;
    this.#unrecorded.hidden = recording?.state !== 'failing';
    setText(this.#unrecordedWhy, say.unrecorded(recording?.reason));
    setText(this.#name, camera.name);
    setText(this.#noticeState, states[state] ?? state);
    this.#badge();
    setIcon(this.#noticeIcon, state);
    this.#reason.text = state === 'live' ? '' : (error?.message ?? '');
    this.#view.title = this.#reason.text;
    this.#since.dateTime = since;
    this.#since.title = exact(since);
    if (this.#view instanceof HTMLAnchorElement) this.#view.setAttribute('aria-label', say.openCamera(camera.name));
    this.#name.title = camera.name;
    this.#button.setAttribute('aria-label', say.menuOf(camera.name));
    this.#why.setAttribute('aria-label', say.whyOf(camera.name));
    this.#button.title = say.menuOf(camera.name);
    this.#large.setAttribute('aria-label', say.makeLarge(camera.name));
  }

  /**
   * Moves what moves with time; to be called about once a second.
   * @param {Clock} clock
   */
  tick(clock) {
    const { status } = this.camera;
    const known = clock.failure === null;
    this.el.classList.toggle('unknown', !known);
    setText(this.#since, say.since(span(clock.now() - Date.parse(status.since))));
    const retry = status.state === 'offline' && known ? say.retryIn(secondsUntil(status.retry_at, clock.now())) : '';
    const room = (retry === '') !== (this.#retry.textContent === '');
    setText(this.#retry, retry);
    if (room) this.#reason.fit();
    if (status.frozen_since) setText(this.#frozen, say.frozen(span(clock.now() - Date.parse(status.frozen_since))));
    const age = this.#arrived === 0 ? 0 : clock.now() - this.#arrived;
    setText(this.#age, this.#broken ? words.undecodable : age > oldAge ? say.age(span(age)) : '');
  }

  /**
   * Shows a picture, and returns its credit when that is done.
   * @param {import('./socket.js').Picture} picture
   */
  paint(picture) {
    this.#past = false;
    this.#painter.show(picture);
  }

  /**
   * Shows recordings, or what is now.
   * @param {boolean} on
   */
  replay(on) {
    this.el.classList.toggle('replay', on);
    this.#badge();
    if (!on) this.#missing.hidden = true;
  }

  /** Says what the picture is: of now, or recorded. */
  #badge() {
    const { state } = this.camera.status;
    const recorded = this.el.classList.contains('replay');
    setText(this.#state, recorded ? words.isReplayed : states[state] ?? state);
    setIcon(this.#stateIcon, recorded ? 'range' : state);
  }

  /**
   * Says that nothing was recorded, until the next picture.
   * @param {import('./socket.js').Gap} gap
   */
  missing({ reason }) {
    this.#past = true;
    this.#missing.hidden = false;
    setText(/** @type {Element} */ (this.#missing.lastElementChild), reason.message);
  }

  /** Says that no pictures come any more. The last one stays. */
  lost() {
    this.el.classList.remove('fed');
  }

  /**
   * @param {number} arrived
   * @param {boolean} ok
   */
  #painted(arrived, ok) {
    this.#arrived = arrived;
    if (!this.#past) this.#missing.hidden = true;
    if (ok === this.#broken) setText(this.#age, ok ? '' : words.undecodable);
    this.#broken = !ok;
    this.el.classList.toggle('painted', ok);
    this.el.classList.add('fed');
  }
}
