// @ts-check
// Where a person goes after signing in.

/**
 * Returns the page of ours that an address asks for in ?next=, or the wall: a
 * link to our login must not lead to another site.
 * @param {string} search
 * @param {string} origin
 * @returns {string}
 */
export function nextPage(search, origin) {
  const next = new URLSearchParams(search).get('next') ?? '';
  if (!next.startsWith('/')) return '/';
  try {
    const url = new URL(next, origin);
    return url.origin === origin && !url.pathname.startsWith('//') ? url.pathname + url.search + url.hash : '/';
  } catch {
    return '/';
  }
}
