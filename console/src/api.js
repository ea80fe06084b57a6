// Owns the requests to the HTTP API: paging, waiting when throttled, and errors in plain words.

import {learnClock} from './time.js';

// The page is at /console/, and the API is what the same proxy serves beside it.
const BASE = new URL('../', document.baseURI);
const TRIES = 5;

/** What the API answered instead of an answer, or why there was none (status 0). */
export class ApiError extends Error {
  constructor(status, title, detail, body = {}) {
    super(detail || title);
    Object.assign(this, {status, title, detail, body});
  }
}

/** Tells whoever listens that the API asked us to slow down, and until when. */
export const throttling = new EventTarget();

/** Return the JSON of a route. Path segments are encoded here. */
export async function ask(segments, query = {}, {signal, body} = {}) {
  // A segment of dots alone would be resolved by the browser, and ask for another route.
  if (segments.some((segment) => /^\.{1,2}$/.test(segment))) throw notKnown();
  const url = new URL(segments.map(encodeURIComponent).join('/'), BASE);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) url.searchParams.set(name, value);
  }
  const request = {signal, headers: {accept: 'application/json'}};
  if (body) {
    Object.assign(request, {method: 'POST', body: JSON.stringify(body)});
    request.headers['content-type'] = 'application/json';
  }
  return patiently(url, request);
}

const notKnown = () => new ApiError(404, 'Not known', 'The inventory knows nothing of this name.');

async function patiently(url, request) {
  for (let tried = 1; ; tried += 1) {
    const response = await reach(url, request);
    if (response.ok) return response.json();
    const slowDown = response.status === 429 || response.status === 503;
    if (!slowDown || tried === TRIES) throw await errorOf(response);
    await pause(waitFor(response, tried), request.signal);
  }
}

async function reach(url, request) {
  try {
    const response = await fetch(url, request);
    learnClock(response.headers.get('date'));
    return response;
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(
      0,
      'No answer',
      'The proxy behind this page does not answer. Does the command that opened the page still run?',
    );
  }
}

function waitFor(response, tried) {
  const asked = Number(response.headers.get('retry-after'));
  // Without a wish of the API's: one second, two, four, …, and a bit of chance.
  return asked > 0 ? Math.min(asked, 60) * 1000 : 2 ** (tried - 1) * (800 + Math.random() * 400);
}

function pause(ms, signal) {
  throttling.dispatchEvent(new CustomEvent('wait', {detail: {ms}}));
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('No longer asked', 'AbortError'));
    });
  });
}

async function errorOf(response) {
  const body = await response.json().catch(() => ({}));
  const faults = (body.errors ?? []).map((fault) => `${fault.parameter}: ${fault.reason}`);
  const detail = [body.detail ?? body.message, ...faults].filter(Boolean).join(' ');
  return new ApiError(response.status, body.title ?? `Error ${response.status}`, detail, body);
}

/** Return all items of a paged list; `onPage` gets what there is after each page. */
export async function askAll(segments, query, {signal, onPage, most = Infinity} = {}) {
  const items = [];
  let cursor;
  let page;
  do {
    page = await ask(segments, {limit: 1000, ...query, cursor}, {signal});
    items.push(...page.items);
    cursor = page.nextCursor;
    onPage?.({...page, items: [...items]});
  } while (cursor && items.length < most);
  return {...page, items, complete: !cursor};
}

/** Return the JSON rows of /addresses, which is a list, whether in an object or bare. */
export async function askAddresses(query, options) {
  const answer = await ask(['addresses'], query, options);
  return Array.isArray(answer) ? answer : answer.items;
}
