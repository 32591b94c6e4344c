// @ts-check
// Taking something away from the page: a picture as a file, an address.

import { note } from './announce.js';
import { ApiError, feedPath, snapshotPath } from './api.js';
import { find } from './dom.js';
import { fileName } from './format.js';
import { say, words } from './texts.js';

/** @typedef {import('./stage.js').Shown} Shown */

const deadline = 8000; // ms; the hub waits up to 5 s for a picture

/**
 * The newest picture of a camera, as large as the camera gives it. It rejects
 * with an ApiError.
 * @param {string} id
 * @returns {Promise<Shown>}
 */
export async function newest(id) {
  try {
    const answer = await fetch(snapshotPath(id), { cache: 'no-store', signal: AbortSignal.timeout(deadline) });
    if (!answer.ok) throw new ApiError(await reason(answer), answer.status);
    const jpeg = new Uint8Array(await answer.arrayBuffer());
    return { jpeg, arrived: Number(answer.headers.get('X-Timestamp')) * 1000 };
  } catch (err) {
    if (err instanceof ApiError) throw err;
    throw new ApiError(err instanceof DOMException && err.name === 'TimeoutError' ? say.timeout : say.noAnswer, 0);
  }
}

/**
 * What a problem (RFC 9457) says.
 * @param {Response} answer
 */
async function reason(answer) {
  const problem = await answer.json().catch(() => ({})); // of a proxy
  return String(problem.detail || problem.title || say.status(answer.status));
}

/**
 * Has the browser save a picture.
 * @param {string} camera its name
 * @param {Shown} picture
 */
export function savePicture(camera, { jpeg, arrived }) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([jpeg], { type: 'image/jpeg' }));
  link.download = fileName(camera, arrived);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60e3); // some browsers read it late
  note(say.savedAs(link.download));
}

/**
 * Copies the address of a camera's feed. The clipboard is there in secure
 * contexts only; elsewhere the old way is tried, and the address is shown,
 * selected, to be copied by hand.
 * @param {string} id
 */
export async function copyFeed(id) {
  const url = new URL(feedPath(id), location.href).href;
  const row = find('#by-hand', HTMLElement);
  try {
    await navigator.clipboard.writeText(url);
    row.hidden = true;
    note(words.copied);
  } catch {
    const field = find('#feed-address', HTMLInputElement);
    row.hidden = false;
    field.value = url;
    field.focus();
    field.select();
    if (document.execCommand('copy')) note(words.copied);
  }
}
