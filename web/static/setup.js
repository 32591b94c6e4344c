// @ts-check
// The page where a new hub gets its owner. The code stands behind the # of the
// address, which browsers do not send, and is taken out of it at once.

import { fillWords, find } from './dom.js';
import { entry } from './entry.js';
import { caller, setUp } from './people.js';
import { words } from './texts.js';

fillWords(document);
const code = find('#setup-code', HTMLInputElement);
code.value = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

entry(find('#setup', HTMLFormElement), async (data) => {
  const again = find('#setup-again', HTMLInputElement);
  again.setCustomValidity(data.get('password') === data.get('again') ? '' : words.differ);
  if (!again.reportValidity()) return;
  await setUp({ code: String(data.get('code')).trim(), name: String(data.get('name')).trim().toLowerCase(), password: data.get('password') });
  location.assign('/');
});
find('#setup-again', HTMLInputElement).addEventListener('input', (event) => {
  /** @type {HTMLInputElement} */ (event.target).setCustomValidity('');
});
(code.value === '' ? code : find('#setup-name', HTMLInputElement)).focus();

// Who gets an answer is in already: of a hub without users he is the admin, and makes its first one.
caller().then(({ mode }) => location.replace(mode === 'open' ? '/users' : '/'), () => {});
