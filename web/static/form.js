// @ts-check
// The dialog that adds, copies and edits a camera.

import { ApiError, cameras } from './api.js';
import { ask } from './ask.js';
import { control } from './controls.js';
import { element, find, setText } from './dom.js';
import { addErrorPlace, clearFields, prepareFields, showFaults } from './fields.js';
import { guard } from './guard.js';
import { common, fieldsOf, kindOf, kinds } from './kinds.js';
import { RecordForecast } from './record.js';
import { blank, definition, differences, editPatch, values } from './source.js';
import { say, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./api.js').FieldFault} FieldFault */
/** @typedef {import('./controls.js').Control} Control */
/** @typedef {import('./kinds.js').Field} Field */
/** @typedef {import('./kinds.js').Values} Values */

/** @typedef {'add' | 'copy' | 'edit'} Task */

/**
 * @typedef {object} Known What the form must know of the page.
 * @property {() => string[]} groups that there are
 * @property {() => boolean} local whether the hub finds local devices
 * @property {(camera: Camera, task: Task) => void} done the hub took it; the dialog is closed
 */

export class CameraForm {
  #dialog = find('#camera-dialog', HTMLDialogElement);
  #form = find('form', HTMLFormElement, this.#dialog);
  #problem = find('.problem', HTMLElement, this.#dialog);
  #fields = find('[data-fields]', HTMLElement, this.#dialog);
  #save = find('[data-save]', HTMLButtonElement, this.#dialog);
  /** @type {Task} */
  #task = 'add';
  /** @type {{camera: Camera, etag: string} | null} the camera that is edited or copied */
  #from = null;
  #kind = '';
  /** @type {Control[]} */
  #controls = [];
  #forecast = new RecordForecast();
  #filled = ''; // what stood in it at first
  #known;
  #close;

  /** @param {Known} known */
  constructor(known) {
    this.#known = known;
    prepareFields(this.#form, 'f');
    this.#close = guard(this.#dialog, () => this.#filled !== this.#snapshot());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#form.addEventListener('input', () => this.#foretell(this.#values()));
    this.#form.addEventListener('change', ({ target }) => {
      if (target instanceof HTMLInputElement && target.name === 'kind') this.#build(target.value, this.#values());
      else this.#adapt();
    });
  }

  /**
   * Opens the dialog for a new camera.
   * @param {string} [kind]
   * @param {Values} [known] what stands in it already
   */
  openNew(kind = 'mjpeg', known = {}) {
    this.#open('add', null, words.byHandTitle, kind, { ...blank(kind), ...known });
  }

  /**
   * Opens the dialog for a camera as the hub has it now; rejects as the hub does.
   * @param {string} id
   */
  async openEdit(id) {
    const { data, etag } = await cameras.get(id);
    this.#open('edit', { camera: data, etag }, words.editTitle, data.source.kind, values(data));
  }

  /**
   * Opens the dialog for a new camera that is like another one; rejects as the
   * hub does. Its secrets never come to the page: the hub copies them.
   * @param {string} id
   */
  async openCopy(id) {
    const { data, etag } = await cameras.get(id);
    const v = { ...values(data), '/id': '', '/name': say.copyOf(data.name) };
    this.#open('copy', { camera: data, etag }, words.copyTitle, data.source.kind, v);
  }

  /**
   * @param {Task} task
   * @param {{camera: Camera, etag: string} | null} from
   * @param {string} title
   * @param {string} kind
   * @param {Values} v
   */
  #open(task, from, title, kind, v) {
    this.#task = task;
    this.#from = from;
    this.#clear();
    setText(find('h2', HTMLElement, this.#dialog), title);
    this.#build(kind, v);
    this.#filled = this.#snapshot();
    if (!this.#dialog.open) this.#dialog.showModal();
    const name = find('#f-name', HTMLInputElement, this.#form);
    name.focus();
    if (task === 'copy') name.select();
  }

  /**
   * Makes the fields of a kind; what was typed stays.
   * @param {string} kind
   * @param {Values} v
   */
  #build(kind, v) {
    this.#kind = kind;
    const all = { ...blank(kind), ...v };
    const opened = this.#dialog.open && this.#fields.querySelector('details')?.open === true;
    const source = this.#from?.camera.source ?? { kind: '' };
    const stored = { password: source.password_set === true, headers: source.headers_set ?? [] };
    const fixed = this.#task === 'edit';
    this.#controls = fieldsOf(kind).map((field) => control(field, all[field.pointer], {
      stored, fixed, suggestions: field.pointer === '/group' ? this.#known.groups() : field.suggestions ?? [],
    }));
    for (const c of this.#controls) addErrorPlace(c.el, `e${c.field.pointer.replaceAll('/', '-')}`);
    const part = (/** @type {Field[]} */ fields, advanced = false) =>
      this.#controls.filter((c) => fields.includes(c.field) && (c.field.advanced ?? false) === advanced).map((c) => c.el);
    const own = kindOf(kind)?.fields ?? [];
    this.#fields.replaceChildren(
      element('div', { class: 'fields' }, ...part(common.first)),
      this.#choice(kind),
      element('div', { class: 'fields' }, ...part(own)),
      element('div', { class: 'fields' }, ...part(common.last)),
      element('fieldset', { class: 'recording' }, element('legend', {}, words.recording), element('div', { class: 'fields' }, ...part(common.record)), this.#forecast.el),
      element('details', { open: opened }, element('summary', {}, words.advanced), element('div', { class: 'fields' }, ...part(own, true), ...part(common.last, true))),
    );
    this.#adapt();
    find('input:checked, input', HTMLElement, this.#fields.querySelector('.kinds') ?? this.#fields).focus();
  }

  /**
   * The choice of the kind.
   * @param {string} kind
   */
  #choice(kind) {
    if (!kindOf(kind)) return element('p', { class: 'hint' }, words.kindOther);
    const offered = kinds.filter((k) => !k.local || k.name === kind || k.name === this.#from?.camera.source.kind || this.#known.local());
    const set = element('fieldset', { class: 'field kinds', 'data-pointer': '/source/kind' }, element('legend', {}, words.kind),
      ...offered.map(({ name, label, hint }) => element('label', { class: 'choice' },
        element('input', { type: 'radio', name: 'kind', value: name, checked: name === kind }),
        element('span', {}, element('strong', {}, label), ' ', element('small', {}, hint)))));
    addErrorPlace(set, 'e-kind');
    return set;
  }

  #values() {
    /** @type {Values} */
    const v = {};
    for (const { field, read } of this.#controls) v[field.pointer] = read();
    return v;
  }

  #snapshot() {
    return JSON.stringify([this.#kind, this.#values()]);
  }

  #adapt() {
    const v = this.#values();
    for (const { adapt } of this.#controls) adapt(v);
    this.#foretell(v);
  }

  /**
   * Says how long recordings will be kept: of a new camera nobody knows.
   * @param {Values} v
   */
  #foretell(v) {
    this.#forecast.show(this.#task === 'edit' ? this.#from?.camera.id ?? '' : '', v);
  }

  async #submit() {
    if (this.#save.disabled) return;
    this.#clear();
    const { definition: d, faults } = definition(this.#values(), this.#kind, this.#from?.camera ?? null);
    if (faults.length > 0) return this.#show('', faults);
    setText(this.#save, words.saving);
    this.#save.disabled = true;
    try {
      if (!await this.#agreed(d)) return;
      const data = await this.#send(d);
      if (data === null) return;
      this.#close();
      this.#known.done(data, this.#task);
    } catch (err) {
      this.#refused(err);
    } finally {
      this.#save.disabled = false;
      setText(this.#save, words.save);
    }
  }

  /**
   * Asks whether to save limits of recordings that were changed and can't hold.
   * @param {import('./api.js').Definition} d
   */
  async #agreed(d) {
    if (this.#task !== 'edit' || this.#from === null || !('record' in editPatch(this.#from.camera, d))) return true;
    return this.#forecast.agreed(this.#from.camera.id, this.#values());
  }

  /**
   * Has the hub take what the form says, also over the changes of somebody else
   * if the person wants that.
   * @param {import('./api.js').Definition} d
   * @returns {Promise<Camera | null>} null when the form goes on
   */
  async #send(d) {
    if (this.#from === null) return (await cameras.add(d)).data;
    const { camera, etag } = this.#from;
    const patch = editPatch(camera, d);
    for (let expected = etag; ;) {
      try {
        const call = this.#task === 'copy' ? cameras.duplicate : cameras.patch;
        return (await call(camera.id, patch, expected)).data;
      } catch (err) {
        if (!(err instanceof ApiError) || err.status !== 412) throw err;
      }
      const newest = await cameras.get(camera.id);
      const answer = await ask({
        title: words.conflictTitle,
        text: say.conflict(differences(camera, newest.data)),
        choices: [{ value: '', text: words.conflictBack }, { value: 'theirs', text: words.conflictTheirs }, { value: 'mine', text: words.conflictMine, look: 'primary' }],
      });
      if (answer === 'mine') expected = newest.etag;
      else if (answer !== 'theirs') return null;
      else if (this.#task === 'copy') return this.openCopy(camera.id).then(() => null);
      else return this.openEdit(camera.id).then(() => null);
    }
  }

  /** @param {unknown} err */
  #refused(err) {
    if (!(err instanceof ApiError)) throw err;
    if (err.status === 409) this.#show('', [{ pointer: '/id', detail: err.message }]);
    else this.#show(err.message, err.fields);
  }

  /**
   * Puts each fault at its field, those without one on top with the message,
   * and the focus on the first.
   * @param {string} message
   * @param {FieldFault[]} faults
   */
  #show(message, faults) {
    const { first, left } = showFaults(this.#form, faults);
    this.#say(faults.length === 0 ? message : left.join('; '));
    if (this.#problem.hidden) first?.focus();
    else this.#problem.focus();
  }

  /** @param {string} text */
  #say(text) {
    setText(this.#problem, text);
    this.#problem.hidden = text === '';
  }

  #clear() {
    this.#say('');
    clearFields(this.#form);
  }
}
