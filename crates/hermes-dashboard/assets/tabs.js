// Tabs of these pages. A session lives in its tab; a tab that was opened from a link in another one asks for that one's session.
// The channel reaches pages of this very origin only: what another port or host serves hears nothing, and neither does a frame.
import { session } from './call.js';

const channel = new BroadcastChannel('hermes-session');
/** How long a tab waits for others, which answer at once if they are there. */
const PATIENCE = 300;

/** The session of another tab, or null when none has one. */
export function borrow() {
  return new Promise((done) => {
    const over = new AbortController();
    const end = (token) => {
      over.abort();
      done(token);
    };
    channel.addEventListener('message', ({ data }) => { if (data.lent) end(data.lent); }, over);
    setTimeout(end, PATIENCE, null);
    channel.postMessage({ asked: true });
  });
}

/** Tells the others that the person has just signed in here. */
export const announce = () => channel.postMessage({ begun: session.get() });

/** Lends what this tab has; `begun` is called with the session that another tab has just got. */
export function share(begun) {
  channel.addEventListener('message', ({ data }) => {
    if (data.asked && session.get()) channel.postMessage({ lent: session.get() });
    else if (data.begun) begun(data.begun);
  });
}
