// @ts-check
// The page of users, for admins.

import { note } from './announce.js';
import { cameras } from './api.js';
import { element, fillWords, find, setText } from './dom.js';
import { entry } from './entry.js';
import { add, changeUser, drop, users } from './people.js';
import { act, showRows } from './list.js';
import { say, words } from './texts.js';
import { greet } from './who.js';

/** @typedef {import('./people.js').User} User */

fillWords(document);
const list = find('#users', HTMLElement);
const form = find('#user', HTMLFormElement);
const name = find('#user-name', HTMLInputElement);
const sees = find('#user-sees', HTMLFieldSetElement);
/** @type {string | null} who is changed, or null while somebody new is added */
let changing = null;

/** @param {User} user */
function detailsOf({ role, grants }) {
  const parts = grants.all ? [words.allCameras] : [...grants.groups.map((g) => say.groupNamed(g)), ...grants.cameras];
  return [words[/** @type {'viewer'} */ (role)], parts.join(', ') || words.noCameras];
}

async function show() {
  const all = await users();
  showRows(list, all.map((u) => ({
    title: u.name,
    details: detailsOf(u),
    more: [act(words.change, say.changeOf(u.name), () => edit(u))],
    action: words.removeConfirm,
    label: say.removeUser(u.name),
    act: () => confirmRemoval(u.name),
  })), words.noUsers);
}

/** @param {string} who */
async function confirmRemoval(who) {
  const dialog = find('#remove-dialog', HTMLDialogElement);
  setText(find('[data-detail]', HTMLElement, dialog), say.removeUserText(who));
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  if (dialog.returnValue !== 'remove') return;
  await drop('users', who);
  note(say.removed(who));
  await show();
}

/** @param {User | null} user */
function edit(user) {
  changing = user?.name ?? null;
  form.reset();
  name.readOnly = user !== null;
  name.value = user?.name ?? '';
  find('#user-role', HTMLSelectElement).value = user?.role ?? 'viewer';
  for (const box of form.querySelectorAll('input[type=checkbox]')) {
    if (!(box instanceof HTMLInputElement) || user === null) continue;
    box.checked = box.name === 'all' ? user.grants.all : user.grants[/** @type {'cameras' | 'groups'} */ (box.name)].includes(box.value);
  }
  setText(find('#user-title', HTMLElement), user ? say.changeOf(user.name) : words.addUser);
  find('#user-keeps', HTMLElement).hidden = user === null;
  find('#user-cancel', HTMLElement).hidden = user === null;
  arrange();
  if (user) find('#user-role', HTMLSelectElement).focus();
}

/** Hides what can't be chosen. */
function arrange() {
  const data = new FormData(form);
  sees.hidden = data.get('role') === 'admin';
  for (const box of sees.querySelectorAll('[data-one] input')) {
    /** @type {HTMLInputElement} */ (box).disabled = data.has('all');
  }
}

async function offer() {
  const { data } = await cameras.list();
  const groups = [...new Set(data.cameras.map((/** @type {import('./api.js').Camera} */ c) => c.group).filter(Boolean))].sort();
  const box = (/** @type {string} */ kind, /** @type {string} */ value, /** @type {string} */ text) => element('label', { class: 'check', 'data-one': true },
    element('input', { type: 'checkbox', name: kind, value }), element('span', { dir: 'auto' }, text));
  find('#user-grants', HTMLElement).replaceChildren(
    ...groups.map((g) => box('groups', g, say.groupNamed(g))),
    ...data.cameras.map((/** @type {import('./api.js').Camera} */ c) => box('cameras', c.id, c.name)));
}

entry(form, async (data) => {
  const all = data.has('all');
  const grants = { all, cameras: all ? [] : data.getAll('cameras'), groups: all ? [] : data.getAll('groups') };
  const password = data.get('password');
  const body = { role: data.get('role'), grants, ...(password === '' && changing !== null ? {} : { password }) };
  if (changing === null) {
    const made = await add('users', { name: String(data.get('name')).trim().toLowerCase(), ...body });
    note(say.added(made.name));
  } else {
    await changeUser(changing, body);
    note(say.saved(changing));
  }
  edit(null);
  await show();
});
form.addEventListener('change', arrange);
find('#user-cancel', HTMLElement).addEventListener('click', () => edit(null));

const who = await greet();
if (who !== null) {
  find('#first', HTMLElement).hidden = who.mode !== 'open';
  await offer();
  if (who.mode === 'open') find('#user-role', HTMLSelectElement).value = 'admin';
  arrange();
  await show();
}
