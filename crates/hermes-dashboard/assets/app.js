// The script of the dashboard. It holds no data and makes no markup: the server does. Elements say what they want in attributes:
//   data-call="POST /api/…"   makes a call; data-body is its JSON, data-confirm asks first, data-then says what follows
//   data-login="session"      opens the dialog of a login
//   data-open="id"            opens a dialog; data-close closes the one around it
//   data-copy="text"          copies; data-download="name" saves what a link leads to
//   input[data-link]          takes a link that signs in, and sends its code
//   data-search="id"          searches a list; data-handle orders one; data-reveal="id" shows what a hidden field holds
//   time[data-relative], time[data-countdown], time[data-clock]    keep up to date
import { call, copy, download, fields, isBusy, isFar, perform, session } from './call.js';
import { ask, isAskedAgain, loginClosed, open, openLogin, showLogin, signInAgain, signedInAgain } from './dialog.js';
import { follow } from './events.js';
import { choose, complete, drag, feed, orderKeys, pause, search, tabKeys } from './list.js';
import { arrived, catchUp, go, load, mark, parse, reloadSoon, signedOut } from './page.js';
import { announce, borrow, share } from './tabs.js';
import { tick } from './time.js';
import { notice, say } from './words.js';

let stop = null;

async function start() {
  await chooseLanguage();
  const code = /^#c=(.+)$/.exec(location.hash)?.[1];
  if (code) {
    history.replaceState(null, '', location.pathname + location.search);
    const answer = await call('POST', '/api/session', { code: decodeURIComponent(code) }).catch(() => null);
    if (!answer) return session.get() ? begin() : signedOut(say('linkSpent'));
    session.set(answer.token);
    announce();
  } else if (!session.get()) {
    // Another tab may have signed in.
    if (isFar()) await call('GET', '/api/keys').then(() => session.set(), () => {});
    else session.take(await borrow());
  }
  if (session.get()) begin();
  else signedOut();
}

function begin() {
  document.getElementById('sign-out').hidden = false;
  stop ??= follow(told, connected);
  mark();
  load(true);
  showLogin();
}

function signedIn(token) {
  session.set(token);
  announce();
  begin();
}

/** Goes on with a session that has just begun, here or in another tab. */
function goOn(token) {
  session.set(token);
  stop?.();
  stop = follow(told, connected);
  signedInAgain();
}

/** Another tab has signed in: what waits for that goes on. */
function signedInElsewhere(token) {
  if (isAskedAgain()) goOn(token);
  else if (!session.get()) {
    session.set(token);
    begin();
  }
}

function end(why) {
  stop?.();
  stop = null;
  session.end();
  document.getElementById('connection').hidden = true;
  signedOut(why);
}

function told(name, data) {
  if (name === 'request') feed(data);
  else if (name === 'rate') rate(data);
  else if (name === 'login') showLogin(data.session_id);
  else if (name === 'bye') end(say('sessionEnded'));
  else if (name === 'changed') {
    const watched = document.getElementById('page')?.dataset.watch ?? '';
    if (watched.split(' ').includes(data.what)) reloadSoon();
  }
}

let wasCut = false;
function connected(on) {
  const sign = document.getElementById('connection');
  sign.hidden = false;
  sign.className = on ? 'badge good' : 'badge wait';
  sign.lastChild.textContent = say(on ? 'live' : 'offline');
  if (on && wasCut) {
    // Whatever happened meanwhile was not told.
    reloadSoon();
    showLogin();
  }
  wasCut = !on;
}

function rate(data) {
  const shown = { per_second: data.per_second.toFixed(1), in_flight: String(data.in_flight) };
  for (const part of document.querySelectorAll('[data-rate]')) part.textContent = shown[part.dataset.rate];
}

/** What follows a good answer. */
async function after(source, answer) {
  const [then, id] = (source.dataset.then ?? '').split(' ');
  if (then === 'sign-out') return end('');
  if (then === 'sign-in') return signedIn(answer.token);
  if (then === 'go-on') {
    goOn(answer.token);
    return announce();
  }
  if (then === 'login-again') return showLogin();
  source.closest('dialog')?.close();
  if (then === 'login' && answer.session_id && answer.status !== 'approved') return openLogin(answer.session_id);
  // What is shown once stays until its dialog is closed; only then is the content loaded again.
  if (then === 'show') return open(id, answer);
  notice(say('done'));
  await load();
}

async function act(source, extra) {
  if (isBusy(source) || !(await ask(source))) return;
  const answer = await perform(source, extra, signInAgain);
  if (answer) await after(source, answer);
  else if (source.matches('select')) await load();
}

