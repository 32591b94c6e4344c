// @ts-check
// Work on the hub, of which the page tells how it went.

import { note } from './announce.js';
import { say } from './texts.js';

/**
 * Tells of work that fails.
 * @param {Promise<unknown>} work
 */
export function attempt(work) {
  return work.catch((err) => note(say.failed(err instanceof Error ? err.message : String(err)), 'failed'));
}

/**
 * Tells how a change went, and then does what has to follow it.
 * @param {Promise<unknown>} call
 * @param {string} done what to say when it went well
 * @param {() => void} then
 */
export function change(call, done, then) {
  return attempt(call.then(() => {
    note(done);
    then();
  }));
}
