// @ts-check
// The first page of the hub: all cameras as tiles.

import { itemsOf } from './actions.js';
import { AddDialog } from './add.js';
import { announce, note } from './announce.js';
import { cameras as api } from './api.js';
import { watchHub } from './banner.js';
import { Bar } from './bar.js';
import { attempt } from './change.js';
import { Choice } from './choice.js';
import { hasDevices } from './devices.js';
import { fillWords, find, setText } from './dom.js';
import { Drag } from './drag.js';
import { chosenOf, groupsOf } from './filter.js';
import { FirstCamera } from './first.js';
import { CameraForm } from './form.js';
import { neighbour } from './geometry.js';
import { hint } from './hint.js';
import { watchKeys } from './keys.js';
import { keepAwake, nextStop, Turns } from './kiosk.js';
import { columnsOf, pagesOf, withColumns } from './layout.js';
import { followLink } from './links.js';
import { Menu } from './menu.js';
import { Mosaic } from './mosaic.js';
import { mover } from './moves.js';
import { inOrder, Order } from './order.js';
import { Pictures } from './pictures.js';
import { Playback } from './playback.js';
import { Poller } from './poller.js';
import { watchFullScreen, watchRest } from './rest.js';
import { keepScroll } from './scroll.js';
import { shareSoon } from './share.js';
import { summarise } from './summary.js';
import { playKeys, say, wallKeys, words } from './texts.js';
import { Tile } from './tile.js';
import { Tiles } from './tiles.js';
import { Timeline } from './timeline.js';
import { reloadWhenReady, Version } from './version.js';
import { searchOf } from './view.js';
import { greet, may } from './who.js';
import { WhyDialog } from './why.js';

/** @typedef {import('./api.js').Camera} Camera */

fillWords(document);

const grid = find('#tiles', HTMLElement);
const nothing = find('#nothing', HTMLElement);
const loading = find('#loading', HTMLElement);
/** @type {import('./who.js').Caller | null} */
let who = null;

const poller = new Poller();
const choice = new Choice();
const kiosk = choice.view.kiosk;
const mosaic = new Mosaic(grid, find('#timeline', HTMLElement));
/** @type {import('./kiosk.js').Stop | null} where the kiosk has turned to */
let turned = null;
let pages = 1; // there are

/** @type {Tiles} */
const tiles = new Tiles(grid, (camera) => new Tile(camera,
  (t, button) => menu.open(button, say.menuOf(t.camera.name), [...itemsOf(t.camera, actions), ...largeItem(t)]),
  (t) => why.open(t.camera), (t) => makeLarge(t)), () => pictures);
/** @type {Pictures} */
const pictures = new Pictures(() => tiles.all(), {
  status: (id, status) => {
    if (poller.take(id, status)) soon();
  },
  open: () => {
    if (poller.failure) poller.refresh();
    version.check();
    playback.renew();
  },
  clock: (message) => playback.take(message),
});
const playback = new Playback((message) => pictures.tell(message), () => poller.now());
const menu = new Menu();
const updateBanner = watchHub(poller);

/** @param {Camera} camera */
const added = (camera) => {
  note(say.added(camera.name));
  poller.refresh();
};

const form = new CameraForm({
  groups: () => [...new Set(poller.cameras?.flatMap((c) => c.group ?? []))].sort(),
  local: hasDevices,
  done: (camera, task) => {
    note(task === 'edit' ? say.saved(camera.name) : say.added(camera.name));
    for (const { message } of camera.warnings ?? []) note(message, 'failed'); // of limits that were saved all the same
    poller.refresh();
  },
});

const adding = new AddDialog(added, ({ url, username, password }) => form.openNew('mjpeg', {
  '/source/url': url, '/source/username': username, '/source/password': { text: password, forget: false },
}), (id) => tiles.get(id)?.camera.name ?? id);

const first = new FirstCamera(added, (url) => adding.open(url, true));

const why = new WhyDialog((camera) => {
  note(say.saved(camera.name));
  poller.refresh();
}, (id) => attempt(form.openEdit(id)));

const actions = {
  may: (/** @type {string} */ role) => may(who, role),
  why: (/** @type {Camera} */ camera) => why.open(camera),
  beside: (/** @type {string} */ id) => {
    const ids = chosen().map((c) => c.id);
    const at = ids.indexOf(id);
    return /** @type {[string | undefined, string | undefined]} */ ([ids[at - 1], ids[at + 1]]);
  },
  move: async (/** @type {string} */ id, /** @type {string} */ target, /** @type {boolean} */ after) => {
    const done = move(id, target, after);
    reveal(id);
    actions.focus(id);
    await done;
  },
  refresh: () => poller.refresh(),
  edit: (/** @type {string} */ id) => form.openEdit(id),
  copy: (/** @type {string} */ id) => form.openCopy(id),
  focus: (/** @type {string} */ id) => (tiles.get(id)?.button ?? find('#add', HTMLElement)).focus(),
  focusSoon: (/** @type {string} */ id) => poller.addEventListener('cameras', () => actions.focus(id), { once: true }),
};