const CLICKS = [
  ['[data-call]:not(form, select, li)', (button) => act(button)],
  ['[data-open]', (button) => open(button.dataset.open)],
  ['[data-close]', (button) => button.closest('dialog').close()],
  ['[data-login]', (button) => openLogin(button.dataset.login)],
  ['[data-copy]', copy],
  ['[data-download]', download],
  ['[data-reload]', () => load()],
  ['[role=tab]', choose],
  ['#feed-pause', pause],
];

/** Closes a menu. What had the focus in it cannot be seen any more, so the focus goes to what opens the menu. */
function fold(menu) {
  if (menu.contains(document.activeElement)) menu.querySelector('summary').focus();
  menu.open = false;
}

document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target) || event.target.closest('.menu-items button')) fold(menu);
  }
  for (const [what, does] of CLICKS) {
    const source = event.target.closest(what);
    if (!source) continue;
    event.preventDefault();
    return does(source);
  }
  const link = event.target.closest('a[href^="/"]');
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  link.closest('dialog')?.close();
  go(link.getAttribute('href'));
});

document.addEventListener('submit', (event) => {
  event.preventDefault();
  if (event.target.dataset.call) act(event.target, fields(event.target));
  else if (event.target.dataset.query !== undefined) filter(event.target);
});

/** Filters stand in the address, so that they can be kept and shared. The page stays, and the focus with it, for the next filter. */
function filter(form) {
  const query = new URLSearchParams(Object.entries(fields(form)).filter(([, value]) => value !== false));
  history.pushState(null, '', query.size ? `${location.pathname}?${query}` : location.pathname);
  load();
}

document.addEventListener('change', (event) => {
  const { target } = event;
  if (target.id === 'theme') chooseTheme(target.value);
  else if (target.id === 'language') {
    localStorage.setItem('hermes-language', target.value);
    chooseLanguage().then(() => (session.get() ? begin() : signedOut()));
  } else if (target.matches('select[data-call]')) act(target, { [target.name]: target.value });
  else if (target.dataset.reveal) document.getElementById(target.dataset.reveal).type = target.checked ? 'text' : 'password';
  else if (target.form?.dataset.query !== undefined) filter(target.form);
});

document.addEventListener('input', ({ target }) => {
  if (target.dataset.search) search(target);
  else if (target.dataset.prefixes) {
    const begins = target.dataset.prefixes.split(' ');
    const odd = target.value && !begins.some((one) => one.startsWith(target.value) || target.value.startsWith(one));
    const place = document.getElementById('login-key-odd');
    place.textContent = odd ? place.dataset.odd : '';
  }
});

document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  if (key === 'Escape') {
    const menu = target.closest?.('details.menu[open]');
    if (menu) fold(menu);
  } else if (target.matches?.('[role=tab]')) tabKeys(event, target);
  else if (target.matches?.('[data-handle]')) orderKeys(event, target);
  else if (key === '/' && !target.matches?.('input, textarea, select')) {
    const field = document.querySelector('[data-search]');
    if (field) {
      event.preventDefault();
      field.focus();
    }
  }
});

document.addEventListener('pointerdown', (event) => {
  const handle = event.target.closest?.('[data-handle]');
  if (handle) drag(event, handle);
});

document.addEventListener('close', ({ target }) => {
  if (target.id === 'login') {
    loginClosed();
    load();
  } else if (target.dataset.once !== undefined) {
    for (const part of target.querySelectorAll('[data-from]')) part.textContent = '';
    for (const part of target.querySelectorAll('[data-copy]')) part.dataset.copy = '';
    load();
  } else catchUp();
}, true);
document.addEventListener('focusout', catchUp);
document.addEventListener('toggle', catchUp, true);
document.addEventListener('time-over', () => showLogin());
document.addEventListener('session-ended', () => end(say('sessionEnded')));
document.addEventListener('page-shown', () => {
  const field = document.querySelector('[data-search]');
  if (field?.value) search(field);
  complete();
});
window.addEventListener('popstate', arrived);
share(signedInElsewhere);
setInterval(tick, 1000);

function chooseTheme(theme) {
  localStorage.setItem('hermes-theme', theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The document comes in the browser's language; one that the person has chosen is asked for again. It holds no data. */
async function chooseLanguage() {
  const root = document.documentElement;
  const wanted = localStorage.getItem('hermes-language');
  try {
    if (wanted && wanted !== root.lang) {
      const response = await fetch(location.pathname, { headers: { 'accept-language': wanted } });
      const fresh = parse(await response.text());
      root.lang = fresh.documentElement.lang;
      document.title = fresh.title;
      document.body.replaceWith(fresh.body);
    }
  } finally {
    delete root.dataset.pending;
    document.getElementById('theme').value = localStorage.getItem('hermes-theme') ?? 'system';
  }
}

start();
