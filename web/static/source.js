// @ts-check
// From the values of the camera form to the JSON of the hub, and back. Pure
// functions: they know nothing of the page.

import { amountOf, bytesOf } from './bytes.js';
import { fieldsOf, kindOf } from './kinds.js';
import { say } from './texts.js';

/** @typedef {import('./api.js').Definition} Definition */
/** @typedef {import('./api.js').FieldFault} FieldFault */
/** @typedef {import('./kinds.js').Field} Field */
/** @typedef {import('./kinds.js').Values} Values */

/**
 * @typedef {object} Secret What stands in the field of a secret.
 * @property {string} text the new one; "" for none
 * @property {boolean} forget the stored one
 */

/**
 * @typedef {object} Headers What stands in the field of headers.
 * @property {string[]} removed names of stored ones
 * @property {{name: string, value: string}[]} added
 */

/**
 * The form's values of a camera, by pointer.
 * @param {Partial<Definition> & {source: {kind: string}}} camera
 * @returns {Values}
 */
export function values(camera) {
  /** @type {Values} */
  const v = {};
  for (const field of fieldsOf(camera.source.kind)) v[field.pointer] = valueOf(field, at(camera, field.pointer));
  return v;
}

/** The values of a form in which nothing was filled in.
 * @param {string} kind */
export const blank = (kind) => values({ source: { kind } });

/**
 * @param {any} camera
 * @param {string} pointer of one or two tokens that need no escaping
 */
function at(camera, pointer) {
  return pointer.slice(1).split('/').reduce((part, token) => part?.[token], camera);
}

/**
 * @param {Field} field
 * @param {any} json undefined if it is not there
 */
function valueOf(field, json) {
  switch (field.type) {
    case 'secret': return { text: '', forget: false };
    case 'headers': return { removed: [], added: [] };
    case 'bytes': return amountOf(json);
    case 'flag': return json ?? field.pointer === '/enabled';
    case 'seconds': return json === undefined ? '' : String(seconds(json));
    case 'choice': return String(json ?? field.choices?.[0][0]);
    default: return json === undefined || json === null ? '' : String(json);
  }
}

/**
 * Makes a definition of the form's values. Only what the hub can't be asked is
 * checked here: whether a text is a number at all. A field that was not touched
 * stays as it was, and so does what the form does not know.
 * @param {Values} v
 * @param {string} kind
 * @param {Definition | null} before the camera to change or to copy; null for a new one
 * @returns {{definition: Definition, faults: FieldFault[]}}
 */
export function definition(v, kind, before) {
  /** @type {FieldFault[]} */
  const faults = [];
  const base = before === null ? {} : editable(before);
  const same = before?.source.kind === kind;
  /** @type {any} */
  const result = { ...base, source: same ? { ...base.source } : { kind }, record: { ...base.record } };
  const was = before === null ? {} : values(before);
  for (const field of fieldsOf(kind)) {
    const own = field.pointer.startsWith('/source/');
    const kept = before !== null && (same || !own);
    if (kept && JSON.stringify(v[field.pointer]) === JSON.stringify(was[field.pointer])) continue;
    const place = own ? result.source : field.pointer.startsWith('/record/') ? result.record : result;
    const name = field.pointer.slice(field.pointer.lastIndexOf('/') + 1);
    const json = jsonOf(field, v[field.pointer], faults, kept, before);
    if (json === undefined) delete place[name];
    else place[name] = json;
  }
  if (result.record.mode !== 'schedule' && result.record.schedule) delete result.record.schedule; // the hub takes none in other modes
  if (Object.keys(result.record).length === 0) delete result.record;
  return { definition: result, faults };
}

/**
 * @param {Field} field
 * @param {any} value
 * @param {FieldFault[]} faults
 * @param {boolean} kept the hub has a value that this one is to replace
 * @param {Definition | null} before
 * @returns {any} undefined for what the hub is to choose
 */
