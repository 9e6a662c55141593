// Lists: searching, ordering, tabs, and the live feed of requests.
import { perform } from './call.js';
import { load } from './page.js';
import { millis, tick } from './time.js';
import { notice, say } from './words.js';

/** Shows only what holds every word of the search. */
export function search(input) {
  const list = document.getElementById(input.dataset.search);
  const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const item of list.querySelectorAll('[data-words]')) {
    item.hidden = !wanted.every((word) => item.dataset.words.includes(word));
    if (!item.hidden) found += 1;
  }
  for (const group of list.querySelectorAll('[data-group]')) {
    const shown = group.querySelectorAll('[data-words]:not([hidden])').length;
    group.hidden = shown === 0;
    group.querySelector('.tally').textContent = shown;
  }
  document.getElementById(`${list.id}-none`).hidden = found > 0;
}

/** Shows the panel of a tab. */
export function choose(tab) {
  for (const one of tab.parentElement.children) {
    const chosen = one === tab;
    one.ariaSelected = String(chosen);
    one.tabIndex = chosen ? 0 : -1;
    document.getElementById(one.getAttribute('aria-controls')).hidden = !chosen;
  }
}

/** Arrow keys move between tabs. */
export function tabKeys(event, tab) {
  const tabs = [...tab.parentElement.children];
  const last = tabs.length - 1;
  const at = tabs.indexOf(tab);
  const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(tabs[to]);
  tabs[to].focus();
}

const placeOf = (item) => Number(item.parentElement.dataset.first) + [...item.parentElement.children].indexOf(item);

async function settle(item, place) {
  await perform(item, { place });
  item.classList.remove('moving');
  await load();
}

/** Arrow keys on a handle move the item; the call is made when the person has stopped, or turns to another item. */
let waiting = null;
function later(item) {
  clearTimeout(waiting?.timer);
  if (waiting && waiting.item !== item) waiting.now();
  const place = placeOf(item);
  const now = () => {
    waiting = null;
    settle(item, place);
  };
  // Until then no reload puts it back.
  item.classList.add('moving');
  waiting = { item, now, timer: setTimeout(now, 600) };
}

export function orderKeys(event, handle) {
  const item = handle.closest('li');
  const list = item.parentElement;
  const to = { ArrowUp: item.previousElementSibling, ArrowDown: item.nextElementSibling?.nextElementSibling, Home: list.firstElementChild, End: null }[event.key];
  if (to === undefined && event.key !== 'ArrowDown') return;
  event.preventDefault();
  if ((event.key === 'ArrowUp' && !to) || (event.key === 'ArrowDown' && !item.nextElementSibling)) return;
  list.insertBefore(item, to ?? null);
  handle.focus();
  notice(say('moved', placeOf(item) + 1, list.dataset.total));
  later(item);
}

/** Dragging a handle moves the item below the pointer; Escape puts it back. */
export function drag(event, handle) {
  if (event.button !== 0) return;
  const item = handle.closest('li');
  const list = item.parentElement;
  const after = item.nextElementSibling;
  event.preventDefault();
  handle.focus();
  item.classList.add('dragging');
  const follow = ({ clientY }) => {
    const below = [...list.children].find((one) => one !== item && clientY < one.getBoundingClientRect().top + one.offsetHeight / 2);
    if (item.nextElementSibling !== (below ?? null)) list.insertBefore(item, below ?? null);
  };
  const done = (ending) => {
    if (ending.type === 'keydown' && ending.key !== 'Escape') return;
    over.abort();
    item.classList.remove('dragging');
    if (ending.type !== 'pointerup') list.insertBefore(item, after);
    else if (item.nextElementSibling !== after) settle(item, placeOf(item));
  };
  // On the document: a moved element loses the pointer.
  const over = new AbortController();
  document.addEventListener('pointermove', follow, over);
  for (const kind of ['pointerup', 'pointercancel', 'keydown']) document.addEventListener(kind, done, over);
}

/** Most rows that the feed shows; older ones are in the history. */
const LONGEST = 100;
/** Rows that are drawn in one frame; more of them would make the next frame late. */
const AT_ONCE = 12;
/** Milliseconds after which a request that was told is certainly in the log, from which a page has its list. */
const LOGGED = 5000;
let queue = [];
let drawing = null;

/** A finished request for the live feed. They come in pieces, some times a second; each piece is drawn in the next frames. */
export function feed(item) {
  queue.push({ item, came: Date.now() });
  if (queue.length > LONGEST) queue.shift();
  if (document.querySelector('[data-feed]')) drawing ??= requestAnimationFrame(draw);
}

/** A list that has just come lacks what ended a moment before, for the log is written in batches. What is older is in it. */
export function complete() {
  const since = Date.now() - LOGGED;
  queue = queue.filter(({ came }) => came > since);
  if (queue.length > 0) drawing ??= requestAnimationFrame(draw);
}

function draw() {
  drawing = null;
  const body = document.querySelector('[data-feed]');
  const button = document.getElementById('feed-pause');
  if (!body) return;
  if (button?.ariaPressed === 'true') {
    button.lastElementChild.textContent = `${say('resume')} · ${say('waiting', queue.length)}`;
    return;
  }
  const template = document.getElementById('feed-row');
  const fresh = queue.splice(0, AT_ONCE).filter(({ item }) => !document.getElementById(rowId(item)));
  const rows = fresh.reverse().map(({ item }) => row(template, item));
  for (let more = body.childElementCount + rows.length - LONGEST; more > 0; more -= 1) body.lastElementChild.remove();
  body.prepend(...rows);
  if (rows.length > 0) document.getElementById('feed-none')?.remove();
  for (const one of rows) tick(one);
  if (queue.length > 0) drawing = requestAnimationFrame(draw);
}

export function pause(button) {
  const paused = button.ariaPressed !== 'true';
  button.ariaPressed = String(paused);
  button.lastElementChild.textContent = say(paused ? 'resume' : 'pause');
  if (!paused) draw();
}

const grouped = new Intl.NumberFormat('en');

const SHOWN = {
  text: (part, value) => { part.textContent = value; },
  millis: (part, value) => { part.textContent = millis(value); },
  number: (part, value) => { part.textContent = grouped.format(value); },
  time: (part, value) => {
    part.dateTime = part.title = new Date(value).toISOString();
    part.dataset.relative = String(new Date(value).getTime());
  },
  status: (part, value) => {
    part.classList.add(value < 400 ? 'good' : 'bad');
    part.lastElementChild.textContent = value;
  },
  link: (part, value) => { part.href = `/requests/${encodeURIComponent(value)}`; },
};

const rowId = (item) => `request-${item.id}`;

function row(template, item) {
  const made = template.content.firstElementChild.cloneNode(true);
  made.id = rowId(item);
  for (const part of made.querySelectorAll('[data-field]')) {
    const value = part.dataset.field.split('.').reduce((from, name) => from?.[name], item);
    if (value !== undefined && value !== null) SHOWN[part.dataset.as ?? 'text'](part, value);
  }
  return made;
}
