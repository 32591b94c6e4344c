// @ts-check
// What can be done to a camera from its menu.

import { announce, note } from './announce.js';
import { cameras as api, pagePath } from './api.js';
import { attempt, change } from './change.js';
import { say, words } from './texts.js';
import { offerUndo } from './undo.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./menu.js').Item} Item */

/**
 * @typedef {object} Wall What the actions need of the page.
 * @property {() => Camera[]} cameras in wall order
 * @property {() => void} refresh shows what the hub has now
 * @property {(id: string) => Promise<void>} edit opens the form
 * @property {(id: string) => Promise<void>} copy opens the form for a camera that is like it
 * @property {(camera: Camera) => void} why explains why it is offline
 * @property {(id: string) => void} focus puts the focus back on a camera's tile, or near it
 * @property {(id: string) => void} focusSoon does so when the tile has come
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
  return [
    { text: words.open, act: () => location.assign(pagePath(id)) },
    ...(['offline', 'stale'].includes(camera.status.state) ? [{ text: words.whyMenu, act: () => wall.why(camera) }] : []),
    { text: words.edit, act: () => attempt(wall.edit(id)) },
    { text: words.duplicate, act: () => attempt(wall.copy(id)) },
    enabled
      ? { text: words.disable, act: () => change(api.patch(id, { enabled: false }), say.disabled(name), wall.refresh) }
      : { text: words.enable, act: () => change(api.patch(id, { enabled: true }), say.enabled(name), wall.refresh) },
    { text: words.restart, off: !enabled, act: () => change(api.restart(id), say.restarted(name), wall.refresh) },
    { text: words.earlier, off: at <= 0, act: () => attempt(move(camera, -1, wall)) },
    { text: words.later, off: at < 0 || at === wall.cameras().length - 1, act: () => attempt(move(camera, 1, wall)) },
    { text: words.remove, danger: true, act: () => attempt(remove(camera, wall)) },
  ];
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
 * Removes a camera at once, and offers to bring it back.
 * @param {Camera} camera
 * @param {Wall} wall
 */
async function remove(camera, wall) {
  const ids = wall.cameras().map((c) => c.id);
  const at = ids.indexOf(camera.id);
  const neighbour = ids[at + 1] ?? ids[at - 1] ?? '';
  await api.remove(camera.id);
  offerUndo(camera, {
    back: ({ id, name }) => {
      note(say.restored(name));
      wall.refresh();
      wall.focusSoon(id);
    },
    leave: () => wall.focus(neighbour),
  });
  wall.refresh();
}
