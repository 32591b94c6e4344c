// @ts-check
// What can be done to a camera from its menu.

import { note } from './announce.js';
import { cameras as api, pagePath } from './api.js';
import { attempt, change } from './change.js';
import { say, words } from './texts.js';
import { offerUndo } from './undo.js';

/** @typedef {import('./api.js').Camera} Camera */
/** @typedef {import('./menu.js').Item} Item */

/**
 * @typedef {object} Wall What the actions need of the page.
 * @property {(role: string) => boolean} may whether the person may do what a role may
 * @property {() => void} refresh shows what the hub has now
 * @property {(id: string) => Promise<void>} edit opens the form
 * @property {(id: string) => Promise<void>} copy opens the form for a camera that is like it
 * @property {(id: string) => [string | undefined, string | undefined]} beside the cameras shown before and after one
 * @property {(id: string, target: string, after: boolean) => Promise<void>} move puts a camera before or behind another
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
  const { id, name, enabled } = camera;
  const [before, after] = wall.beside(id);
  const items = [{ text: words.open, act: () => location.assign(pagePath(id)) }];
  const restart = { text: words.restart, off: !enabled, act: () => change(api.restart(id), say.restarted(name), wall.refresh) };
  if (!wall.may('admin')) return wall.may('operator') ? [...items, restart] : items;
  return [
    ...items,
    ...(['offline', 'stale'].includes(camera.status.state) ? [{ text: words.whyMenu, act: () => wall.why(camera) }] : []),
    { text: words.edit, act: () => attempt(wall.edit(id)) },
    { text: words.duplicate, act: () => attempt(wall.copy(id)) },
    enabled
      ? { text: words.disable, act: () => change(api.patch(id, { enabled: false }), say.disabled(name), wall.refresh) }
      : { text: words.enable, act: () => change(api.patch(id, { enabled: true }), say.enabled(name), wall.refresh) },
    restart,
    { text: words.earlier, off: before === undefined, act: () => attempt(wall.move(id, before ?? '', false)) },
    { text: words.later, off: after === undefined, act: () => attempt(wall.move(id, after ?? '', true)) },
    { text: words.remove, danger: true, act: () => attempt(remove(camera, wall)) },
  ];
}

/**
 * Removes a camera at once, and offers to bring it back.
 * @param {Camera} camera
 * @param {Wall} wall
 */
async function remove(camera, wall) {
  const [before, after] = wall.beside(camera.id);
  await api.remove(camera.id);
  offerUndo(camera, {
    back: ({ id, name }) => {
      note(say.restored(name));
      wall.refresh();
      wall.focusSoon(id);
    },
    leave: () => wall.focus(after ?? before ?? ''),
  });
  wall.refresh();
}
