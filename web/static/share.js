// @ts-check
// Keeps the instant that is looked at in the address, so that it can be shared.

const pause = 300; // ms
let timer = 0;

/**
 * Notes where the playback stands, in a moment; live and moving pictures have no instant.
 * @param {import('./playback.js').Playback} playback
 */
export function shareSoon(playback) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const query = new URLSearchParams(location.search);
    if (playback.live) query.delete('at');
    else if (!playback.playing) query.set('at', new Date(playback.now()).toISOString());
    else return;
    const text = query.toString();
    const address = location.pathname + (text && `?${text}`) + location.hash;
    if (address !== location.pathname + location.search + location.hash) history.replaceState(history.state, '', address);
  }, pause);
}
