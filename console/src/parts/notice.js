// Owns what stands on the page when there is no answer: loading, empty, failed, throttled.

import {html} from 'lit';
import {clean} from '../text.js';
import {moment} from '../time.js';

const WORDS = {
  0: ['No answer', 'It is asked again by itself.'],
  401: [
    'Your credentials were refused',
    'Sign in again, then start the command that opened this page anew.',
  ],
  403: [
    'You may not ask this',
    'Your credentials lack execute-api:Invoke for this API, or have expired.',
  ],
  429: ['The API asks for a pause', 'It is asked again by itself, less often.'],
  503: ['The API asks for a pause', 'It is asked again by itself, less often.'],
};

/** Say in full what went wrong, where nothing else can be shown. */
export function failure(error, again) {
  const [title, advice] = WORDS[error.status] ?? [error.title ?? 'Something went wrong', ''];
  const calm = error.status === 429 || error.status === 503 || error.status === 404;
  return html`<section class="notice ${calm ? 'calm' : 'bad'}" role=${calm ? 'status' : 'alert'}>
    <h1 tabindex="-1">${clean(title)}</h1>
    <p>${clean(error.message)} ${advice}</p>
    <button type="button" @click=${again}>Ask again</button>
  </section>`;
}

/** Say in a line that what is shown is no longer the newest. */
export function staleness(error, since, again) {
  const [title, advice] = WORDS[error.status] ?? [error.title ?? 'Something went wrong', ''];
  const when = since ? `Shown is what was known at ${moment(since)}.` : '';
  return html`<p class="strip" role="status">
    <strong>${clean(title)}.</strong> ${clean(error.message)} ${when} ${advice}
    <button type="button" @click=${again}>Ask again</button>
  </p>`;
}

/** Hold the place of a page that is not there yet. */
export function skeleton() {
  return html`<section class="skeleton" aria-busy="true">
    <h1 tabindex="-1" class="quiet">Loading…</h1>
    <div></div>
    <div></div>
    <div></div>
  </section>`;
}

export function empty(title, ...paragraphs) {
  return html`<section class="notice calm">
    <h2>${title}</h2>
    ${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
  </section>`;
}
