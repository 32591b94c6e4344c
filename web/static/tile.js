// @ts-check
// One camera on the wall.

import { pagePath } from './api.js';
import { element, icon, setIcon, setText } from './dom.js';
import { Feed } from './feed.js';
import { localTime, secondsUntil, span } from './format.js';
import { say, states, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */

const oldAge = 2000; // ms; a picture older than this says its age

/**
 * @typedef {object} Clock What a tile needs to tell times.
 * @property {() => number} now the hub's time, ms
 * @property {number} answeredAt performance.now() of the last status
 * @property {object | null} failure not null while the hub does not answer
 */

export class Tile {
  /** Whether it is on the screen; the page sets it. */
  visible = false;
  /** @type {Camera} */
  camera;

  #still = element('canvas', { class: 'still', width: 1, height: 1 });
  #img = element('img', { class: 'feed', alt: '', draggable: 'false' });
  #view;
  #stateIcon = icon('idle');
  #state = element('span', { class: 'state' });
  #name = element('h2', { class: 'name', dir: 'auto' });
  #age = element('span', { class: 'age' });
  #noticeIcon = icon('idle');
  #noticeState = element('strong');
  #since = element('time');
  #reason = element('p', { class: 'reason', dir: 'auto' });
  #retry = element('p', { class: 'retry' });
  #button = element('button', { class: 'tile-menu', type: 'button', 'aria-haspopup': 'menu' }, icon('more'));
  #why = element('button', { class: 'why', type: 'button' }, words.why);
  #paintedAt = 0;
  #paintedAge = 0;

  /**
   * @param {Camera} camera
   * @param {((tile: Tile, button: HTMLButtonElement) => void) | null} onMenu
   *   opens the menu; null for a tile that has none and leads nowhere
   * @param {((tile: Tile) => void) | null} [onWhy] explains why it is offline
   */
  constructor(camera, onMenu, onWhy = null) {
    this.camera = camera;
    this.#view = onMenu ? element('a', { class: 'view', href: pagePath(camera.id) }) : element('div', { class: 'view' });
    this.#view.append(this.#still, this.#img);
    this.feed = new Feed(this.#img, camera.id, {
      picture: () => this.el.classList.toggle('fed', this.feed.showing),
      leaving: () => this.#keep(),
    });
    this.el = element(onMenu ? 'li' : 'div', { class: 'tile', 'data-id': camera.id },
      this.#view,
      element('div', { class: 'notice' }, this.#noticeIcon,
        element('p', { class: 'what' }, this.#noticeState, ' ', this.#since), this.#reason, this.#retry,
        ...(onWhy ? [this.#why] : [])),
      element('div', { class: 'caption' },
        element('span', { class: 'badge' }, this.#stateIcon, this.#state), this.#name, this.#age));
    if (onMenu) {
      this.#button.addEventListener('click', () => onMenu(this, this.#button));
      this.el.append(this.#button);
    }
    this.#why.addEventListener('click', () => onWhy?.(this));
    this.update(camera);
  }

  /** Whether there is any picture to see, however old. */
  get painted() {
    return this.el.classList.contains('painted') || this.feed.showing;
  }

  get id() {
    return this.camera.id;
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
    const { state, since, error } = camera.status;
    this.el.dataset.state = state;
    setText(this.#name, camera.name);
    setText(this.#state, states[state] ?? state);
    setText(this.#noticeState, states[state] ?? state);
    setIcon(this.#stateIcon, state);
    setIcon(this.#noticeIcon, state);
    setText(this.#reason, state === 'live' ? '' : (error?.message ?? ''));
    this.#since.dateTime = since;
    this.#since.title = localTime(since);
    if (this.#view instanceof HTMLAnchorElement) this.#view.setAttribute('aria-label', say.openCamera(camera.name));
    this.#name.title = camera.name;
    this.#button.setAttribute('aria-label', say.menuOf(camera.name));
    this.#why.setAttribute('aria-label', say.whyOf(camera.name));
    this.#button.title = say.menuOf(camera.name);
  }

  /**
   * Moves what moves with time; to be called about once a second.
   * @param {Clock} clock
   */
  tick(clock) {
    const { status } = this.camera;
    const known = clock.failure === null;
    this.el.classList.toggle('unknown', !known);
    this.feed.check(known ? status : null);
    if (this.feed.showing && known && status.state === 'live' && this.#keep()) this.#stamp();
    setText(this.#since, say.since(span(clock.now() - Date.parse(status.since))));
    setText(this.#retry, status.state === 'offline' && known ? say.retryIn(secondsUntil(status.retry_at, clock.now())) : '');
    const age = this.#ageNow(clock);
    setText(this.#age, age !== null && age > oldAge ? say.age(span(age)) : '');
  }

  /**
   * Draws a still picture.
   * @param {ImageBitmap} picture
   */
  paint(picture) {
    this.#draw(picture, picture.width, picture.height);
    this.#stamp();
  }

  /**
   * The age of what is on the screen in ms, null when nothing is.
   * @param {Clock} clock
   */
  #ageNow(clock) {
    const { frame_age_ms: age } = this.camera.status;
    const now = performance.now();
    if (this.feed.showing && clock.failure === null) return age === null ? null : age + now - clock.answeredAt;
    return this.#paintedAt === 0 ? null : this.#paintedAge + now - this.#paintedAt;
  }

  /** Keeps the feed's picture, so that it stays when the feed goes. Reports whether there was one. */
  #keep() {
    const img = this.#img;
    if (img.naturalWidth === 0) return false;
    this.#draw(img, img.naturalWidth, img.naturalHeight);
    return true;
  }

  /** Notes that the still picture is as new as the camera's newest. */
  #stamp() {
    this.#paintedAt = performance.now();
    this.#paintedAge = this.camera.status.frame_age_ms ?? 0;
  }

  /**
   * Draws into the still picture, which is no larger than it shows.
   * @param {CanvasImageSource} picture
   * @param {number} width
   * @param {number} height
   */
  #draw(picture, width, height) {
    const room = (this.#view.clientWidth || 640) * window.devicePixelRatio;
    const scale = Math.min(1, room / width);
    const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    if (this.#still.width !== w || this.#still.height !== h) [this.#still.width, this.#still.height] = [w, h];
    this.#still.getContext('2d')?.drawImage(picture, 0, 0, w, h);
    this.el.classList.add('painted');
  }
}
