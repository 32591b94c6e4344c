// @ts-check
// The hub's REST interface as a page uses it: JSON in and out, a deadline on
// every call, and one kind of error.

import { messages } from './sse.js';
import { say } from './texts.js';

/**
 * @typedef {object} Status What a camera does now.
 * @property {string} state
 * @property {string} since
 * @property {string | null} last_frame_at
 * @property {number | null} frame_age_ms
 * @property {string} [codec]
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} fps
 * @property {number} bitrate bits a second
 * @property {number} frames
 * @property {number} viewers
 * @property {number} dropped
 * @property {number} attempts
 * @property {string | null} retry_at
 * @property {{code: string, message: string} | null} error
 * @property {string[] | null} quirks
 * @property {string | null} [frozen_since] the camera has sent the same picture since then
 * @property {{state: string, since: string, reason: {code: string, message: string} | null} | null} [recording] null when it is not to be recorded now
 */

/** @typedef {{mode: string, schedule: string, max_fps: number | null, keep_days: number | null, keep_bytes: number | null}} RecordRules */

/** @typedef {{kind: string} & Record<string, any>} Source */

/**
 * @typedef {object} Definition What a user configures.
 * @property {string} [id] made from the name when absent
 * @property {string} name
 * @property {string} [mode]
 * @property {string} [idle_timeout]
 * @property {string} [group]
 * @property {boolean} [enabled]
 * @property {Partial<RecordRules>} [record] what is kept of its pictures
 * @property {Source} source
 */

/** @typedef {Definition & {id: string, enabled: boolean, status: Status, warnings?: {code: string, message: string}[]}} Camera */

/** @typedef {{pointer: string, detail: string}} FieldFault */

/**
 * @typedef {object} Device What is plugged into the hub's machine.
 * @property {string} kind of source that reads it
 * @property {string} device what names it in a source
 * @property {string} name
 * @property {string} [problem] why it can't be read
 * @property {string[] | null} [in_use_by] ids of cameras
 * @property {{fourcc: string, name: string, supported: boolean, sizes: DeviceSize[] | null}[] | null} [formats]
 */

/** @typedef {{width: number, height: number, min_width?: number, min_height?: number, fps: number[] | null}} DeviceSize a size, or a range of them */

/** @typedef {{text: string, url?: string}} ProbeStep */

/**
 * @typedef {object} Probe What the hub found at an address.
 * @property {string} answer
 * @property {boolean} works
 * @property {string} [url]
 * @property {string} [name]
 * @property {string} [device]
 * @property {string} [untrusted] what is wrong with the certificate
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [fps]
 * @property {number} [bitrate]
 * @property {{name: string, text: string}[]} quirks
 * @property {string} [preview]
 * @property {Source} [source]
 * @property {string[]} secrets
 * @property {string} explanation
 * @property {string[]} advice
 * @property {{url: string, answer: string}[]} tried
 */

