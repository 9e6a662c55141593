// Times beside now, countdowns, and moments in the person's own time zone. Spans read as the server writes them.
import { say } from './words.js';

/** How far the server's clock is ahead of this one, in milliseconds. */
let ahead = 0;

export const now = () => Date.now() + ahead;

/** Takes the moment that a fresh answer shows. */
export function setClock(answer) {
  const server = Number(answer?.dataset?.now);
  if (server) ahead = server - Date.now();
}

function span(seconds) {
  const parts = [
    ['days', Math.floor(seconds / 86400)],
    ['hours', Math.floor(seconds / 3600) % 24],
    ['minutes', Math.floor(seconds / 60) % 60],
    ['seconds', seconds % 60],
  ];
  const first = parts.findIndex(([, number]) => number > 0);
  if (first < 0) return say('seconds', 0);
  return parts.slice(first, first + 2).filter(([, number]) => number > 0).map(([unit, number]) => say(unit, number)).join(' ');
}

export function relative(at) {
  const seconds = Math.trunc((at - now()) / 1000);
  if (seconds === 0) return say('now');
  return seconds > 0 ? say('ahead', span(seconds)) : say('ago', span(-seconds));
}

export function millis(number) {
  if (number < 1000) return `${number} ms`;
  if (number < 60_000) return say('seconds', (Math.floor(number / 100) / 10).toFixed(1));
  return span(Math.floor(number / 1000));
}

function countdown(at) {
  const left = Math.max(0, Math.floor((at - now()) / 1000));
  const two = (number) => String(number).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, left % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

const CLOCKS = { hour: { hour: '2-digit', minute: '2-digit' }, day: { month: 'short', day: 'numeric' } };

/** Formats are dear to make and cheap to use. */
const formats = new Map();
function format(language, kind, options) {
  const name = `${language} ${kind}`;
  if (!formats.has(name)) formats.set(name, new Intl.DateTimeFormat(language, options));
  return formats.get(name);
}

const EXACT = { dateStyle: 'full', timeStyle: 'long' };

/** Brings every time below `root` up to date; texts that stay the same are not touched. */
export function tick(root = document) {
  const language = document.documentElement.lang;
  for (const time of root.querySelectorAll('time[data-relative]')) {
    put(time, relative(Number(time.dataset.relative)));
    if (time.title === time.dateTime) {
      time.title = format(language, 'exact', EXACT).format(new Date(time.dateTime));
    }
  }
  for (const time of root.querySelectorAll('time[data-countdown]')) {
    const left = Number(time.dataset.countdown) - now();
    put(time, countdown(Number(time.dataset.countdown)));
    time.classList.toggle('soon', left < 60_000);
    if (left < -1000 && !time.dataset.over) {
      time.dataset.over = 'true';
      time.dispatchEvent(new CustomEvent('time-over', { bubbles: true }));
    }
  }
  for (const time of root.querySelectorAll('time[data-clock]')) {
    put(time, format(language, time.dataset.clock, CLOCKS[time.dataset.clock]).format(new Date(time.dateTime)));
  }
}

function put(time, text) {
  if (time.textContent !== text) time.textContent = text;
}
