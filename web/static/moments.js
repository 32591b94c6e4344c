// @ts-check
// Instants as addresses have them. Pure.

/**
 * The instant that an address names, in ms: as in RFC 3339, or a local time without
 * a zone; null when it is none.
 * @param {string} text
 */
export function parseInstant(text) {
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/i.test(text)) return null;
  const ms = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(ms) ? null : ms;
}
