// @ts-check
// The hub's REST interface about recordings and the room for them.

import { call } from './api.js';

/** @typedef {{code: string, message: string, camera?: string}} Warning */

/** @typedef {{keep_bytes: number | null, min_free_bytes: number}} Settings */

/**
 * @typedef {object} CameraStorage The room that one camera takes.
 * @property {string} camera
 * @property {string} name "" when it was removed
 * @property {boolean} removed
 * @property {number} used bytes
 * @property {number} pinned
 * @property {number} bytes_per_day 0 when it was not recorded lately
 * @property {number} measured_s over so many recorded seconds
 * @property {string} oldest
 * @property {string} newest
 * @property {number | null} days that are kept; null when nothing bounds them
 * @property {number | null} keep_days
 * @property {boolean} holds
 */

/**
 * @typedef {object} Storage The room for recordings.
 * @property {number} used bytes
 * @property {number} pinned
 * @property {number} bytes_per_day
 * @property {number} budget
 * @property {number} free
 * @property {string | null} oldest
 * @property {number | null} days
 * @property {Settings} settings
 * @property {Warning[]} warnings
 * @property {CameraStorage[]} cameras
 */

/** @typedef {{id: number, cameras: string[], from: string, to: string, note?: string, created_at: string}} Pin */

/** @typedef {{camera: string, segments: number, reason: {code: string, message: string}}} Left */

/**
 * @typedef {object} Export A job that makes files of recordings.
 * @property {string} id
 * @property {string[]} cameras
 * @property {string} from
 * @property {string} to
 * @property {string} format
 * @property {string} note
 * @property {string} state queued, running, ready or failed
 * @property {number} position in the queue
 * @property {number} progress 0 to 1
 * @property {string | null} expires when it is ready: when it is removed
 * @property {{name: string, size: number, sha256: string | null}[]} files when it is ready
 * @property {{code: string, message: string} | null} error
 */

/** @param {Record<string, string>} parameters */
const query = (parameters) => `?${new URLSearchParams(parameters)}`;

export const storage = {
  /**
   * How the room is used; with limits of one camera, how it would be.
   * @param {Record<string, string>} [trial] camera, keep_days, keep_bytes
   * @param {AbortSignal} [signal]
   * @returns {Promise<Storage>}
   */
  get: async (trial = {}, signal) => (await call('GET', `/api/v1/storage${query(trial)}`, { signal })).data,
  /**
   * Changes the budget, or tells what that would bring.
   * @param {Partial<Settings>} recordings
   * @param {boolean} dry
   * @returns {Promise<{recordings: Settings, warnings: Warning[]}>}
   */
  change: async (recordings, dry) => (await call('PATCH', `/api/v1/settings${dry ? '?dry_run=1' : ''}`, { body: { recordings }, type: 'application/merge-patch+json' })).data,
};

export const pins = {
  /** @returns {Promise<Pin[]>} */
  list: async () => (await call('GET', '/api/v1/pins')).data.pins ?? [],
  /** @param {number} id */
  remove: (id) => call('DELETE', `/api/v1/pins/${id}`),
};

export const recordings = {
  /**
   * How much is recorded in a range.
   * @param {{camera: string, from: string, to: string}} range
   * @returns {Promise<{bytes: number, pictures: number}>}
   */
  count: async (range) => (await call('GET', `/api/v1/recordings${query(range)}`)).data,
  /**
   * Deletes the files that lie wholly in a range.
   * @param {{camera: string, from: string, to: string}} range
   * @returns {Promise<{segments: number, bytes: number, left: Left[]}>}
   */
  remove: async (range) => (await call('DELETE', `/api/v1/recordings${query(range)}`)).data,
};

export const exports = {
  /** @returns {Promise<Export[]>} */
  list: async () => (await call('GET', '/api/v1/exports')).data.exports ?? [],
  /**
   * Begins one.
   * @param {{cameras: string[], from: string, to: string, format: string, speed: number}} body
   * @returns {Promise<Export>}
   */
  make: async (body) => (await call('POST', '/api/v1/exports', { body })).data,
  /**
   * Ends what runs, and removes the files.
   * @param {string} id
   */
  remove: (id) => call('DELETE', `/api/v1/exports/${encodeURIComponent(id)}`),
  /**
   * Where a file is.
   * @param {string} id
   * @param {string} name
   */
  file: (id, name) => `/api/v1/exports/${encodeURIComponent(id)}/file/${encodeURIComponent(name)}`,
};
