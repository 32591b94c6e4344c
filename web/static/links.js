// @ts-check
// Links that lead to a dialog of the wall: /?add=<address> and /?edit=<id>.

/**
 * What the address of the page asks for, and the address without that, so that
 * a page that is loaded again does not ask again. Pure.
 * @param {string} href
 * @returns {{add: string | null, edit: string | null, rest: string}} rest is path, query and fragment
 */
export function wishOf(href) {
  const url = new URL(href);
  const wish = { add: url.searchParams.get('add'), edit: url.searchParams.get('edit') };
  url.searchParams.delete('add');
  url.searchParams.delete('edit');
  return { ...wish, rest: url.pathname + url.search + url.hash };
}

/**
 * Does once what the address of the page asks for. An address from elsewhere is
 * filled in and waits for the person: a link of another site must not have the
 * hub look at whatever it likes.
 * @param {{add: (url: string, look: boolean) => void, edit: (id: string) => void}} then
 */
export function followLink(then) {
  const { add, edit, rest } = wishOf(location.href);
  if (add === null && edit === null) return;
  history.replaceState(history.state, '', rest);
  const ours = document.referrer !== '' && new URL(document.referrer).origin === location.origin;
  if (edit !== null) then.edit(edit);
  else if (add !== null) then.add(add, ours && add !== '');
}
