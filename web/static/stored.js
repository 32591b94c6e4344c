// @ts-check
// What this browser remembers of a person's choices. Where storage is forbidden
// or full, a choice lasts as long as the page.

const prefix = 'camhub.';

/**
 * What was kept under a name; "" when there is nothing.
 * @param {string} name
 */
export function recall(name) {
  try {
    return localStorage.getItem(prefix + name) ?? '';
  } catch {
    return '';
  }
}

/**
 * Keeps a choice; "" forgets it.
 * @param {string} name
 * @param {string} value
 */
export function keep(name, value) {
  try {
    if (value === '') localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch {
    // as said above
  }
}
