// @ts-check
// The panel of a camera's controls, beside its picture. Values go to the device
// while a slider is dragged; what changes elsewhere is seen at the next look, of
// which there is one every few seconds while the panel is open.

import { announce, note } from './announce.js';
import { ApiError } from './api.js';
import { ask } from './ask.js';
import { defaultsOf, faultsOf, groupsOf, reasonOf, shapeOf } from './control-groups.js';
import { ControlRow } from './control-row.js';
import { ControlSender } from './control-sender.js';
import { controls, setControls } from './controls-api.js';
import { closeButton, element, setText } from './dom.js';
import { controlGroups, say, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./controls-api.js').Control} Control */
/** @typedef {import('./controls-api.js').Controls} Controls */

const pause = 2000; // ms between an answer and the next look

/** What decides whether a camera has controls, and which. */
const deviceOf = (/** @type {Camera} */ { id, source }) => JSON.stringify([id, source.kind, source.device]);

export class ControlPanel {
  open = false;

  #el;
  #button;
  #opened;
  #title = element('h2', { tabindex: '-1' }, words.imageControlsTitle);
  #problem = element('p', { class: 'problem', role: 'status', dir: 'auto' });
  #rest = element('p', { class: 'plain' }, words.controlsLoading);
  #all = element('button', { type: 'button' }, words.controlsReset);
  #body = element('fieldset', { class: 'groups' });

  /** @type {Camera | null} */
  #camera = null;
  #state = ''; // of the camera, at the last look
  /** @type {Controls | null} */
  #known = null;
  #shape = '';
  /** @type {Map<string, ControlRow>} */
  #rows = new Map();
  #sender = this.#senderOf('');
  #timer = 0;
  /** @type {AbortController | null} */
  #asking = null;
  #held = ''; // the control that had the focus when they could not be changed any more

  /**
   * @param {HTMLElement} el
   * @param {HTMLButtonElement} button shows and hides it; it is hidden for a camera without controls
   * @param {(open: boolean) => void} opened
   */
  constructor(el, button, opened) {
    this.#el = el;
    this.#button = button;
    this.#opened = opened;
    const close = closeButton();
    close.addEventListener('click', () => this.close());
    this.#all.addEventListener('click', () => this.#resetAll());
    el.append(element('div', { class: 'head' }, this.#title, close), this.#problem, this.#rest, this.#body, this.#all);
    el.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      this.close();
    });
    button.addEventListener('click', () => this.toggle());
    document.addEventListener('visibilitychange', () => !document.hidden && this.#camera && this.#look());
    window.addEventListener('pagehide', () => this.#sender.end());
    this.#hide();
  }

  /**
   * Follows the camera that the page shows; null for none, and for people who may
   * not change it.
   * @param {Camera | null} camera
   */
  show(camera) {
    const before = this.#camera;
    this.#camera = camera;
    if (!camera) {
      if (before) this.#leave();
    } else if (!before || deviceOf(before) !== deviceOf(camera)) {
      this.#leave(this.open && before !== null);
      this.#sender = this.#senderOf(camera.id);
      this.#look();
    } else if (camera.status.state !== this.#state) {
      this.#look(); // it may have gone, or be back
    }
    this.#state = camera?.status.state ?? '';
  }

  /** Shows or hides it, if there is anything to show. It reports whether there is. */
  toggle() {
    if (this.#button.hidden) return false;
    if (this.open) this.close();
    else this.#show();
    return true;
  }

  close() {
    if (!this.open) return;
    const had = this.#el.contains(document.activeElement);
    this.#sender.settle();
    this.#hide();
    if (had) this.#button.focus();
  }

  #show() {
    this.#arrange(true);
    this.#title.focus();
    this.#look();
  }

  #hide() {
    this.#arrange(false);
    clearTimeout(this.#timer);
  }

  /** @param {boolean} open */
  #arrange(open) {
    const turned = open !== this.open;
    this.open = open;
    this.#el.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (turned) this.#opened(open);
  }

  /** The camera is another one. @param {boolean} [stay] it may have controls too */
  #leave(stay = false) {
    this.#asking?.abort();
    this.#asking = null;
    this.#sender.settle();
    this.#known = null;
    this.#held = '';
    this.#build([]);
    setText(this.#problem, '');
    this.#rest.hidden = false;
    setText(this.#rest, words.controlsLoading);
    this.#button.hidden = !stay;
    if (!stay) this.close();
  }

  /** Asks the hub for the controls as they are now. */
  async #look() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    if (!this.#camera || document.hidden) return;
    const asking = new AbortController();
    const { count } = this.#sender;
    this.#asking = asking;
    try {
      const known = await controls(this.#camera.id, asking.signal);
      if (asking.signal.aborted) return;
      if (this.#sender.count === count && !this.#sender.busy) this.#take(known);
    } catch (err) {
      if (asking.signal.aborted) return;
      this.#away(err instanceof Error ? err.message : String(err));
    }
    if (this.open || this.#known === null) this.#timer = setTimeout(() => this.#look(), pause);
  }

  /** @param {Controls} known */
  #take(known) {
    const had = this.#problem.textContent !== '';
    this.#button.hidden = known.controls.length === 0 && !known.problem;
    if (this.#button.hidden) this.close();
    if (known.problem) return this.#away(known.problem, known);
    this.#known = known;
    setText(this.#problem, '');
    this.#rest.hidden = known.controls.length > 0;
    setText(this.#rest, words.controlsNone);
    if (shapeOf(known.controls) !== this.#shape) this.#build(known.controls);
    this.#body.disabled = false;
    this.#all.hidden = known.controls.length === 0;
    this.#all.disabled = Object.keys(defaultsOf(known)).length === 0;
    for (const control of known.controls) this.#refresh(control, known);
    if (had && this.open) this.#back();
  }

  /** @param {Control} control @param {Controls} known */
  #refresh(control, { controls: all, stored }) {
    this.#rows.get(control.name)?.show(control, { stored, reason: reasonOf(control, all), pending: this.#sender.pending(control.name) });
  }

  /**
   * Says why nothing can be changed now. The rows stay, as they were.
   * @param {string} why
   * @param {Controls} [known]
   */
  #away(why, known) {
    const row = document.activeElement?.closest('.control');
    if (row instanceof HTMLElement && this.#el.contains(row)) this.#held = row.dataset.name ?? '';
    if (known && this.#known === null) this.#known = known;
    setText(this.#problem, why);
    this.#rest.hidden = true;
    this.#body.disabled = this.#all.disabled = true;
  }

  /** They can be changed again. */
  #back() {
    announce(words.controlsBack);
    const row = this.#rows.get(this.#held);
    if (row && (document.activeElement === document.body || document.activeElement === null)) {
      /** @type {HTMLElement | null} */ (row.el.querySelector('.inputs > :not(:disabled)'))?.focus();
    }
    this.#held = '';
  }

  /** @param {Control[]} list */
  #build(list) {
    this.#shape = shapeOf(list);
    this.#rows = new Map(list.map((control) => [control.name, new ControlRow(control, {
      tried: (value) => this.#change(control.name, value, true),
      chosen: (value) => this.#change(control.name, value),
      reset: () => this.#change(control.name, null),
    })]));
    this.#body.replaceChildren(...groupsOf(list).map((group) => element('fieldset', {},
      element('legend', {}, controlGroups[group.name]),
      ...group.controls.flatMap(({ name }) => this.#rows.get(name)?.el ?? []))));
    this.#all.hidden = list.length === 0;
  }

  /**
   * @param {string} name
   * @param {number | null} value null is the default
   * @param {boolean} [again] others may follow soon
   */
  #change(name, value, again = false) {
    this.#rows.get(name)?.clear();
    if (again) this.#sender.try({ [name]: value });
    else this.#sender.set({ [name]: value });
  }

  async #resetAll() {
    const sender = this.#sender;
    const choices = /** @type {import('./ask.js').Choice[]} */ ([{ value: '', text: words.controlsResetKeep }, { value: 'all', text: words.controlsReset, look: 'danger' }]);
    const answer = await ask({ title: words.controlsResetTitle, text: words.controlsResetText, choices });
    if (answer === '' || !this.#known || sender !== this.#sender) return;
    for (const row of this.#rows.values()) row.clear();
    sender.set(defaultsOf(this.#known));
  }

  /** @param {string} id */
  #senderOf(id) {
    /** @type {ControlSender} */
    const sender = new ControlSender({
      send: (values, keep) => setControls(id, values, keep),
      answered: (answer) => sender === this.#sender && this.#take(answer),
      refused: (names, err) => this.#refused(names, err, sender === this.#sender),
    });
    return sender;
  }

  /**
   * Says at each control what the hub has against its value.
   * @param {string[]} names that were sent
   * @param {any} err
   * @param {boolean} here they are those of the camera that is shown
   * @returns {string[]} which of them are refused
   */
  #refused(names, err, here) {
    const faults = faultsOf(err instanceof ApiError ? err.fields : []);
    const faulty = names.filter((name) => faults.has(name));
    if (here) {
      for (const name of faulty) this.#rows.get(name)?.refuse(faults.get(name) ?? '');
      if (faulty.length === 0) note(say.failed(err instanceof Error ? err.message : String(err)), 'failed');
      this.#look(); // what the device has instead
    }
    return faulty.length > 0 ? faulty : names;
  }
}