/** An answer that was not what the caller asked for, or none at all. */
export class ApiError extends Error {
  /**
   * @param {string} message a sentence for a person
   * @param {number} status the HTTP status; 0 if there was no answer
   * @param {FieldFault[]} fields what is wrong with which field
   */
  constructor(message, status, fields = []) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

const deadline = 8000; // ms, a call from start to the last byte

/**
 * Calls the hub. It rejects with an ApiError for every answer that is not a
 * 2xx with the right body, for a broken connection and after the deadline; and
 * with an AbortError if signal says so first.
 * @param {string} method
 * @param {string} path
 * @param {{body?: unknown, etag?: string, type?: string, signal?: AbortSignal, keepalive?: boolean}} [options] keepalive: also when the page ends
 * @returns {Promise<{data: any, etag: string, date: number}>} date is the hub's clock, or NaN
 */
export async function call(method, path, { body, etag, type = 'application/json', signal, keepalive } = {}) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), deadline);
  const stop = () => control.abort();
  signal?.addEventListener('abort', stop);
  try {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' };
    if (body !== undefined) headers['Content-Type'] = type;
    if (etag) headers['If-Match'] = etag;
    const answer = await fetch(path, {
      method, headers, signal: control.signal, cache: 'no-store', keepalive,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (answer.status === 401) signInAgain();
    if (!answer.ok) throw refusal(answer.status, text);
    return { data: parse(text, answer.status), etag: answer.headers.get('ETag') ?? '', date: Date.parse(answer.headers.get('Date') ?? '') };
  } catch (err) {
    if (err instanceof ApiError || signal?.aborted) throw err;
    throw new ApiError(control.signal.aborted ? say.timeout : say.noAnswer, 0);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * @param {string} text
 * @param {number} status
 * @returns {any}
 */
function parse(text, status) {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(say.status(status), status); // a 200 of something that is not the hub
  }
}

/**
 * Reads a problem (RFC 9457); whatever else came becomes one too.
 * @param {number} status
 * @param {string} text
 */
function refusal(status, text) {
  try {
    const problem = JSON.parse(text);
    const fields = Array.isArray(problem.errors) ? problem.errors : [];
    return new ApiError(problem.detail || problem.title || say.status(status), status, fields);
  } catch {
    return new ApiError(say.status(status), status);
  }
}

/** Leads to the page to sign in, and back here after that. */
function signInAgain() {
  if (location.pathname === '/login') return; // it tells what was wrong
  location.assign(`/login?${new URLSearchParams({ next: location.pathname + location.search })}`);
}

const probeDeadline = 25000; // ms; the hub needs up to 15 s

/**
 * Has the hub look at an address or a camera. It rejects as call does.
 * @param {object} body
 * @param {(step: ProbeStep) => void} onStep
 * @param {AbortSignal} signal
 * @returns {Promise<Probe>}
 */
export async function probe(body, onStep, signal) {
  const late = AbortSignal.timeout(probeDeadline);
  try {
    const answer = await fetch('/api/v1/probe', {
      method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' }, body: JSON.stringify(body),
      cache: 'no-store', signal: AbortSignal.any([signal, late]),
    });
    if (!answer.ok || !answer.body) throw refusal(answer.status, await answer.text());
    for await (const { event, data } of messages(answer.body)) {
      if (event === 'progress') onStep(parse(data, answer.status));
      if (event === 'result') return parse(data, answer.status);
    }
    throw new ApiError(say.noAnswer, 0); // it was cut
  } catch (err) {
    if (err instanceof ApiError || signal.aborted) throw err;
    throw new ApiError(late.aborted ? say.timeout : say.noAnswer, 0);
  }
}

const base = '/api/v1/cameras';

/** @param {string} id */
const at = (id) => `${base}/${encodeURIComponent(id)}`;

export const cameras = {
  /** @param {AbortSignal} [signal] */
  list: (signal) => call('GET', base, { signal }),
  /** @param {string} id */
  get: (id) => call('GET', at(id)),
  /** @param {Definition} body */
  add: (body) => call('POST', base, { body }),
  /**
   * Changes what patch (RFC 7396) names, if the camera is still as etag says.
   * @param {string} id
   * @param {object} patch
   * @param {string} [etag]
   */
  patch: (id, patch, etag) => call('PATCH', at(id), { body: patch, etag, type: 'application/merge-patch+json' }),
  /**
   * Adds a camera that is like another one but for what patch names; the hub
   * copies its secrets.
   * @param {string} id
   * @param {object} patch
   * @param {string} [etag]
   */
  duplicate: (id, patch, etag) => call('POST', `${at(id)}/duplicate`, { body: patch, etag, type: 'application/merge-patch+json' }),
  /** @param {string} id */
  remove: (id) => call('DELETE', at(id)),
  /**
   * Brings back a camera that was removed.
   * @param {string} id
   */
  restore: (id) => call('POST', `${at(id)}/restore`),
  /** @param {string} id */
  restart: (id) => call('POST', `${at(id)}/restart`),
  /** @param {string[]} ids */
  order: (ids) => call('PUT', '/api/v1/order', { body: { cameras: ids } }),
};

/**
 * The local devices, or null from a hub that does not look for any.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Device[] | null>}
 */
export async function devices(signal) {
  try {
    const { data } = await call('GET', '/api/v1/devices', { signal });
    return Array.isArray(data?.devices) ? data.devices : null;
  } catch (err) {
    if (err instanceof ApiError && err.status === 404) return null;
    throw err;
  }
}

/** @param {string} id */
export const feedPath = (id) => `/cameras/${encodeURIComponent(id)}/feed`;

/** @param {string} id */
export const snapshotPath = (id) => `/cameras/${encodeURIComponent(id)}/snapshot.jpg`;

/** @param {string} id */
export const pagePath = (id) => `/cameras/${encodeURIComponent(id)}`;