const order = new Order(async (ids) => {
  try {
    await api.order(ids);
    poller.cameras = inOrder(poller.cameras ?? [], ids); // until the hub says it itself
  } finally {
    poller.refresh();
  }
});
const move = mover(order, { cameras: () => order.sorted(poller.cameras ?? []), show: () => show() });

const bar = new Bar({ choose: (change, entry) => choice.set(change, entry), turn, leave: () => (mosaic.tiles[0]?.view ?? grid).focus() });
const version = new Version(() => (kiosk ? reloadWhenReady() : hint(words.updated, { text: words.reload, act: reloadWhenReady })));
const turns = new Turns(kiosk ? choice.view.rotate : 0, () => turn(1));

/** Shows the list as the hub has it now. */
function show() {
  const list = order.sorted(poller.cameras ?? []);
  if (tiles.update(list)) find('#add', HTMLElement).focus();
  loading.hidden = true;
  first.show(list.length === 0);
  summarise(list);
  arrange();
  tick();
  pictures.arrange();
}

/** The cameras of the group and the filter that are chosen. */
function chosen() {
  const group = turned ? turned.group : choice.view.group;
  return chosenOf(order.sorted(poller.cameras ?? []), { group, filter: choice.view.filter });
}

/** Shows the tiles of the page that is chosen, and hides the others. */
function arrange() {
  if (poller.cameras === null) return;
  const { view } = choice;
  const cameras = chosen();
  const all = pagesOf(view.layout, cameras.map((c) => c.id), view.large);
  const page = Math.min(turned ? turned.page : view.page, all.length - 1);
  pages = all.length;
  if (turned) turned.page = page;
  const focused = mosaic.tiles[mosaic.indexOf(document.activeElement)];
  mosaic.show(all[page].flatMap((id) => tiles.get(id) ?? []), view.layout, kiosk);
  if (focused && !mosaic.tiles.includes(focused)) (mosaic.tiles[0]?.view ?? grid).focus();
  timeline?.show(mosaic.tiles.map((t) => t.camera));
  nothing.hidden = cameras.length > 0 || poller.cameras.length === 0;
  bar.update({ ...view, page }, groupsOf(poller.cameras), poller.cameras.length, pages);
}

/**
 * Goes to another page; a kiosk to another group too. Reports whether there is one.
 * @param {number} by
 */
function turn(by) {
  const { view } = choice;
  if (!kiosk) {
    const to = Math.min(Math.max(0, Math.min(view.page, pages - 1) + by), pages - 1);
    if (to !== view.page) choice.set({ page: to });
    return pages > 1;
  }
  const groups = view.group === null ? groupsOf(poller.cameras ?? []).map((g) => g.name) : [view.group];
  turned = nextStop(turned ?? { group: view.group, page: view.page }, pages, groups, by);
  turns.restart();
  arrange();
  return true;
}

/** Shows the page that a camera is on. */
function reveal(/** @type {string} */ id) {
  const page = pagesOf(choice.view.layout, chosen().map((c) => c.id), choice.view.large).findIndex((ids) => ids.includes(id));
  if (page >= 0 && page !== choice.view.page && !mosaic.tiles.some((t) => t.id === id)) choice.set({ page }, 'same');
  tiles.get(id)?.view.focus();
}

/** @param {Tile} tile */
function makeLarge(tile) {
  if (choice.view.layout !== 'focus') return;
  choice.set({ large: tile.id });
  announce(say.nowLarge(tile.camera.name));
  tile.view.focus();
}

/** What stands in the menu of a small tile besides. */
function largeItem(/** @type {Tile} */ tile) {
  if (choice.view.layout !== 'focus' || tile.el.classList.contains('large')) return [];
  return [{ text: words.makeLarge, act: () => makeLarge(tile) }];
}

/**
 * Moves a tile by a key.
 * @param {number} at
 * @param {string} key
 */
function moveBy(at, key) {
  if (!may(who, 'admin')) return;
  const ids = chosen().map((c) => c.id);
  const { id } = mosaic.tiles[at];
  const i = ids.indexOf(id);
  const beside = mosaic.tiles[neighbour(mosaic.places, at, key)]?.id;
  /** @type {Record<string, string | undefined>} */
  const targets = { ArrowLeft: ids[i - 1], ArrowRight: ids[i + 1], ArrowUp: beside, ArrowDown: beside, Home: ids[0], End: ids.at(-1) };
  const target = targets[key];
  if (target === undefined) return;
  attempt(move(id, target, ['ArrowRight', 'ArrowDown', 'End'].includes(key)));
  reveal(id);
}

let showing = 0;

/** Shows the list in a moment: states come in crowds. */
function soon() {
  if (showing === 0) showing = setTimeout(() => {
    showing = 0;
    show();
  }, 50);
}

