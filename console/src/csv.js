// Owns the CSV of what is shown.

import {clean} from './text.js';

/** Return one cell. What a spreadsheet would take for a formula gets a ' before it. */
function cell(value) {
  if (value === null || value === undefined) return '';
  const text = clean(value).replace(/^[=+\-@]/, "'$&");
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Return rows as CSV, with a header line. */
export function csvOf(columns, rows) {
  const lines = [columns.map((column) => cell(column.key))];
  for (const row of rows) lines.push(columns.map((column) => cell(column.value(row))));
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

/** Hand the text to the browser as a file. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], {type: 'text/csv;charset=utf-8'}));
  const anchor = Object.assign(document.createElement('a'), {href: url, download: name});
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
