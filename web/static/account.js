// @ts-check
// The page of who is signed in: password, sessions, tokens.

import { browserOf } from './agent.js';
import { note } from './announce.js';
import { fillWords, find, setText } from './dom.js';
import { entry } from './entry.js';
import { add, changePassword, drop, sessions, tokens } from './people.js';
import { inDays, showOnce, showRows, when } from './list.js';
import { say, words } from './texts.js';
import { greet, may } from './who.js';

fillWords(document);
const sessionList = find('#sessions', HTMLElement);
const tokenList = find('#tokens', HTMLElement);

/** @param {string} agent */
function nameOf(agent) {
  const { browser, system } = browserOf(agent);
  return browser && system ? say.browserOn(browser, system) : browser || system || agent || words.unknownBrowser;
}

async function show() {
  const [here, mine] = await Promise.all([sessions(), tokens()]);
  showRows(sessionList, here.map((s) => ({
    title: nameOf(s.agent),
    details: [s.current ? words.thisBrowser : say.lastUsed(when(s.used_at)), say.signedInFrom(s.remote, when(s.created_at))],
    action: s.current ? undefined : words.endSession,
    label: say.endSessionOf(nameOf(s.agent)),
    act: () => drop('sessions', s.id).then(show),
  })), words.noSessions);
  showRows(tokenList, mine.map((t) => ({
    title: t.name,
    details: [words[/** @type {'viewer'} */ (t.role)], say.lastUsed(when(t.used_at)), say.expires(when(t.expires_at))],
    action: words.revoke,
    label: say.revokeOf(t.name),
    act: () => drop('tokens', t.id).then(show),
  })), words.noTokens);
}

const password = find('#password', HTMLFormElement);
entry(password, async (data) => {
  await changePassword({ current: data.get('current'), password: data.get('password') });
  password.reset();
  note(words.passwordChanged);
  await show();
});

const token = find('#token', HTMLFormElement);
entry(token, async (data) => {
  const made = await add('tokens', { name: data.get('name'), role: data.get('role'), expires_at: inDays(data.get('days')) });
  token.reset();
  showOnce(find('#token-made', HTMLElement), [{ label: made.name, text: made.secret }]);
  await show();
});

const who = await greet();
if (who !== null && who.name === '') {
  find('#no-users', HTMLElement).hidden = false;
} else if (who !== null) {
  find('#password-of', HTMLInputElement).value = who.name; // for what keeps passwords
  setText(find('#me', HTMLElement), say.youAre(who.name, words[/** @type {'viewer'} */ (who.role)]));
  for (const option of token.querySelectorAll('option')) if (words[/** @type {'viewer'} */ (option.value)] && !may(who, option.value)) option.remove();
  find('#known', HTMLElement).hidden = false;
  await show();
}
