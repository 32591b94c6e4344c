// @ts-check
// The page to sign in.

import { fillWords, find } from './dom.js';
import { entry } from './entry.js';
import { nextPage } from './next.js';
import { caller, signIn } from './people.js';

fillWords(document);
entry(find('#login', HTMLFormElement), async (data) => {
  await signIn({ name: String(data.get('name')).trim().toLowerCase(), password: data.get('password') });
  location.assign(nextPage(location.search, location.origin));
});
find('#login-name', HTMLInputElement).focus();

// A hub without users asks nobody to sign in.
caller().then(({ mode }) => mode === 'open' && location.replace('/'), () => {});
