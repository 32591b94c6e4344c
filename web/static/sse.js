// @ts-check
// Server-sent events from the body of an answer. EventSource can only GET.

/** @typedef {{event: string, data: string}} Message */

/**
 * Reads the messages of a stream as they come, and ends with it. Comments,
 * ids and retry times are passed over.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncGenerator<Message>}
 */
export async function* messages(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return; // a message that is not complete is dropped
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split(/\r\n\r\n|\n\n|\r\r/);
      rest = /** @type {string} */ (blocks.pop());
      for (const block of blocks) {
        const message = parse(block);
        if (message.data !== '') yield message;
      }
    }
  } finally {
    await reader.cancel().catch(() => {}); // it is broken already
  }
}

/**
 * @param {string} block the lines of one message
 * @returns {Message}
 */
function parse(block) {
  let event = 'message';
  /** @type {string[]} */
  const data = [];
  for (const line of block.split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return { event, data: data.join('\n') };
}
