// @ts-check
// Who uses the page: the name and the ways on in its header, and a banner when
// nobody has to sign in.

import { note } from './announce.js';
import { element, find, icon } from './dom.js';
import { caller, signOut } from './people.js';
import { say, words } from './texts.js';

/** @typedef {import('./people.js').Caller} Caller */

const ranks = ['viewer', 'operator', 'admin'];

/**
 * Reports whether a caller may do what a role may.
 * @param {Caller | null} who
 * @param {string} role
 */
export const may = (who, role) => who !== null && ranks.indexOf(who.role) >= ranks.indexOf(role);

/**
 * Shows who uses the page in its element #who, and hides what needs another role
 * (data-role). It returns null when the hub does not answer.
 * @returns {Promise<Caller | null>}
 */
export async function greet() {
  let who;
  try {
    who = await caller();
  } catch {
    return null; // the page shows by itself that the hub can't be reached
  }
  if (who.mode === 'insecure') warn();
  for (const el of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-role]'))) {
    el.hidden = !may(who, el.dataset.role ?? '');
  }
  find('#who', HTMLElement).replaceChildren(...links(who));
  return who;
}

/** @param {Caller} who */
function links(who) {
  const here = (/** @type {string} */ path) => (location.pathname === path ? 'page' : undefined);
  const link = (/** @type {string} */ path, /** @type {string} */ text) => element('a', { href: path, 'aria-current': here(path) }, text);
  const list = [];
  if (may(who, 'operator')) list.push(link('/shares', words.sharesLink));
  if (may(who, 'admin')) list.push(link('/users', words.usersLink));
  if (who.name === '') return list;
  const out = element('button', { type: 'button', class: 'quiet', 'aria-label': words.signOut, title: words.signOut }, icon('leave'));
  out.addEventListener('click', leave);
  return [...list, element('a', { href: '/account', class: 'me', 'aria-current': here('/account'), title: say.signedInAs(who.name) }, who.name), out];
}

async function leave() {
  try {
    await signOut();
    location.assign('/login');
  } catch (err) {
    note(say.failed(err instanceof Error ? err.message : String(err)), 'failed');
  }
}

function warn() {
  document.querySelector('.bar')?.after(element('div', { class: 'banner insecure', role: 'note' }, icon('stale'), element('p', {}, words.insecure)));
}
