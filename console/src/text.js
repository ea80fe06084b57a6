// Owns how text from tasks is shown: nothing in it may act on the page or on the reader's eye.

import {html, nothing} from 'lit';

// Control characters, line separators, and characters that turn or hide what stands beside them:
// a service name with U+202E in it would read backwards, and so would the words after it.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Return the text with each character that cannot be seen written as its escape. */
export function clean(text) {
  return String(text).replace(UNSAFE, (character) => {
    const code = character.codePointAt(0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** Return text for the page, or a dash where there is none. */
export function shown(text) {
  return text === null || text === undefined || text === ''
    ? html`<span class="none">–</span>`
    : html`<bdi>${clean(text)}</bdi>`;
}

/** Return the first characters of a task id: enough to tell tasks apart by eye. */
export function shortId(taskId) {
  return clean(taskId.length > 12 ? taskId.slice(0, 8) : taskId);
}

export const count = (n) => n.toLocaleString('en');

/** Return a share as a reader takes it: something is never 0%, and not all is never 100%. */
export function percent(part, whole) {
  const share = (100 * part) / whole;
  if (part > 0 && share < 1) return 'under 1%';
  return `${part < whole ? Math.min(99, Math.round(share)) : 100}%`;
}

/** Return "1 task", "2 tasks". */
export function plural(n, noun, nouns = `${noun}s`) {
  return `${count(n)} ${n === 1 ? noun : nouns}`;
}

/** Return what a task belongs to: its service, or the group of a standalone task. */
export function ownerOf(record) {
  return record.service ?? record.group ?? 'no service';
}

export function optional(condition, template) {
  return condition ? template() : nothing;
}
