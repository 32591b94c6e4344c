// @ts-check
// One control of a camera on the page: a slider with a number, a switch, a list
// or a button, with its default, the reason why it can't be changed, and what
// was refused.

import { faultOf, resettable, valueText } from './control-groups.js';
import { element, icon, setText } from './dom.js';
import { say } from './texts.js';

/** @typedef {import('./controls-api.js').Control} Control */

/**
 * @typedef {object} Acts What a row tells.
 * @property {(value: number) => void} tried it may be followed by another soon
 * @property {(value: number) => void} chosen
 * @property {() => void} reset
 */

export class ControlRow {
  el;
  #control;
  #acts;
  /** @type {(HTMLInputElement | HTMLSelectElement | HTMLButtonElement)[]} */
  #inputs;
  #reset;
  #reason;
  #fault;
  #typing = false; // a number stands there that is not finished

  /**
   * @param {Control} control
   * @param {Acts} acts
   */
  constructor(control, acts) {
    this.#control = control;
    this.#acts = acts;
    const id = `control-${control.name}`;
    this.#reason = element('p', { class: 'hint', id: `${id}-reason` });
    this.#fault = element('p', { class: 'error', id: `${id}-fault`, role: 'alert' });
    this.#reset = element('button', { type: 'button', class: 'quiet', title: say.toDefault(control.label, valueText({ ...control, value: control.default })) }, icon('restart'));
    this.#reset.setAttribute('aria-label', this.#reset.title);
    this.#reset.addEventListener('click', acts.reset);
    this.#inputs = this.#make(id);
    for (const input of this.#inputs) input.setAttribute('aria-describedby', `${id}-reason ${id}-fault`);
    const head = control.type === 'button' ? [] : [element('div', { class: 'head' }, element('label', { for: id }, control.label), this.#reset)];
    this.el = element('div', { class: 'control', 'data-name': control.name, 'data-type': control.type },
      ...head, element('div', { class: 'inputs' }, ...this.#inputs), this.#reason, this.#fault);
  }

  /** @param {string} id of what the label is for */
  #make(id) {
    const { type, label, menu = [] } = this.#control;
    switch (type) {
      case 'button': {
        const button = element('button', { type: 'button', id }, label);
        button.addEventListener('click', () => this.#acts.chosen(1));
        return [button];
      }
      case 'boolean': {
        const box = element('input', { type: 'checkbox', role: 'switch', id });
        box.addEventListener('change', () => this.#acts.chosen(box.checked ? 1 : 0));
        return [box];
      }
      case 'menu': {
        const list = element('select', { id }, ...menu.map((item) => element('option', { value: item.value }, item.label)));
        list.addEventListener('change', () => this.#acts.chosen(Number(list.value)));
        return [list];
      }
      default: return this.#slider(id);
    }
  }

  /** @param {string} id */
  #slider(id) {
    const { label, min, max, step } = this.#control;
    const range = { min, max, step: Math.max(1, step) };
    const slider = element('input', { type: 'range', id, ...range });
    const number = element('input', { type: 'number', inputmode: 'numeric', 'aria-label': say.asNumber(label), ...range });
    slider.addEventListener('input', () => {
      number.value = slider.value;
      this.#acts.tried(Number(slider.value));
    });
    number.addEventListener('input', () => (this.#typing = true));
    number.addEventListener('change', () => {
      const fault = faultOf(this.#control, number.value);
      if (fault) return this.refuse(fault); // it stands there to be mended
      slider.value = number.value;
      this.#acts.tried(Number(number.value));
    });
    return [slider, number];
  }

  /**
   * Shows how the control is now.
   * @param {Control} control
   * @param {{stored: Record<string, number>, reason: string, pending: boolean}} known pending: the device
   *   may not have yet what stands here
   */
  show(control, { stored, reason, pending }) {
    this.#control = control;
    setText(this.#reason, reason);
    this.el.classList.toggle('inactive', reason !== '');
    for (const input of this.#inputs) input.disabled = reason !== '';
    if (control.type === 'button') return;
    this.#reset.disabled = !pending && !resettable(control, stored);
    if (!pending) this.#put(control.value);
  }

  /** @param {number} value */
  #put(value) {
    const [input, number] = this.#inputs;
    if (this.#control.type === 'boolean') {
      /** @type {HTMLInputElement} */ (input).checked = value !== 0;
      return;
    }
    const text = String(value);
    if (input.value !== text) input.value = text;
    if (number && !this.#typing && number.value !== text) number.value = text;
  }

  /** Forgets what was typed and what was wrong: there is a new value. */
  clear() {
    this.#typing = false;
    this.refuse('');
  }

  /**
   * Says what is wrong with what stands here; "" when nothing is.
   * @param {string} fault
   */
  refuse(fault) {
    setText(this.#fault, fault);
    for (const input of this.#inputs) {
      if (fault) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    }
  }
}
