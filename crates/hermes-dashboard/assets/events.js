// The stream of events: one for each page, begun again after every break, each time a little later.
import { send } from './call.js';

const SHORTEST = 500;
const LONGEST = 15_000;

/** Follows the stream until `stop` is called on what this gives. `told` gets every event, `changed` whether it is connected. */
export function follow(told, changed) {
  const ending = new AbortController();
  run(told, changed, ending.signal);
  return () => ending.abort();
}

async function run(told, changed, signal) {
  let pause = SHORTEST;
  while (!signal.aborted) {
    try {
      const response = await send('GET', '/api/events', undefined, { signal });
      if (response.status === 401) return;
      if (!response.ok) throw new Error(String(response.status));
      changed(true);
      pause = SHORTEST;
      await read(response.body, told);
    } catch {
      // A cut stream is what this loop is for.
    }
    if (signal.aborted) return;
    changed(false);
    // Spread, so that many tabs do not come back at the same moment.
    await new Promise((done) => setTimeout(done, pause * (0.75 + Math.random() / 2)));
    pause = Math.min(pause * 2, LONGEST);
  }
}

async function read(body, told) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) hand(block, told);
  }
}

function hand(block, told) {
  let name = 'message';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) name = line.slice(6).trim();
    else if (line.startsWith('data:')) data += line.slice(5).trimStart();
  }
  if (data) told(name, JSON.parse(data));
}
