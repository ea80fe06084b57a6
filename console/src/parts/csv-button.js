// Owns the button that saves what a view shows.

import {html, nothing} from 'lit';
import {csvOf, download} from '../csv.js';

/** Return the button; `rows` is called when it is pressed, `what` tells it from another one. */
export const csvButton = (name, columns, rows, what = '') =>
  html`<button type="button" @click=${() => download(name, csvOf(columns, rows()))}>
    CSV${what ? html`<span class="hidden"> of ${what}</span>` : nothing}
  </button>`;
