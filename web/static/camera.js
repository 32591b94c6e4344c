// @ts-check
// The page of one camera, large.

import { announce, changesOf, note } from './announce.js';
import { cameras as api, pagePath } from './api.js';
import { watchHub } from './banner.js';
import { attempt, change } from './change.js';
import { ControlPanel } from './control-panel.js';
import { details } from './details.js';
import { fillWords, find, setText } from './dom.js';
import { Plots, rowsOf, showRows } from './figures.js';
import { moment } from './format.js';
import { watchKeys } from './keys.js';
import { Lately } from './lately.js';
import { Lens } from './lens.js';
import { neighbour, placeOf, wallBefore } from './neighbours.js';
import { Playback } from './playback.js';
import { Poller } from './poller.js';
import { showQuirks } from './quirks.js';
import { watchFullScreen, watchRest } from './rest.js';
import { copyFeed, newest, savePicture } from './save.js';
import { shareSoon } from './share.js';
import { shownNow, titleOf } from './shown.js';
import { Socket } from './socket.js';
import { Stage } from './stage.js';
import { cameraKeys, playKeys, say, words } from './texts.js';
import { Timeline } from './timeline.js';
import { showPaused, showPlace, showScale, showState } from './tools.js';
import { parseView } from './view.js';
import { greet, may } from './who.js';
import { WhyDialog } from './why.js';

/** @typedef {import('./api.js').Camera} Camera */

fillWords(document);

const pause = 100; // ms, changes of size and scale come in crowds
const fps = 60; // the most that the hub sends
const youngEnough = 1000; // ms between a picture that is held and the full-size one in its place

const came = wallBefore(document.referrer, location.href, history.length);
const asked = new URLSearchParams(came.query);
const at = asked.get('at'); // an instant of recordings
asked.delete('at');
const wall = { ...came, query: asked.size > 0 ? `?${asked}` : '' };
const choice = parseView(wall.query).view;
let id = decodeURIComponent(location.pathname.split('/').pop() ?? '');
let known = ''; // the name of the camera, once it was there
let asking = 0;
/** @type {import('./who.js').Caller | null} */
let who = null;

const button = (/** @type {string} */ name) => find(`#${name}`, HTMLButtonElement);
const poller = new Poller();
const lens = new Lens(find('#stage', HTMLElement), { change: lensChanged, swipe: go });
const stage = new Stage(find('#stage', HTMLElement), lens);
const plots = new Plots(find('#plots', HTMLElement));
const lately = new Lately(find('#lately', HTMLElement), () => poller.now());
const updateBanner = watchHub(poller);
const toggleFull = watchFullScreen(find('#viewer', HTMLElement));
const beside = details(find('#known', HTMLElement), button('details'), () => panel.close());
const panel = new ControlPanel(find('#tuning', HTMLElement), button('tune'), (open) => {
  find('#known', HTMLElement).classList.toggle('tuning', open);
  beside.cover(open);
  if (open && stage.paused) togglePause(); // to see the effect
  if (open && !playback.live) playback.goLive();
  askSoon();
});

const socket = new Socket({
  picture: (picture) => {
    if (picture.tile === stage.number) stage.paint(picture);
    else picture.got();
  },
  status: (of, status) => {
    if (poller.take(of, status)) show();
  },
  error: () => {}, // of a camera that is gone, as the list will tell
  open: (open) => {
    if (!open) stage.lost();
    else if (poller.failure) poller.refresh();
    if (open) playback.renew();
  },
  clock: (message) => playback.take(message),
  gap: (tile, gap) => tile === stage.number && stage.missing(gap),
});

const playback = new Playback((message) => socket.tell(message), () => poller.now());
const timeline = new Timeline(playback, () => poller.now(), askSoon);
playback.addEventListener('change', () => {
  if (!playback.live && stage.paused) togglePause();
  if (stage.replayed === playback.live) {
    stage.replay(!playback.live);
    announce(playback.live ? words.resumed : say.recordedAt(moment(playback.now(), poller.now())));
  }
  button('pause').disabled = !playback.live;
  tick();
  shareSoon(playback);
});

const why = new WhyDialog((camera) => {
  note(say.saved(camera.name));
  poller.refresh();
}, () => location.assign(editPath()));

/** Asks for the picture as it is shown now, or for none. */
function ask() {
  clearTimeout(asking);
  asking = 0;
  const wanted = stage.camera !== null && !stage.paused && !document.hidden;
  socket.want(wanted ? [{ tile: stage.number, camera: id, width: lens.wanted(), fps }] : []);
}