/** Moves everything that moves with time. */
function tick() {
  const clock = { now: () => poller.now(), failure: poller.failure };
  for (const tile of tiles.all()) {
    tile.replay(!playback.live); // also those that came since the clock was set
    tile.tick(clock);
  }
  updateBanner();
  timeline?.tick();
}

poller.addEventListener('cameras', show);
poller.addEventListener('unreachable', () => tick());
poller.addEventListener('recovered', () => {
  pictures.renew(performance.now() - 2000); // it may have gone silently
  version.check();
});
setInterval(() => {
  if (!document.hidden) tick();
}, 1000);

let shownView = choice.view;
choice.addEventListener('change', () => {
  const { view } = choice;
  turned = null;
  arrange();
  if (view.filter !== shownView.filter || view.group !== shownView.group) announce(say.found(chosen().length, poller.cameras?.length ?? 0));
  else if (view.page !== shownView.page) announce(say.pageOf(view.page + 1, pages));
  shownView = view;
  scrollTo(0, 0);
});

const fit = () => mosaic.fit();
const timeline = kiosk ? null : new Timeline(playback, () => poller.now(), fit);
playback.addEventListener('change', () => {
  for (const tile of tiles.all()) tile.replay(!playback.live);
  shareSoon(playback);
});
new ResizeObserver(fit).observe(document.documentElement);
new ResizeObserver(fit).observe(find('#top', HTMLElement));
window.addEventListener('resize', fit);
const toggleFull = watchFullScreen(document.documentElement, fit);

/**
 * Lets a key act on the tile that has the focus, if one has.
 * @param {(at: number, key: string) => void} act
 */
const onTile = (act) => (/** @type {string} */ key) => {
  const at = kiosk ? -1 : mosaic.indexOf(document.activeElement);
  return at >= 0 && act(at, key);
};
const choose = (/** @type {string} */ layout) => choice.set({ layout, page: 0 });
const columns = (/** @type {number} */ by) => choose(withColumns((columnsOf(choice.view.layout) || mosaic.across()) + by));
/** @type {Record<string, string>} */
const layoutKeys = { 0: 'auto', 1: '1', 2: '4', 3: '9', 4: '16', 5: 'focus' };
const arrows = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];

const openKeys = watchKeys([
  { press: arrows, act: onTile((at, key) => mosaic.tiles[neighbour(mosaic.places, at, key)]?.view.focus()) },
  { press: arrows, held: ['Ctrl', 'Shift'], act: onTile(moveBy) },
  { press: ['Home', 'End'], held: ['Ctrl'], act: onTile(moveBy) },
  { press: ['l'], act: onTile((at) => choice.view.layout === 'focus' && makeLarge(mosaic.tiles[at])) },
  { press: ['PageUp'], act: () => turn(-1) },
  { press: ['PageDown'], act: () => turn(1) },
  ...Object.entries(layoutKeys).map(([key, layout]) => ({ press: [key], act: () => choose(layout) })),
  { press: ['+', '='], act: () => columns(-1) },
  { press: ['-', '_'], act: () => columns(1) },
  { press: ['/'], act: () => bar.find() },
  { press: ['f'], act: toggleFull },
  { press: ['Escape'], act: leave },
  ...(timeline?.keys ?? []),
], { lines: wallKeys, play: playKeys });

/** Escape: ends the kiosk, or finding. */
function leave() {
  if (kiosk) location.assign(location.pathname + searchOf({ ...choice.view, kiosk: false }, location.search));
  else if (choice.view.filter !== '') choice.set({ filter: '', page: 0 }, 'same');
  else return false;
  return true;
}

watchRest();
if (kiosk) {
  document.body.classList.add('kiosk');
  keepAwake();
  grid.addEventListener('click', (event) => event.preventDefault()); // nobody could come back
}
for (const { name, value } of choice.faults) hint(say.badParameter(name, value));
if (choice.view.rotate > 0 && !kiosk) hint(words.rotateAlone);

find('#keys', HTMLElement).addEventListener('click', openKeys);
find('#show-all', HTMLElement).addEventListener('click', () => choice.set({ group: null, filter: '', page: 0 }));
for (const button of document.querySelectorAll('[data-add]')) button.addEventListener('click', () => adding.open());
setText(find('title', HTMLElement), words.product);
keepScroll(grid);
poller.start();
who = await greet();
if (!kiosk && may(who, 'admin')) new Drag(grid, mosaic, ({ tile, target, after }) => {
  if (target.el.classList.contains('large')) makeLarge(tile);
  else attempt(move(tile.id, target.id, after));
});
if (may(who, 'operator')) timeline?.allow();
const at = new URLSearchParams(location.search).get('at');
if (at !== null && timeline?.open(at) === false) hint(say.badParameter('at', at.slice(0, 200)));
followLink({ add: (url, look) => adding.open(url, look), edit: (id) => attempt(form.openEdit(id)) });
