// @ts-check
// The first page of the hub: all cameras as tiles.

import { attempt, itemsOf } from './actions.js';
import { AddDialog } from './add.js';
import { announce, note } from './announce.js';
import { cameras as api } from './api.js';
import { watchHub } from './banner.js';
import { choose, chosen, fitting } from './columns.js';
import { element, fillWords, find, icon, setText } from './dom.js';
import { CameraForm } from './form.js';
import { Menu } from './menu.js';
import { Pictures } from './pictures.js';
import { Poller } from './poller.js';
import { say, states, words } from './texts.js';
import { Tile } from './tile.js';
import { greet, may } from './who.js';
import { WhyDialog } from './why.js';

/** @typedef {import('./api.js').Camera} Camera */

fillWords(document);

const grid = find('#tiles', HTMLElement);
const empty = find('#empty', HTMLElement);
const loading = find('#loading', HTMLElement);
/** @type {Map<string, Tile>} by id, in wall order */
let tiles = new Map();
let columns = chosen();
/** @type {import('./who.js').Caller | null} */
let who = null;

const poller = new Poller();
const pictures = new Pictures(() => [...tiles.values()], {
  status: (id, status) => {
    if (poller.take(id, status)) soon();
  },
  open: () => {
    if (poller.failure) poller.refresh();
  },
});
const menu = new Menu();
const updateBanner = watchHub(poller);

const form = new CameraForm((camera, isNew) => {
  note(isNew ? say.added(camera.name) : say.saved(camera.name));
  poller.refresh();
});

const adding = new AddDialog((camera) => {
  note(say.added(camera.name));
  poller.refresh();
}, (typed) => form.openNew(typed));

const why = new WhyDialog((camera) => {
  note(say.saved(camera.name));
  poller.refresh();
}, (id) => attempt(form.openEdit(id)));

const actions = {
  may: (/** @type {string} */ role) => may(who, role),
  why: (/** @type {Camera} */ camera) => why.open(camera),
  cameras: () => poller.cameras ?? [],
  refresh: () => poller.refresh(),
  edit: (/** @type {string} */ id) => form.openEdit(id),
  focus: (/** @type {string} */ id) => tiles.get(id)?.button.focus(),
};

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const tile = tiles.get(/** @type {HTMLElement} */ (target).dataset.id ?? '');
    if (tile) tile.visible = isIntersecting;
  }
  pictures.arrange();
}, { rootMargin: '32px' });

/** Shows the list as the hub has it now; tiles of cameras that stay are kept. */
function show(/** @type {Camera[]} */ list) {
  const before = tiles;
  tiles = new Map();
  const changes = [];
  for (const camera of list) {
    const tile = before.get(camera.id) ?? addTile(camera);
    const was = tile.camera.status.state;
    if (was !== camera.status.state) changes.push(say.changed(camera.name, camera.status.state, camera.status.error?.message ?? ''));
    tile.update(camera);
    tiles.set(camera.id, tile);
  }
  for (const [id, tile] of before) if (!tiles.has(id)) removeTile(tile);
  arrangeTiles();
  if (changes.length > 0) announce(changes.join('. '));
  loading.hidden = true;
  empty.hidden = list.length > 0;
  summarise(list);
  fit();
  tick();
  pictures.arrange();
}

/** @param {Camera} camera */
function addTile(camera) {
  const tile = new Tile(camera, (t, button) => menu.open(button, say.menuOf(t.camera.name), itemsOf(t.camera, actions)),
    (t) => why.open(t.camera));
  grid.append(tile.el);
  seen.observe(tile.el);
  pictures.watch(tile, true);
  return tile;
}

/** @param {Tile} tile */
function removeTile(tile) {
  seen.unobserve(tile.el);
  pictures.watch(tile, false);
  if (tile.el.contains(document.activeElement)) find('#add', HTMLElement).focus();
  tile.el.remove();
}

/** Puts the elements in wall order and touches only those out of place. */
function arrangeTiles() {
  let at = grid.firstElementChild;
  for (const tile of tiles.values()) {
    if (tile.el === at) {
      at = at.nextElementSibling;
      continue;
    }
    const focused = tile.el.contains(document.activeElement) ? document.activeElement : null;
    grid.insertBefore(tile.el, at);
    if (focused instanceof HTMLElement) focused.focus();
  }
}

/** @param {Camera[]} list */
function summarise(list) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { status } of list) counts.set(status.state, (counts.get(status.state) ?? 0) + 1);
  const parts = Object.keys(states).filter((s) => counts.has(s)).map((s) => element('span', { class: 'count', 'data-state': s },
    icon(s), say.inState(counts.get(s) ?? 0, s)));
  const summary = find('#summary', HTMLElement);
  const text = [say.cameras(list.length), ...parts.map((p) => p.textContent)].join(', ');
  if (summary.dataset.shown === text) return;
  summary.dataset.shown = text;
  summary.replaceChildren(element('span', {}, say.cameras(list.length)), ...parts);
}

/** Sets the columns that the viewer chose, or those that fit. */
function fit() {
  const top = grid.getBoundingClientRect().top + scrollY;
  const style = getComputedStyle(grid);
  const width = grid.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const height = innerHeight - top - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
  const best = fitting(tiles.size, width, height);
  grid.style.setProperty('--columns', String(columns || best.columns));
  grid.style.setProperty('--tile', columns ? '1fr' : `${Math.floor(best.tile)}px`);
}

/**
 * Changes the columns by one from what is shown now; 0 goes back to what fits.
 * @param {number} by
 */
function changeColumns(by) {
  const shown = Number(grid.style.getPropertyValue('--columns')) || 1;
  columns = by === 0 ? 0 : Math.min(12, Math.max(1, shown + by));
  choose(columns);
  announce(say.columns(columns));
  fit();
}

let showing = 0;

/** Shows the list in a moment: states come in crowds. */
function soon() {
  if (showing === 0) showing = setTimeout(() => {
    showing = 0;
    show(poller.cameras ?? []);
  }, 50);
}

/** Moves everything that moves with time. */
function tick() {
  const clock = { now: () => poller.now(), failure: poller.failure };
  for (const tile of tiles.values()) tile.tick(clock);
  updateBanner();
}

/** @param {MouseEvent} event */
async function addDemo(event) {
  const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
  button.disabled = true;
  try {
    const { data } = await api.add({ name: words.demoName, mode: 'always', source: { kind: 'emulated' } });
    note(say.added(data.name));
    poller.refresh();
  } catch (err) {
    note(say.failed(err instanceof Error ? err.message : String(err)), 'failed');
  } finally {
    button.disabled = false;
  }
}

poller.addEventListener('cameras', () => show(poller.cameras ?? []));
poller.addEventListener('unreachable', () => tick());
poller.addEventListener('recovered', () => pictures.renew(performance.now() - 2000)); // it may have gone silently
new ResizeObserver(fit).observe(document.documentElement);
setInterval(() => {
  if (!document.hidden) tick();
}, 1000);

find('#fewer', HTMLElement).addEventListener('click', () => changeColumns(-1));
find('#more', HTMLElement).addEventListener('click', () => changeColumns(1));
find('#fit', HTMLElement).addEventListener('click', () => changeColumns(0));
for (const button of document.querySelectorAll('[data-add]')) button.addEventListener('click', () => adding.open());
find('#demo', HTMLElement).addEventListener('click', addDemo);
setText(find('title', HTMLElement), words.product);
poller.start();
who = await greet();
