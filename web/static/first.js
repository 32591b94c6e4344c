// @ts-check
// What an empty wall offers: three ways to the first camera, one click each.

import { note } from './announce.js';
import { cameras } from './api.js';
import { DeviceList, sourceOf } from './devices.js';
import { find } from './dom.js';
import { say, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./api.js').Source} Source */

export class FirstCamera {
  #el = find('#empty', HTMLElement);
  #devices;
  #onDone;

  /**
   * @param {(camera: Camera) => void} onDone the hub took one
   * @param {(url: string) => void} look at an address
   */
  constructor(onDone, look) {
    this.#onDone = onDone;
    const form = find('form', HTMLFormElement, this.#el);
    const input = find('input', HTMLInputElement, form);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const url = input.value.trim();
      if (url === '') return input.focus();
      input.value = '';
      look(url);
    });
    input.addEventListener('paste', () => setTimeout(() => form.requestSubmit())); // when it stands in the field
    const demo = find('#demo', HTMLButtonElement, this.#el);
    demo.addEventListener('click', () => this.#add(demo, words.demoName, { kind: 'emulated' }));
    this.#devices = new DeviceList(find('[data-devices]', HTMLElement, this.#el), words.addDevice,
      (device, button) => this.#add(button, device.name || device.device, sourceOf(device)), (id) => id);
  }

  /** Shows it, or hides it.
   * @param {boolean} on */
  show(on) {
    if (this.#el.hidden !== on) return;
    this.#el.hidden = !on;
    this.#devices.watch(on);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} name
   * @param {Source} source
   */
  async #add(button, name, source) {
    button.disabled = true;
    try {
      const { data } = await cameras.add({ name, mode: 'always', source });
      this.#onDone(data);
    } catch (err) {
      note(say.failed(err instanceof Error ? err.message : String(err)), 'failed');
    } finally {
      button.disabled = false;
    }
  }
}
