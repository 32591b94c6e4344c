// @ts-check
// What stands beside the picture, to be shown or not; this browser remembers it.

const stored = 'camhub.details';

/**
 * @param {HTMLElement} page gets the class "bare" while the details are hidden
 * @param {HTMLButtonElement} button
 * @returns {() => void} shows or hides them
 */
export function details(page, button) {
  const arrange = (/** @type {boolean} */ on) => {
    page.classList.toggle('bare', !on);
    button.setAttribute('aria-expanded', String(on));
  };
  const toggle = () => {
    const on = page.classList.contains('bare');
    arrange(on);
    try {
      if (on) localStorage.removeItem(stored);
      else localStorage.setItem(stored, 'off');
    } catch {
      // storage is forbidden: it lasts as long as the page
    }
  };
  try {
    arrange(localStorage.getItem(stored) !== 'off');
  } catch {
    arrange(true);
  }
  button.addEventListener('click', toggle);
  return toggle;
}
