// The content of the frame: loading it, putting it in place without losing focus, and moving between pages.
import { send, session } from './call.js';
import { setClock, tick } from './time.js';
import { element, say } from './words.js';

// The one way by which text becomes markup: answers of our own server, escaped there.
const plain = { createHTML: (text) => text };
const policy = window.trustedTypes?.createPolicy('hermes', plain) ?? plain;
export const parse = (text) => new DOMParser().parseFromString(policy.createHTML(text), 'text/html');

let under_way = null;
let stale = false;

/** Loads the content for the address. `fresh` says that the person came from another page. */
export async function load(fresh = false) {
  const main = document.getElementById('main');
  under_way?.abort();
  const mine = (under_way = new AbortController());
  main.ariaBusy = 'true';
  try {
    const response = await send('GET', `/ui${location.pathname}${location.search}`, undefined, { signal: mine.signal });
    if (response.status === 401) return;
    const text = await response.text();
    if (mine !== under_way) return;
    if (response.headers.get('content-type')?.includes('html')) put(main, parse(text).body, fresh);
    else trouble(main, JSON.parse(text).error);
  } catch (error) {
    if (error.name !== 'AbortError') trouble(main, { message: say('offline') });
  } finally {
    if (mine === under_way) main.ariaBusy = 'false';
  }
}

function put(main, content, fresh) {
  stale = false;
  if (fresh) main.replaceChildren(...content.childNodes);
  else morphChildren(main, content);
  const page = document.getElementById('page');
  setClock(page);
  tick(main);
  if (page) document.title = `${page.dataset.title} · Hermes`;
  document.dispatchEvent(new CustomEvent('page-shown', { detail: { fresh } }));
  if (fresh) arrive(main);
}

/** After moving to another page: to the part that the address names, or to its title. */
function arrive(main) {
  const part = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (part) {
    part.scrollIntoView({ block: 'center' });
    part.classList.add('found-here');
    part.querySelector('button, a, input')?.focus({ preventScroll: true });
  } else {
    window.scrollTo(0, 0);
    main.querySelector('h1')?.focus({ preventScroll: true });
  }
}

function trouble(main, error) {
  const box = element('div', 'note bad');
  box.append(element('h1', 'note-title', error?.message ?? say('failed')));
  if (error?.hint) box.append(element('p', '', error.hint));
  box.setAttribute('role', 'alert');
  const held = main.contains(document.activeElement);
  main.replaceChildren(box);
  if (held) main.focus();
}

/** Whether a person is in the middle of something that a reload would disturb. */
function isOccupied() {
  const main = document.getElementById('main');
  const active = document.activeElement;
  const typing = main.contains(active) && active.matches('input:not([type=search], [type=checkbox]), textarea');
  return typing || main.querySelector('dialog[open], details.menu[open], .dragging, .moving') !== null;
}

let timer = null;

/** Loads again soon, when nobody is in the middle of something. */
export function reloadSoon() {
  stale = true;
  clearTimeout(timer);
  timer = setTimeout(() => { if (stale && !isOccupied()) load(); }, 250);
}

/** What was put off is done when the person has finished. */
export function catchUp() {
  if (stale) reloadSoon();
}

/** Goes to another page without leaving the document. */
export function go(address) {
  history.pushState(null, '', address);
  arrived();
}

export function arrived() {
  document.getElementById('alerts').replaceChildren();
  mark();
  if (session.get()) load(true);
}

/** Tells in the navigation which page it is. */
export function mark() {
  const path = location.pathname.startsWith('/pool/') ? '/providers' : `/${location.pathname.split('/')[1]}`;
  for (const link of document.querySelectorAll('.bar nav a')) {
    if (link.getAttribute('href') === path) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** Without a session there is nothing to show but how to get one. */
export function signedOut(why = '') {
  const main = document.getElementById('main');
  main.replaceChildren(document.getElementById('signed-out').content.cloneNode(true));
  document.getElementById('signed-out-why').textContent = why;
  main.querySelector('h1').focus({ preventScroll: true });
  document.getElementById('sign-out').hidden = true;
  main.ariaBusy = 'false';
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
}

/** Makes `old` like `fresh` and keeps what is the same, so that focus, selection and open parts stay. */
export function morphChildren(old, fresh) {
  const active = document.activeElement;
  const around = [];
  for (let part = active; old.contains(part); part = part.parentElement) around.push(part);
  children(old, fresh);
  if (active !== document.activeElement) refocus(active, around);
}

const FOCUSABLE = 'h1[tabindex], h2[tabindex], button, summary, a[href], input, select, textarea';

/** Gives the focus back after a change, or, where what had it is gone, to the nearest part around it that is still there. */
function refocus(active, around) {
  const takes = (part) => {
    part.focus({ preventScroll: true });
    return document.activeElement === part;
  };
  if (active.isConnected && takes(active)) return;
  around.filter((part) => part.isConnected).some((part) => [...part.querySelectorAll(FOCUSABLE)].some(takes));
}

function children(old, fresh) {
  const named = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const match = next.id ? named.get(next.id) : place && !place.id && alike(place, next) ? place : null;
    if (match && alike(match, next)) {
      if (match === place) place = place.nextSibling;
      else old.insertBefore(match, place);
      morph(match, next);
    } else {
      old.insertBefore(next, place);
    }
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && (one.id ?? '') === (other.id ?? '');

// What the person has changed belongs to the person.
const OWN = { DETAILS: ['open'], DIALOG: ['open'], BUTTON: ['aria-selected', 'tabindex'] };

function morph(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  const own = old.role === 'tabpanel' ? ['hidden'] : OWN[old.nodeName] ?? [];
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !own.includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !own.includes(name)) old.setAttribute(name, value);
  }
  if (old.nodeName === 'OPTION') old.selected = fresh.selected;
  children(old, fresh);
}