function askSoon() {
  if (asking === 0) asking = setTimeout(ask, pause);
}

function lensChanged() {
  showScale(lens.scale);
  askSoon();
}

/** Shows what the hub says now. */
function show() {
  const camera = poller.cameras?.find((c) => c.id === id);
  find('#loading', HTMLElement).hidden = true;
  find('#unknown', HTMLElement).hidden = camera !== undefined;
  find('#known', HTMLElement).hidden = camera === undefined;
  if (camera) showCamera(camera);
  else leave();
  tick();
  askSoon();
}

/** @param {Camera} camera */
function showCamera(camera) {
  const before = stage.camera;
  const changes = before?.id === id ? changesOf(before, camera) : [];
  if (changes.length > 0) announce(changes.join('. '));
  if (before?.id !== id) plots.clear();
  known = camera.name;
  stage.show(camera);
  timeline.show([camera]);
  lately.show(id);
  panel.show(may(who, 'admin') ? camera : null);
  setText(find('#name', HTMLElement), camera.name);
  button('disable').hidden = !camera.enabled || !may(who, 'admin');
  button('enable').hidden = camera.enabled || !may(who, 'admin');
  button('restart').hidden = !camera.enabled || !may(who, 'operator');
  find('#edit', HTMLAnchorElement).href = editPath();
  showPaused(stage.paused);
  showPlace(poller.cameras ?? [], id, choice);
  showQuirks(find('#quirks', HTMLElement), camera.status.quirks ?? []);
}

/** The camera is not there, or not any more. */
function leave() {
  const section = find('#unknown', HTMLElement);
  const had = find('#known', HTMLElement).contains(document.activeElement) || document.activeElement === document.body;
  if (stage.camera) stage.clear();
  lately.show('');
  panel.show(null);
  setText(find('#name', HTMLElement), known || id);
  setText(find('#place', HTMLElement), '');
  showState(null);
  const title = known ? words.removedTitle : words.unknownTitle;
  setText(find('h2', HTMLElement, section), title);
  setText(find('[data-detail]', HTMLElement, section), known ? say.removedText(known) : say.unknownText(id));
  document.title = `${title} – ${words.product}`;
  if (had) find('a', HTMLAnchorElement, section).focus();
}

/** Moves everything that moves with time. */
function tick() {
  updateBanner();
  const camera = stage.camera;
  timeline.tick();
  if (!camera) return;
  const shown = shownNow({ state: camera.status.state, held: stage.held, replay: replay(), now: poller.now() });
  showState(shown);
  const title = titleOf(camera.name, shown);
  if (document.title !== title) document.title = title;
  stage.tick({ now: () => poller.now(), failure: poller.failure, text: shown.text });
  const { last_frame_at: last } = camera.status;
  showRows(find('#figures', HTMLElement), rowsOf(camera, {
    time: poller.now(), age: last === null ? null : ageOnScreen() ?? poller.now() - Date.parse(last), seen: stage.seen(), what: shown,
  }));
}

/** What is shown of recordings; null when the picture is live. */
function replay() {
  return playback.live ? null : { at: playback.now(), playing: playback.playing, blank: stage.blank };
}

/** The age of the live picture on the screen in ms; null when there is none. */
function ageOnScreen() {
  return stage.shown && !stage.paused && playback.live ? Math.max(0, poller.now() - stage.shown.arrived) : null;
}

/**
 * Goes to the camera before or after this one, in the place of this one.
 * @param {1 | -1} by
 */
function go(by) {
  const other = neighbour(poller.cameras ?? [], id, by, choice);
  if (!other) return;
  id = other.id;
  history.replaceState(history.state, '', pagePath(id) + wall.query);
  const { at, of } = placeOf(poller.cameras ?? [], id, choice);
  announce(say.arrivedAt(other.name, say.place(at, of)));
  find('#by-hand', HTMLElement).hidden = true;
  show();
  ask();
}

function toWall() {
  if (wall.back) history.back();
  else location.assign(`/${wall.query}`);
}

/** The wall as it was, with the form of this camera. */
function editPath() {
  const query = new URLSearchParams(wall.query);
  query.set('edit', id);
  return `/?${query}`;
}

/** Holds the picture, or lets live ones through again. */
async function togglePause() {
  if (stage.paused) {
    stage.resume();
    announce(words.resumed);
  } else if (stage.pause()) {
    announce(words.paused);
    sharpen();
  }
  showPaused(stage.paused);
  tick();
  ask();
}

