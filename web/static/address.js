// @ts-check
// What a person types to name a camera. Pure functions.

/**
 * Takes the user name and password out of an address, so that they can stand
 * in fields of their own: http://user:password@host/ or user:password@host.
 * @param {string} typed
 * @returns {{url: string, username: string, password: string}} "" for what is not there
 */
export function takeLogin(typed) {
  const text = typed.trim();
  const start = text.includes('://') ? text.indexOf('://') + 3 : 0;
  const end = start + (text.slice(start) + '/').search(/[/?#]/);
  const authority = text.slice(start, end);
  const at = authority.lastIndexOf('@');
  if (at < 0) return { url: text, username: '', password: '' };
  const login = authority.slice(0, at);
  const colon = login.indexOf(':');
  return {
    url: text.slice(0, start) + authority.slice(at + 1) + text.slice(end),
    username: decode(colon < 0 ? login : login.slice(0, colon)),
    password: colon < 0 ? '' : decode(login.slice(colon + 1)),
  };
}

/** @param {string} text what is not valid percent-encoding is meant as it stands */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * An address with a scheme, as the form by hand wants it; "" stays "".
 * @param {string} url
 */
export function withScheme(url) {
  return url === '' || url.includes('://') ? url : `http://${url}`;
}

/**
 * The source to store: what the probe found, with the secrets put in again
 * that it does not tell.
 * @param {{kind: string} & Record<string, any>} found
 * @param {string[]} secrets their names
 * @param {Record<string, unknown>} known their values
 */
export function withSecrets(found, secrets, known) {
  const source = { ...found };
  for (const name of secrets) if (known[name]) source[name] = known[name];
  return source;
}
