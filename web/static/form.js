// @ts-check
// The dialog that adds a camera and edits one.

import { ApiError, cameras } from './api.js';
import { find, setText } from './dom.js';
import { clearFields, prepareFields, showFaults } from './fields.js';
import { definition, editPatch, kinds, values } from './source.js';
import { say, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./api.js').FieldFault} FieldFault */
/** @typedef {import('./source.js').Values} Values */

export class CameraForm {
  #dialog = find('#camera-dialog', HTMLDialogElement);
  #form = find('form', HTMLFormElement, this.#dialog);
  #problem = find('.problem', HTMLElement, this.#dialog);
  #save = find('[data-save]', HTMLButtonElement, this.#dialog);
  /** @type {{camera: Camera, etag: string} | null} null for a new camera */
  #editing = null;
  #onDone;

  /** @param {(camera: Camera, isNew: boolean) => void} onDone the hub took it; the dialog is closed */
  constructor(onDone) {
    this.#onDone = onDone;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#form.addEventListener('change', () => this.#arrange());
    prepareFields(this.#form, 'f');
    for (const button of this.#dialog.querySelectorAll('[data-close]')) {
      button.addEventListener('click', () => this.#dialog.close());
    }
  }

  /**
   * Opens the dialog for a new camera.
   * @param {Partial<Values>} [known] what stands in it already
   */
  openNew(known = {}) {
    this.#open(null, words.byHandTitle);
    this.#fill(known);
  }

  /**
   * Opens the dialog for a camera as the hub has it now; rejects as the hub does.
   * @param {string} id
   */
  async openEdit(id) {
    const { data, etag } = await cameras.get(id);
    this.#open({ camera: data, etag }, words.editTitle);
  }

  /**
   * @param {{camera: Camera, etag: string} | null} editing
   * @param {string} title
   */
  #open(editing, title) {
    this.#editing = editing;
    this.#form.reset();
    this.#clear();
    setText(find('h2', HTMLElement, this.#dialog), title);
    find('[data-other-size]', HTMLElement, this.#form).hidden = editing === null;
    if (editing) this.#fill(values(editing.camera));
    find('details', HTMLDetailsElement, this.#form).open = false;
    this.#arrange();
    this.#dialog.showModal();
    this.#input('name').focus();
  }

  /** @param {Partial<Values>} v */
  #fill(v) {
    const all = { ...v };
    const sizes = [...this.#input('size').querySelectorAll('option')];
    if (v.size !== undefined && !sizes.some((o) => o.value === v.size)) all.size = '';
    for (const [name, value] of Object.entries(all)) {
      for (const input of this.#form.querySelectorAll(`[name="${name}"]`)) fillInput(input, value);
    }
  }

  /** Shows the fields of the chosen kind, and what is stored already. */
  #arrange() {
    const kind = this.#kind();
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.#form.querySelectorAll('[data-kind]'))) {
      part.hidden = !part.dataset.kind?.split(' ').includes(kind);
    }
    const known = kinds.includes(kind);
    find('[data-kinds]', HTMLElement, this.#form).hidden = !known;
    find('[data-other]', HTMLElement, this.#form).hidden = known;
    const stored = this.#editing?.camera.source.password_set === true && this.#editing.camera.source.kind === kind;
    for (const part of /** @type {NodeListOf<HTMLElement>} */ (this.#form.querySelectorAll('[data-stored]'))) part.hidden = !stored;
  }

  #kind() {
    const other = this.#editing?.camera.source.kind ?? '';
    return this.#editing && !kinds.includes(other) ? other : this.#input('kind').value;
  }

  /** @returns {Values} */
  #values() {
    const text = (/** @type {string} */ name) => this.#input(name).value;
    const checked = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (this.#input(name)).checked;
    return {
      name: text('name'), kind: this.#kind(), mode: text('mode'), group: text('group').trim(),
      url: text('url'), username: text('username'), password: text('password'),
      forget: checked('forget'), tls_insecure: checked('tls_insecure'),
      interval: text('interval'), headers: text('headers'), max_frame_bytes: text('max_frame_bytes'),
      pattern: text('pattern'), size: text('size'), fps: text('fps'),
    };
  }

  /**
   * @param {string} name
   * @returns {any} one control, or the list of radio buttons of that name
   */
  #input(name) {
    return this.#form.elements.namedItem(name);
  }

  async #submit() {
    if (this.#save.disabled) return;
    this.#clear();
    const v = this.#values();
    const editing = this.#editing;
    const { definition: d, faults } = definition(v, editing?.camera ?? null);
    if (faults.length > 0) return this.#show('', faults);
    this.#busy(true);
    try {
      const { data } = editing
        ? await cameras.patch(editing.camera.id, editPatch(editing.camera, d, v.forget), editing.etag)
        : await cameras.add(d);
      this.#dialog.close();
      this.#onDone(data, editing === null);
    } catch (err) {
      await this.#refused(err);
    } finally {
      this.#busy(false);
    }
  }

  /** @param {unknown} err */
  async #refused(err) {
    if (!(err instanceof ApiError)) throw err;
    if (err.status !== 412 || !this.#editing) return this.#show(err.message, err.fields);
    try { // keep what the person typed, and compare it with the newest definition
      const { data, etag } = await cameras.get(this.#editing.camera.id);
      this.#editing = { camera: data, etag };
      this.#show(say.changedElsewhere, []);
    } catch (again) {
      this.#show(again instanceof Error ? again.message : String(again), []);
    }
  }

  /** @param {boolean} on */
  #busy(on) {
    this.#save.disabled = on;
    setText(this.#save, on ? words.saving : words.save);
  }

  #clear() {
    setText(this.#problem, '');
    this.#problem.hidden = true;
    clearFields(this.#form);
  }

  /**
   * Puts each fault at its field, those without one on top with the message,
   * and the focus on the first.
   * @param {string} message
   * @param {FieldFault[]} faults
   */
  #show(message, faults) {
    const { first, left } = showFaults(this.#form, faults);
    const text = faults.length === 0 ? message : left.join('; ');
    setText(this.#problem, text);
    this.#problem.hidden = text === '';
    if (text !== '') this.#problem.focus();
    else first?.focus();
  }
}

/**
 * @param {Element} input
 * @param {string | boolean} value
 */
function fillInput(input, value) {
  if (input instanceof HTMLInputElement && input.type === 'radio') input.checked = input.value === value;
  else if (input instanceof HTMLInputElement && input.type === 'checkbox') input.checked = value === true;
  else /** @type {HTMLInputElement} */ (input).value = String(value);
}
