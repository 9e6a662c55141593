// Dialogs: the question before something dangerous, and the login.
import { send } from './call.js';
import { morphChildren, parse } from './page.js';
import { setClock, tick } from './time.js';
import { say } from './words.js';

/** Asks before a call is made. */
export function ask(source) {
  const { confirm, confirmTitle, danger } = source.dataset;
  if (confirm === undefined) return Promise.resolve(true);
  const dialog = document.getElementById('confirm');
  const yes = document.getElementById('confirm-yes');
  document.getElementById('confirm-title').textContent = confirmTitle || say('sure');
  document.getElementById('confirm-text').textContent = confirm;
  yes.textContent = source.textContent.trim();
  yes.className = danger === undefined ? 'button primary' : 'button danger solid';
  return new Promise((answer) => {
    const agree = () => dialog.close('yes');
    yes.addEventListener('click', agree, { once: true });
    dialog.addEventListener('close', () => {
      yes.removeEventListener('click', agree);
      answer(dialog.returnValue === 'yes');
    }, { once: true });
    dialog.returnValue = '';
    dialog.showModal();
  });
}

/** Asks the person to sign in again; whether that was done. The dialog's own form does it, or another tab. */
export function signInAgain() {
  const dialog = document.getElementById('again');
  dialog.returnValue = '';
  open('again');
  return new Promise((done) => dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true }));
}

export const isAskedAgain = () => document.getElementById('again').open;

export const signedInAgain = () => document.getElementById('again').close('yes');

/** Opens the dialog with this id and fills the parts that name a field of the answer. */
export function open(id, answer = {}) {
  const dialog = document.getElementById(id);
  if (!dialog) return;
  for (const part of dialog.querySelectorAll('[data-from]')) part.textContent = answer[part.dataset.from] ?? '';
  for (const part of dialog.querySelectorAll('[data-copy-from]')) part.dataset.copy = answer[part.dataset.copyFrom] ?? '';
  dialog.querySelector('form')?.reset();
  const error = dialog.querySelector('.form-error');
  if (error) error.textContent = '';
  if (!dialog.open) dialog.showModal();
}

const current = () => new URL(location.href).searchParams.get('login');

function remember(id) {
  const address = new URL(location.href);
  if (id) address.searchParams.set('login', id);
  else address.searchParams.delete('login');
  history.replaceState(null, '', address);
}

/** Opens the login's dialog. The address names it, so it is there again after a reload. */
export async function openLogin(id) {
  remember(id);
  await showLogin();
}

/** Shows the login that the address names, or brings the open dialog up to date. */
export async function showLogin(only) {
  const id = current();
  if (!id || (only && only !== id)) return;
  const response = await send('GET', `/ui/login/${encodeURIComponent(id)}`).catch(() => null);
  if (!response || response.status === 401 || current() !== id) return;
  const dialog = document.getElementById('login');
  const content = parse(await response.text()).body;
  const before = document.getElementById('login-body')?.dataset;
  // Another login, or another state of it, is another thing: what was typed does not go on.
  const after = content.querySelector('#login-body')?.dataset;
  if (before?.session !== after?.session || before?.status !== after?.status) {
    const held = dialog.contains(document.activeElement);
    dialog.replaceChildren(...content.childNodes);
    if (held) document.getElementById('login-title')?.focus();
  } else morphChildren(dialog, content);
  setClock(document.getElementById('login-body'));
  tick(dialog);
  if (!dialog.open) dialog.showModal();
}

export function loginClosed() {
  document.getElementById('login').replaceChildren();
  remember(null);
}