function jsonOf(field, value, faults, kept, before) {
  switch (field.type) {
    case 'flag': return value || kept || field.pointer === '/enabled' ? value : undefined;
    case 'secret': return value.text || (value.forget ? null : undefined);
    case 'headers': return headersOf(value, before?.source.headers_set ?? []);
    case 'choice': return value === field.choices?.[0][0] && !kept ? undefined : field.numeric ? Number(value) : value || undefined;
    case 'number': return numberOf(value, field.pointer, faults);
    case 'bytes': {
      const n = bytesOf(value);
      if (Number.isNaN(n)) faults.push({ pointer: field.pointer, detail: say.notNumber });
      return n === null || Number.isNaN(n) ? undefined : n;
    }
    case 'seconds': {
      const n = numberOf(value, field.pointer, faults);
      return n === undefined ? undefined : `${n}s`;
    }
    default: return value.trim() || (field.pointer === '/name' ? '' : undefined);
  }
}

/**
 * @param {string} text
 * @param {string} pointer
 * @param {FieldFault[]} faults
 * @returns {number | undefined} undefined for no text
 */
function numberOf(text, pointer, faults) {
  if (text.trim() === '') return undefined;
  const n = Number(text);
  if (Number.isFinite(n)) return n;
  faults.push({ pointer, detail: say.notNumber });
  return undefined;
}

/**
 * The change of the headers as a merge patch: a new header takes the place of a
 * stored one that differs from it by capitals only.
 * @param {Headers} headers
 * @param {string[]} stored names
 */
function headersOf({ removed, added }, stored) {
  /** @type {Record<string, string | null>} */
  const patch = {};
  for (const name of removed) patch[name] = null;
  for (const { name, value } of added) {
    if (name.trim() === '' && value.trim() === '') continue;
    for (const old of stored) if (old.toLowerCase() === name.trim().toLowerCase()) patch[old] = null;
    patch[name.trim()] = value.trim();
  }
  return Object.keys(patch).length > 0 ? patch : undefined;
}

/**
 * The seconds of a duration of the hub, such as 1m30s or 500ms.
 * @param {string} duration
 */
export function seconds(duration) {
  /** @type {Record<string, number>} */
  const units = { h: 3600, m: 60, s: 1, ms: 1e-3, 'µs': 1e-6, us: 1e-6, ns: 1e-9 };
  let sum = 0;
  for (const [, n, unit] of duration.matchAll(/([\d.]+)(h|ms|m|s|µs|us|ns)/g)) sum += Number(n) * units[unit];
  return Number(sum.toFixed(6));
}

/**
 * What of a camera can be changed: it lacks what the hub adds, and what it shows
 * in the place of secrets.
 * @param {Definition} camera
 * @returns {Record<string, any>}
 */
function editable({ name, enabled, mode, idle_timeout, group, record, source: { password_set: _, headers_set: __, ...source } }) {
  return { name, enabled, mode, idle_timeout, ...(group && { group }), ...(record && { record }), source };
}

/**
 * The JSON merge patch (RFC 7396) that turns one object into another.
 * @param {Record<string, any>} from
 * @param {Record<string, any>} to
 * @returns {Record<string, any>}
 */
export function mergePatch(from, to) {
  /** @type {Record<string, any>} */
  const patch = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const old = from[key];
    if (isObject(value) && isObject(old)) {
      const inner = mergePatch(old, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (JSON.stringify(value) !== JSON.stringify(old)) {
      patch[key] = value;
    }
  }
  return patch;
}

/** @param {unknown} v */
function isObject(v) {
  return typeof v === 'object' && v !== null && !Array.isArray(v);
}

/**
 * The patch that turns a camera into what the form says. A secret that was not
 * typed stays with its camera.
 * @param {Definition} before
 * @param {Definition} after of definition()
 */
export const editPatch = (before, after) => mergePatch(editable(before), after);

/**
 * The labels of the fields in which two definitions of a camera differ. A secret
 * that was replaced by another can't be seen.
 * @param {Definition} a
 * @param {Definition} b
 * @returns {string[]}
 */
export function differences(a, b) {
  const fields = new Map([...fieldsOf(a.source.kind), ...fieldsOf(b.source.kind)].map((f) => [f.pointer, f]));
  const shown = (/** @type {Definition} */ d, /** @type {Field} */ f) => {
    const secret = f.type === 'secret' || f.type === 'headers';
    return JSON.stringify(secret ? at(d, `${f.pointer}_set`) : at(d, f.pointer));
  };
  const found = [...fields.values()].filter((f) => shown(a, f) !== shown(b, f)).map((f) => f.label);
  if (a.source.kind !== b.source.kind) found.unshift(kindOf(b.source.kind)?.label ?? b.source.kind);
  return [...new Set(found)];
}
