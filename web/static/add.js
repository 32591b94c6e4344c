// @ts-check
// The dialog that adds a camera: it takes anything, shows what the hub finds
// there, and saves it.

import { takeLogin, withScheme, withSecrets } from './address.js';
import { ApiError, cameras, probe } from './api.js';
import { DeviceList, sourceOf } from './devices.js';
import { find, setText } from './dom.js';
import { clearFields, prepareFields, showFaults } from './fields.js';
import { guard } from './guard.js';
import { Report } from './report.js';
import { words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./api.js').Device} Device */
/** @typedef {import('./api.js').Probe} Probe */

export class AddDialog {
  #dialog = find('#add-dialog', HTMLDialogElement);
  #form = find('form', HTMLFormElement, this.#dialog);
  #problem = find('.problem', HTMLElement, this.#dialog);
  #look = find('[data-look]', HTMLButtonElement, this.#dialog);
  #save = find('[data-save]', HTMLButtonElement, this.#dialog);
  #accept = find('[data-accept]', HTMLButtonElement, this.#dialog);
  #found = find('[data-found]', HTMLElement, this.#dialog);
  #report = new Report(find('[data-report]', HTMLElement, this.#dialog));
  #devices;
  /** @type {Probe | null} what works, until the address changes */
  #result = null;
  #insecure = false; // the person accepts any certificate
  /** @type {AbortController | null} of the probe that runs */
  #running = null;
  #onDone;
  #close;

  /**
   * @param {(camera: Camera) => void} onDone the hub took it; the dialog is closed
   * @param {(typed: {url: string, username: string, password: string}) => void} byHand opens the form
   * @param {(id: string) => string} nameOf the name of a camera
   */
  constructor(onDone, byHand, nameOf) {
    this.#onDone = onDone;
    this.#devices = new DeviceList(find('[data-devices]', HTMLElement, this.#dialog), words.look, (device) => this.#lookAt(device), nameOf);
    prepareFields(this.#form, 'a');
    this.#close = guard(this.#dialog, () => this.#result !== null || this.#input('password').value !== '');
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#result) this.#submit(this.#result);
      else this.#start();
    });
    for (const name of ['url', 'username', 'password']) this.#input(name).addEventListener('input', () => this.#forget());
    this.#input('url').addEventListener('input', () => { this.#insecure = false; });
    this.#look.addEventListener('click', () => this.#start());
    this.#accept.addEventListener('click', () => {
      this.#insecure = true;
      this.#start();
    });
    find('[data-by-hand]', HTMLElement, this.#dialog).addEventListener('click', () => {
      this.#takeLogin();
      const typed = this.#typed();
      this.#close();
      byHand({ ...typed, url: withScheme(typed.url) });
    });
    this.#dialog.addEventListener('close', () => {
      this.#forget();
      this.#devices.watch(false);
    });
  }

  /**
   * Opens the dialog.
   * @param {string} [url] an address that is known already
   * @param {boolean} [look] whether to look at it at once
   */
  open(url = '', look = false) {
    this.#form.reset();
    this.#insecure = false;
    this.#forget();
    clearFields(this.#form);
    this.#input('url').value = url;
    this.#dialog.showModal();
    this.#devices.watch(true);
    if (look) this.#start();
    (url === '' ? this.#input('url') : this.#look).focus();
  }

  /** Ends a probe that runs, and drops what was found. */
  #forget() {
    this.#running?.abort();
    this.#running = null;
    this.#result = null;
    this.#report.clear();
    this.#arrange();
    this.#say('');
  }

  #arrange() {
    const running = this.#running !== null;
    const works = this.#result !== null;
    this.#look.disabled = running;
    setText(this.#look, running ? words.looking : words.look);
    this.#look.classList.toggle('primary', !works);
    this.#save.hidden = !works;
    this.#found.hidden = !works;
    this.#accept.hidden = true;
  }

  /**
   * @param {string} name
   * @returns {HTMLInputElement}
   */
  #input(name) {
    return /** @type {HTMLInputElement} */ (this.#form.elements.namedItem(name));
  }

  #typed() {
    return { url: this.#input('url').value.trim(), username: this.#input('username').value, password: this.#input('password').value };
  }

  /** Moves a login out of the address, where everybody could read it. */
  #takeLogin() {
    const taken = takeLogin(this.#input('url').value);
    if (taken.username === '' && taken.password === '') return;
    this.#input('url').value = taken.url;
    this.#input('username').value = taken.username;
    this.#input('password').value = taken.password;
  }

  #start() {
    this.#takeLogin();
    const { url, username, password } = this.#typed();
    return this.#probe({ url, ...(username && { username }), ...(password && { password }), ...(this.#insecure && { tls_insecure: true }) });
  }

  /** @param {Device} device */
  #lookAt(device) {
    this.#form.reset();
    return this.#probe(sourceOf(device), device.name);
  }

  /**
   * @param {object} body
   * @param {string} [name] what the camera could be called
   */
  async #probe(body, name = '') {
    this.#forget();
    clearFields(this.#form);
    const running = new AbortController();
    this.#running = running;
    this.#arrange();
    this.#report.step({ text: words.looking });
    try {
      const result = await probe(body, (step) => this.#report.step(step), running.signal);
      if (running.signal.aborted) return;
      this.#running = null;
      this.#show(result, name);
    } catch (err) {
      if (running.signal.aborted) return;
      this.#running = null;
      this.#report.clear();
      this.#arrange();
      this.#refused(err);
    }
  }

  /**
   * @param {Probe} result
   * @param {string} name
   */
  #show(result, name) {
    this.#report.show(result);
    this.#result = result.works && result.source ? result : null;
    this.#arrange();
    this.#accept.hidden = !result.untrusted || result.works;
    if (this.#result) {
      this.#input('name').value = name || result.name || '';
      this.#input('name').select();
      this.#uncover();
    } else if (result.answer === 'challenge' || result.answer === 'wrong-password') {
      this.#input(this.#input('username').value ? 'password' : 'username').focus();
    }
  }

  /** Scrolls to the name, when the picture above it has its size. */
  async #uncover() {
    await this.#dialog.querySelector('img')?.decode().catch(() => {}); // one that can't be shown has no size
    this.#found.scrollIntoView({ block: 'nearest' });
  }

  /** @param {Probe} result */
  async #submit(result) {
    if (this.#save.disabled || !result.source) return;
    clearFields(this.#form);
    this.#say('');
    this.#save.disabled = true;
    try {
      const source = withSecrets(result.source, result.secrets, { password: this.#input('password').value });
      const { data } = await cameras.add({ name: this.#input('name').value, mode: 'always', source });
      this.#close();
      this.#onDone(data);
    } catch (err) {
      this.#refused(err);
    } finally {
      this.#save.disabled = false;
    }
  }

  /** @param {unknown} err */
  #refused(err) {
    if (!(err instanceof ApiError)) throw err;
    const { first, left } = showFaults(this.#form, err.fields);
    this.#say(err.fields.length === 0 ? err.message : left.join('; '));
    first?.focus();
  }

  /** @param {string} text */
  #say(text) {
    setText(this.#problem, text);
    this.#problem.hidden = text === '';
  }
}
