// The words of the script. They come with the document, from the same table as all others.

/** A word or pattern by its name; each `{}` is filled with the next value. */
export function say(name, ...values) {
  const pattern = document.getElementById('words')?.dataset[name] ?? '';
  return values.reduce((text, value) => text.replace('{}', value), pattern);
}

/** A message that goes away by itself and is read out. */
export function notice(text) {
  show('notices', text, null, 4000);
}

/** Something went wrong: stays until it is closed. */
export function alarm(message, hint) {
  show('alerts', message, hint, 0);
}

function show(place, text, hint, stay) {
  const box = element('div', 'toast');
  const words = box.appendChild(element('div', ''));
  words.append(element('p', '', text));
  if (hint) words.append(element('p', 'faint', hint));
  const close = element('button', 'button bare', '×');
  close.type = 'button';
  close.ariaLabel = say('close');
  close.addEventListener('click', () => box.remove());
  box.append(close);
  const host = document.getElementById(place);
  host.append(box);
  while (host.childElementCount > 3) host.firstElementChild.remove();
  if (stay) setTimeout(() => box.remove(), stay);
}

/** An element with a class and a text; never markup. */
export function element(name, kind, text = '') {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  made.textContent = text;
  return made;
}
