// @ts-check
// What can be done to a camera from its menu.

import { announce, note } from './announce.js';
import { cameras as api, pagePath } from './api.js';
import { find, setText } from './dom.js';
import { say, words } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./menu.js').Item} Item */

/**
 * @typedef {object} Wall What the actions need of the page.
 * @property {(role: string) => boolean} may whether the person may do what a role may
 * @property {() => Camera[]} cameras in wall order
 * @property {() => void} refresh shows what the hub has now
 * @property {(id: string) => Promise<void>} edit opens the form
 * @property {(camera: Camera) => void} why explains why it is offline
 * @property {(id: string) => void} focus puts the focus back on a camera's tile
 */

/**
 * The menu of a camera.
 * @param {Camera} camera
 * @param {Wall} wall
 * @returns {Item[]}
 */
export function itemsOf(camera, wall) {
  const at = wall.cameras().findIndex((c) => c.id === camera.id);
  const { id, name, enabled } = camera;
  const run = (/** @type {Promise<unknown>} */ call, /** @type {string} */ done) => attempt(call.then(() => {
    note(done);
    wall.refresh();
  }));
  const items = [{ text: words.open, act: () => location.assign(pagePath(id)) }];
  const restart = { text: words.restart, off: !enabled, act: () => run(api.restart(id), say.restarted(name)) };
  if (!wall.may('admin')) return wall.may('operator') ? [...items, restart] : items;
  return [
    ...items,
    ...(['offline', 'stale'].includes(camera.status.state) ? [{ text: words.whyMenu, act: () => wall.why(camera) }] : []),
    { text: words.edit, act: () => attempt(wall.edit(id)) },
    enabled
      ? { text: words.disable, act: () => run(api.patch(id, { enabled: false }), say.disabled(name)) }
      : { text: words.enable, act: () => run(api.patch(id, { enabled: true }), say.enabled(name)) },
    restart,
    { text: words.earlier, off: at <= 0, act: () => attempt(move(camera, -1, wall)) },
    { text: words.later, off: at < 0 || at === wall.cameras().length - 1, act: () => attempt(move(camera, 1, wall)) },
    { text: words.remove, danger: true, act: () => confirmRemoval(camera, () => run(api.remove(id), say.removed(name))) },
  ];
}

/**
 * Tells of work that fails.
 * @param {Promise<unknown>} work
 */
export function attempt(work) {
  return work.catch((err) => note(say.failed(err instanceof Error ? err.message : String(err)), 'failed'));
}

/**
 * Moves a camera by one place.
 * @param {Camera} camera
 * @param {1 | -1} by
 * @param {Wall} wall
 */
async function move(camera, by, wall) {
  const ids = wall.cameras().map((c) => c.id);
  const at = ids.indexOf(camera.id);
  ids.splice(at, 1);
  ids.splice(at + by, 0, camera.id);
  await api.order(ids);
  announce(say.moved(camera.name, at + by + 1, ids.length));
  wall.refresh();
  wall.focus(camera.id);
}

/**
 * Asks before a camera is removed.
 * @param {Camera} camera
 * @param {() => void} remove
 */
function confirmRemoval(camera, remove) {
  const dialog = find('#remove-dialog', HTMLDialogElement);
  setText(find('[data-detail]', HTMLElement, dialog), say.removeText(camera.name));
  dialog.returnValue = '';
  dialog.onclose = () => {
    if (dialog.returnValue === 'remove') remove();
  };
  dialog.showModal();
}
