// @ts-check
// The page about the room for recordings: how it is used, how long it will do,
// and what is kept and deleted.

import { ApiError } from './api.js';
import { watchHub } from './banner.js';
import { element, fillWords, find, icon } from './dom.js';
import { ExportList } from './export-list.js';
import { ExportJobs } from './jobs.js';
import { Poller } from './poller.js';
import { storage } from './storage-api.js';
import { BudgetForm } from './storage-budget.js';
import { CleanupForm } from './storage-cleanup.js';
import { PinList } from './storage-pins.js';
import { showUsage } from './storage-usage.js';
import { say, words } from './texts.js';
import { greet } from './who.js';

fillWords(document);
document.title = `${words.storage} – ${words.product}`;

const every = 10000; // ms between two looks
const problem = find('#problem', HTMLElement);
const poller = new Poller();
const updateBanner = watchHub(poller);
/** @type {import('./storage-api.js').Storage | null} */
let shown = null;
let looked = -Infinity; // performance.now()
let looking = false;

/** The name of a camera that is or was.
 * @param {string} id */
const nameOf = (id) => poller.cameras?.find((c) => c.id === id)?.name ?? (shown?.cameras.find((c) => c.camera === id)?.name || id);

const pinList = new PinList(nameOf, look);
const jobs = new ExportJobs();
new ExportList(jobs, { list: find('#exports ul', HTMLElement), none: find('#exports .hint', HTMLElement), heading: find('#exports h2', HTMLElement) }, nameOf);
const budget = new BudgetForm(look);
const cleanup = new CleanupForm(nameOf, look);

/** Asks the hub how things are, and shows it. */
async function look() {
  if (looking) return;
  looking = true;
  looked = performance.now();
  try {
    shown = await storage.get();
    show(shown);
    await pinList.load();
    jobs.start();
    problem.hidden = true;
  } catch (err) {
    if (!(err instanceof ApiError)) throw err;
    problem.textContent = err.message;
    problem.hidden = err.status === 0; // the banner says it
  } finally {
    looking = false;
  }
}

/** @param {import('./storage-api.js').Storage} data */
function show(data) {
  find('#loading', HTMLElement).hidden = true;
  find('#known', HTMLElement).hidden = false;
  find('#nothing', HTMLElement).hidden = data.cameras.length > 0;
  for (const el of document.querySelectorAll('[data-recorded]')) /** @type {HTMLElement} */ (el).hidden = data.cameras.length === 0;
  showWarnings(data.warnings.map((w) => w.message));
  showUsage(data, nameOf);
  budget.show(data.settings);
  cleanup.show(data.cameras);
}

/** @param {string[]} texts */
function showWarnings(texts) {
  const list = find('#warnings', HTMLElement);
  if (list.dataset.shown === texts.join('\n')) return;
  list.dataset.shown = texts.join('\n');
  list.replaceChildren(...texts.map((text) => element('li', { class: 'warning' }, text)));
}

/** Says loudly which cameras can't be recorded. */
function showFailing() {
  const failing = (poller.cameras ?? []).filter((c) => c.status.recording?.state === 'failing');
  const box = find('#failing', HTMLElement);
  const texts = failing.map((c) => `${c.name}: ${say.unrecordedAdvice(c.status.recording?.reason)}`);
  if (box.dataset.shown === texts.join('\n')) return;
  box.dataset.shown = texts.join('\n');
  box.hidden = failing.length === 0;
  box.replaceChildren(...(failing.length === 0 ? [] : [
    icon('stale'), element('div', {}, element('strong', {}, words.storageFailing), element('ul', {}, ...texts.map((t) => element('li', { dir: 'auto' }, t)))),
  ]));
}

poller.addEventListener('cameras', () => {
  showFailing();
  if (performance.now() - looked >= every) look();
});
poller.addEventListener('recovered', look);
setInterval(() => {
  if (!document.hidden) updateBanner();
}, 1000);
poller.start();
greet();
