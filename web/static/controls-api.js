// @ts-check
// The controls of a camera: what can be changed while it runs, as the hub has it.

import { call } from './api.js';

/**
 * @typedef {object} Control Something of a device that can be changed.
 * @property {string} name
 * @property {string} label as the driver has it
 * @property {string} type "integer", "boolean", "menu" or "button"
 * @property {number} min
 * @property {number} max
 * @property {number} step
 * @property {number} default
 * @property {number} value
 * @property {{value: number, label: string}[]} [menu]
 * @property {boolean} [read_only]
 * @property {boolean} [inactive] another control decides it
 * @property {string} [decided_by] the name of that one
 * @property {string} [group]
 */

/** @typedef {{controls: Control[], stored: Record<string, number>, problem?: string}} Controls */

/** @typedef {Record<string, number | null>} Values by names of controls; null is the default */

/** @param {string} id */
const path = (id) => `/api/v1/cameras/${encodeURIComponent(id)}/controls`;

/**
 * The controls of a camera; an empty list without a problem when its kind has none.
 * @param {string} id
 * @param {AbortSignal} [signal]
 * @returns {Promise<Controls>}
 */
export async function controls(id, signal) {
  return (await call('GET', path(id), { signal })).data;
}

/**
 * Changes some of them.
 * @param {string} id
 * @param {Values} values
 * @param {boolean} keep also the next time that the camera is opened; such a request outlives the page
 * @returns {Promise<Controls>} as they are then
 */
export async function setControls(id, values, keep) {
  const how = { body: values, type: 'application/merge-patch+json', keepalive: keep };
  return (await call('PATCH', path(id) + (keep ? '' : '?try=1'), how)).data;
}
