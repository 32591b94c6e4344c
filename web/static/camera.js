// @ts-check
// The page of one camera, large.

import { announce, note } from './announce.js';
import { feedPath, snapshotPath } from './api.js';
import { watchHub } from './banner.js';
import { element, fillWords, find, setText } from './dom.js';
import { localTime, megabits, rate, secondsUntil, span } from './format.js';
import { Pictures } from './pictures.js';
import { Poller } from './poller.js';
import { figures, say, states, words } from './texts.js';
import { Tile } from './tile.js';
import { greet } from './who.js';

/** @typedef {import('./api.js').Camera} Camera */

fillWords(document);

const id = decodeURIComponent(location.pathname.split('/').pop() ?? '');
const stage = find('#stage', HTMLElement);
const table = find('#figures', HTMLElement);
/** @type {Tile | null} */
let tile = null;

const poller = new Poller();
const pictures = new Pictures(() => (tile ? [tile] : []), {
  status: (of, status) => {
    if (poller.take(of, status)) show();
  },
  open: () => {
    if (poller.failure) poller.refresh();
  },
});
const updateBanner = watchHub(poller);

function show() {
  const list = poller.cameras ?? [];
  const camera = list.find((c) => c.id === id);
  find('#loading', HTMLElement).hidden = true;
  find('#unknown', HTMLElement).hidden = camera !== undefined;
  find('#known', HTMLElement).hidden = camera === undefined;
  if (camera) showCamera(camera);
  else leave();
  tick();
  pictures.arrange();
}

/** @param {Camera} camera */
function showCamera(camera) {
  if (tile === null) {
    tile = new Tile(camera, null);
    tile.visible = true;
    stage.replaceChildren(tile.el);
    pictures.watch(tile, true);
  }
  if (tile.camera.status.state !== camera.status.state) {
    announce(say.changed(camera.name, camera.status.state, camera.status.error?.message ?? ''));
  }
  tile.update(camera);
  setText(find('#name', HTMLElement), camera.name);
  document.title = `${camera.name} – ${words.product}`;
}

/** The camera is not there, or not any more. */
function leave() {
  if (tile) pictures.watch(tile, false);
  tile = null;
  stage.replaceChildren();
  setText(find('[data-detail]', HTMLElement, find('#unknown', HTMLElement)), say.unknownText(id));
  document.title = `${words.unknownTitle} – ${words.product}`;
}

function tick() {
  updateBanner();
  if (tile === null) return;
  tile.tick({ now: () => poller.now(), failure: poller.failure });
  const rows = rowsOf(tile.camera);
  if (table.childElementCount !== rows.length) {
    table.replaceChildren(...rows.map(() => element('div', {}, element('dt'), element('dd', { dir: 'auto' }))));
  }
  rows.forEach(([name, value], i) => {
    const row = table.children[i];
    setText(row.children[0], name);
    setText(row.children[1], value);
  });
}

/**
 * The figures to show, in order; those that say nothing now are left out.
 * @param {Camera} camera
 * @returns {[string, string][]}
 */
function rowsOf({ status: s, source, mode, group }) {
  const age = s.frame_age_ms === null ? null : s.frame_age_ms + performance.now() - poller.answeredAt;
  /** @type {[string, string | false | null | undefined][]} */
  const rows = [
    [figures.state, states[s.state] ?? s.state],
    [figures.since, `${localTime(s.since)} (${span(poller.now() - Date.parse(s.since))})`],
    [figures.age, age !== null && span(age)],
    [figures.size, s.width && s.height && say.pixels(s.width, s.height)],
    [figures.fps, rate(s.fps)],
    [figures.bitrate, megabits(s.bitrate)],
    [figures.frames, s.frames.toLocaleString('en')],
    [figures.viewers, String(s.viewers)],
    [figures.dropped, s.dropped.toLocaleString('en')],
    [figures.attempts, String(s.attempts)],
    [figures.retry, s.state === 'offline' && say.retryIn(secondsUntil(s.retry_at, poller.now()))],
    [figures.error, s.error?.message],
    [figures.quirks, s.quirks?.join(', ')],
    [figures.kind, source.kind],
    [figures.mode, mode === 'on_demand' ? words.modeOnDemand : words.modeAlways],
    [figures.group, group],
  ].map(([name, value]) => [String(name), value ? String(value) : '']);
  return /** @type {[string, string][]} */ (rows.filter(([, value]) => value));
}

/** Copies the feed's address. The clipboard is there in secure contexts only. */
async function copyFeed() {
  const url = new URL(feedPath(id), location.href).href;
  try {
    await navigator.clipboard.writeText(url);
    note(words.copied);
  } catch {
    const field = find('#feed-address', HTMLInputElement);
    find('#by-hand', HTMLElement).hidden = false;
    field.value = url;
    field.select();
  }
}

poller.addEventListener('cameras', show);
poller.addEventListener('unreachable', tick);
poller.addEventListener('recovered', () => pictures.renew(performance.now() - 2000)); // it may have gone silently
setInterval(() => {
  if (!document.hidden) tick();
}, 1000);
const save = find('#snapshot', HTMLAnchorElement);
save.href = snapshotPath(id);
save.download = `${id}.jpg`;
find('#copy', HTMLElement).addEventListener('click', copyFeed);
poller.start();
greet();