/**
 * Puts the camera's own picture in the place of a smaller copy that is held, if
 * the hub has it still.
 */
async function sharpen() {
  const { number, shown, camera } = stage;
  const smaller = (stage.size()?.width ?? 0) < (camera?.status.width ?? 0);
  if (!shown || !camera || !smaller || poller.failure) return;
  const full = await newest(camera.id).catch(() => null); // then the copy stays
  if (!full || stage.number !== number || !stage.paused) return;
  if (Math.abs(full.arrived - shown.arrived) <= youngEnough) stage.sharpen(full);
}

/** Saves the picture that is held, or the camera's newest; of a camera that gives none, the last one. */
async function save() {
  const { camera, shown } = stage;
  if (!camera) return;
  const old = shown && (stage.paused || !playback.live || camera.status.state !== 'live' || poller.failure);
  await attempt((async () => savePicture(camera.name, old ? shown : await newest(camera.id)))());
}

const refresh = () => poller.refresh();
const turn = (/** @type {boolean} */ on) => change(api.patch(id, { enabled: on }), (on ? say.enabled : say.disabled)(known), refresh);
const restart = () => change(api.restart(id), say.restarted(known), refresh);

/** @type {Record<string, () => void>} by the id of their button */
const acts = {
  previous: () => go(-1), next: () => go(1), pause: togglePause,
  'zoom-in': () => lens.stepZoom(1), 'zoom-out': () => lens.stepZoom(-1), reset: () => lens.reset(),
  save, copy: () => copyFeed(id), keys: () => openKeys(),
  why: () => stage.camera && why.open(stage.camera), again: restart, 'turn-on': () => turn(true),
  enable: () => turn(true), disable: () => turn(false), restart,
};
for (const [name, act] of Object.entries(acts)) button(name).addEventListener('click', act);
find('.back', HTMLAnchorElement).addEventListener('click', (event) => {
  if (!wall.back || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.back();
});
for (const link of document.querySelectorAll('a[href="/"]')) link.setAttribute('href', `/${wall.query}`);

const here = (/** @type {() => void} */ act) => () => { // keys of the picture, when there is one
  if (stage.camera) act();
};
const openKeys = watchKeys([
  { press: ['ArrowLeft'], act: here(() => go(-1)) },
  { press: ['ArrowRight'], act: here(() => go(1)) },
  { press: ['ArrowLeft'], held: ['Shift'], act: here(() => lens.look({ x: -1, y: 0 })) },
  { press: ['ArrowRight'], held: ['Shift'], act: here(() => lens.look({ x: 1, y: 0 })) },
  { press: ['ArrowUp'], held: ['Shift'], act: here(() => lens.look({ x: 0, y: -1 })) },
  { press: ['ArrowDown'], held: ['Shift'], act: here(() => lens.look({ x: 0, y: 1 })) },
  { press: [' '], act: here(() => (playback.live ? togglePause() : playback.toggle())) },
  { press: ['+', '='], act: here(() => lens.stepZoom(1)) },
  { press: ['-', '_'], act: here(() => lens.stepZoom(-1)) },
  { press: ['0'], act: here(() => lens.reset()) },
  { press: ['f'], act: here(toggleFull) },
  { press: ['s'], act: here(save) },
  { press: ['c'], act: here(() => copyFeed(id)) },
  { press: ['i'], act: here(beside.toggle) },
  { press: ['a'], act: () => panel.toggle() },
  { press: ['Escape'], act: () => (document.fullscreenElement ? toggleFull() : panel.open ? panel.close() : toWall()) },
  ...timeline.keys.filter(({ press: [key] }) => key !== ' ' && !key.startsWith('Arrow')),
], { lines: cameraKeys, play: playKeys.filter(([[key]]) => !['Space', '←'].includes(key)), hint: words.keyMouse });
watchRest();

poller.addEventListener('cameras', show);
poller.addEventListener('unreachable', tick);
poller.addEventListener('recovered', () => {
  socket.renew(performance.now() - 2000); // it may have gone silently
  lately.renew();
});
document.addEventListener('visibilitychange', ask);
window.addEventListener('online', () => socket.renew(performance.now()));
setInterval(() => {
  if (document.hidden) return;
  tick();
  if (stage.camera) plots.add(poller.failure ? null : stage.camera.status, ageOnScreen());
}, 1000);
socket.open();
poller.start();
if (at !== null && !timeline.open(at)) note(say.badParameter('at', at.slice(0, 200)), 'failed');
who = await greet();
if (may(who, 'operator')) timeline.allow();
if (poller.cameras) show();
