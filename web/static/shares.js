// @ts-check
// The page of links that show a camera to whoever has them.

import { cameras, feedPath, snapshotPath } from './api.js';
import { element, fillWords, find } from './dom.js';
import { entry } from './entry.js';
import { range } from './format.js';
import { add, drop, shares } from './people.js';
import { inDays, showOnce, showRows, when } from './list.js';
import { say, words } from './texts.js';
import { greet } from './who.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./people.js').Share} Share */

fillWords(document);
const list = find('#shares', HTMLElement);
/** @type {Camera[]} */
let known = [];

/** @param {Share} share */
function target(share) {
  if (share.group) return say.groupNamed(share.group);
  return known.find((c) => c.id === share.camera)?.name ?? share.camera ?? '';
}

async function show() {
  const all = await shares();
  showRows(list, all.map((s) => ({
    title: s.name,
    details: [target(s), s.from === null ? words.liveOnly : say.span(range(Date.parse(s.from), Date.parse(s.to ?? s.from))), say.expires(when(s.expires_at)), say.madeBy(s.user)],
    action: words.withdraw,
    label: say.withdrawOf(s.name),
    act: () => drop('shares', s.id).then(show),
  })), words.noShares);
}

async function offer() {
  known = (await cameras.list()).data.cameras;
  const groups = [...new Set(known.map((c) => c.group ?? '').filter(Boolean))].sort();
  find('#share-of', HTMLSelectElement).replaceChildren(
    ...known.map((c) => element('option', { value: `camera ${c.id}` }, c.name)),
    ...groups.map((g) => element('option', { value: `group ${g}` }, say.groupNamed(g))));
}

const form = find('#share', HTMLFormElement);
entry(form, async (data) => {
  const [kind, ...rest] = String(data.get('of')).split(' ');
  const of = rest.join(' ');
  const made = await add('shares', { name: data.get('name'), [kind]: of, expires_at: inDays(data.get('days')) });
  const shown = known.filter((c) => (kind === 'camera' ? c.id === of : c.group === of));
  const secret = `?share=${encodeURIComponent(made.secret)}`;
  showOnce(find('#share-made', HTMLElement), shown.flatMap((c) => [
    { label: say.linkTo(c.name), text: location.origin + feedPath(c.id) + secret },
    { label: say.newestOf(c.name), text: location.origin + snapshotPath(c.id) + secret },
  ]));
  form.reset();
  await show();
});

if (await greet() !== null) {
  await offer();
  await show();
}
