// @ts-check
// Moving cameras on the wall, and telling how it went.

import { announce, note } from './announce.js';
import { moved } from './order.js';
import { say } from './texts.js';

/**
 * @param {import('./order.js').Order} order
 * @param {object} wall
 * @param {() => import('./api.js').Camera[]} wall.cameras as they are shown, all of them
 * @param {() => void} wall.show shows the cameras anew
 * @returns {(id: string, target: string, after: boolean) => Promise<void>} puts a
 *   camera before or behind another; settled when the hub has it or has refused
 */
export function mover(order, { cameras, show }) {
  let newest = 0;
  return async (id, target, after) => {
    const list = cameras();
    const ids = list.map((c) => c.id);
    const now = moved(ids, id, target, after);
    if (now.every((other, i) => other === ids[i])) return;
    const name = list.find((c) => c.id === id)?.name ?? id;
    const mine = ++newest;
    const stored = order.set(now);
    show();
    try {
      announce(say.moved(name, now.indexOf(id) + 1, now.length));
      await stored;
    } catch (err) {
      if (mine === newest) note(say.notKept(name, err instanceof Error ? err.message : String(err)), 'failed');
    } finally {
      show();
    }
  };
}
