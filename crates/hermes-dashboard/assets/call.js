// Calls of the admin API, and the buttons and forms that make them.
import { alarm, notice, say } from './words.js';

const TOKEN = 'hermes-session-token';
/** On another machine the browser keeps the token as a cookie, out of reach of scripts; we only note that there is one. */
export const isFar = () => document.documentElement.dataset.far !== undefined;
const COOKIE = 'cookie';

export const session = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (token = COOKIE) => sessionStorage.setItem(TOKEN, token),
  /** None is taken for none. */
  take: (token) => { if (token) session.set(token); },
  end: () => sessionStorage.removeItem(TOKEN),
};

/** An answer that is not good, with the words the server gave. */
export class CallError extends Error {
  constructor(status, error) {
    super(error?.message ?? say('failed'));
    this.status = status;
    this.kind = error?.kind;
    this.hint = error?.hint;
  }
}

/** Sends with the session's token and the chosen language. A 401 ends the session, unless it is about a new one. */
export async function send(method, path, body, options = {}) {
  const headers = new Headers({ 'accept-language': document.documentElement.lang });
  const token = session.get();
  if (token && !isFar()) headers.set('x-hermes-session-token', token);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const init = { method, headers, cache: 'no-store', ...options };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(path, init);
  if (response.status === 401 && token && !(method === 'POST' && path === '/api/session')) {
    session.end();
    document.dispatchEvent(new CustomEvent('session-ended'));
  }
  return response;
}

/** A call of the API: its JSON answer, or a `CallError`. */
export async function call(method, path, body) {
  let response;
  try {
    response = await send(method, path, body);
  } catch {
    throw new CallError(0, { message: say('offline') });
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new CallError(response.status, answer?.error);
  return answer ?? {};
}

/**
 * Makes the call that an element's `data-call` names. Gives the answer, or null after an error that was shown. What takes a session that
 * has just begun is done once more when `again` has got one.
 */
export async function perform(source, extra, again) {
  const [method, path] = source.dataset.call.split(' ');
  const fixed = source.dataset.body ? JSON.parse(source.dataset.body) : {};
  const body = { ...fixed, ...extra };
  const place = source.querySelector('.form-error');
  busy(source, true);
  try {
    const answer = await call(method, path, method === 'GET' || method === 'DELETE' ? undefined : body);
    if (place) place.textContent = '';
    return answer;
  } catch (error) {
    if (error.kind === 'unauthorized') return null;
    if (error.kind === 'sign_in_again' && again) return (await again()) ? await perform(source, extra, again) : null;
    if (place) place.textContent = [error.message, error.hint].filter(Boolean).join(' ');
    else alarm(error.message, error.hint);
    return null;
  } finally {
    busy(source, false);
  }
}

/** While a call is under way its button tells so and takes no second click. */
function busy(source, on) {
  const button = source.matches('form') ? source.querySelector('[type=submit]') : source;
  button.toggleAttribute('data-busy', on);
  button.ariaBusy = String(on);
  if (source.matches('form') || button.tagName === 'BUTTON') button.ariaDisabled = String(on);
}

export const isBusy = (source) => source.hasAttribute('data-busy') || source.querySelector?.('[data-busy]') !== null;

/** What the fields of a form hold, as the body wants it; empty ones are left out. */
export function fields(form) {
  const body = {};
  for (const input of form.elements) {
    if (!input.name || (input.type === 'radio' && !input.checked)) continue;
    if (input.type === 'checkbox') body[input.name] = input.checked;
    else if (input.value !== '') body[input.name] = valueOf(input);
  }
  return body;
}

function valueOf(input) {
  if (input.type === 'number') return Number(input.value);
  // Of a link that signs in, only its code is sent; it may be that alone, too.
  if (input.dataset.link !== undefined) return /#c=([^&\s]+)/.exec(input.value)?.[1] ?? input.value.trim();
  if (input.dataset.list !== undefined) return input.value.split(',').map((part) => part.trim()).filter(Boolean);
  return input.value;
}

/** Copies a text and says so. */
export async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.classList.add('done');
    setTimeout(() => button.classList.remove('done'), 1500);
    notice(say('copied'));
  } catch {
    alarm(say('failed'));
  }
}

/** A file that only the session may read, saved by the browser. */
export async function download(link) {
  const response = await send('GET', link.getAttribute('href')).catch(() => null);
  if (!response?.ok) return alarm(say('failed'));
  const address = URL.createObjectURL(await response.blob());
  const save = document.createElement('a');
  save.href = address;
  save.download = link.dataset.download;
  save.click();
  URL.revokeObjectURL(address);
}
