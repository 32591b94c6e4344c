// @ts-check
// Telling what happened: a short note that is seen and read out.

import { element, find } from './dom.js';
import { say } from './texts.js';

/** @typedef {import('./api.js').Camera} Camera */

const shown = 6000; // ms

/**
 * Shows a note for some seconds.
 * @param {string} text
 * @param {'done' | 'failed'} [kind]
 */
export function note(text, kind = 'done') {
  const region = find('#notes', HTMLElement);
  const el = element('p', { class: `note ${kind}` }, text);
  region.append(el);
  while (region.childElementCount > 3) region.firstElementChild?.remove();
  setTimeout(() => el.remove(), shown);
}

/**
 * Has a screen reader say something that others see anyway.
 * @param {string} text
 */
export function announce(text) {
  find('#announcer', HTMLElement).textContent = text;
}

/**
 * What a person should hear of a change of a camera, which is nothing most times.
 * @param {Camera} before
 * @param {Camera} now
 */
export function changesOf({ status: before }, { name, status: now }) {
  if (before.state !== now.state) return [say.changed(name, now.state, now.error?.message ?? '')];
  if (now.recording?.state === 'failing' && before.recording?.state !== 'failing') return [`${name}: ${say.unrecorded(now.recording.reason)}`];
  return now.state === 'live' && now.frozen_since && !before.frozen_since ? [say.isFrozen(name)] : [];
}
