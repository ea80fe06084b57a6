// Owns what all views have in common: they load, fail, try again, and stay where the reader is.

import {html, LitElement} from 'lit';
import {Repeating, live} from './live.js';
import {now} from './time.js';
import {failure, skeleton, staleness} from './parts/notice.js';

const EVERY = 5000; // milliseconds between two questions of a live view
const SLOWEST = 60_000;

/**
 * A view is an element without a shadow root, so that one style sheet reaches everything.
 *
 * A subclass says which part of its route is a new question (`question`), how to get the answer
 * (`load`), and what to show of it (`page`).
 */
export class View extends LitElement {
  static properties = {
    route: {attribute: false},
    data: {state: true},
    problem: {state: true},
  };

  #repeating = new Repeating(() => this.#ask());
  #request = null;
  #asked = null;
  #failures = 0;
  loadedAt = null;

  createRenderRoot() {
    return this;
  }

  /** Return a text that changes when the answer on the page no longer belongs to the route. */
  question(route) {
    return JSON.stringify([route.view, route.args, route.query.at]);
  }

  /** Return what the page shows; `partial` may be called with what there is so far. */
  async load(signal, partial) {
    throw new Error(`${this.localName} must say how it loads (${signal}, ${partial})`);
  }

  /** Return how long to wait before asking again, or null for an answer that stays. */
  every(data, tookMs) {
    return Math.max(EVERY, tookMs * 10);
  }

  page(data) {
    return html`${data}`;
  }

  get isLive() {
    return !this.route.query.at;
  }

  willUpdate(changed) {
    if (!changed.has('route') || this.question(this.route) === this.#asked) return;
    const other = changed.get('route');
    // The same view at another time keeps its picture until the new one is there.
    if (JSON.stringify(other?.args) !== JSON.stringify(this.route.args)) this.data = undefined;
    this.#failures = 0;
    this.#ask();
  }

  async #ask() {
    this.#request?.abort();
    const request = new AbortController();
    this.#request = request;
    this.#asked = this.question(this.route);
    this.#repeating.in(null);
    const first = this.data === undefined;
    if (first) live.show({mode: 'loading', note: ''});
    const started = performance.now();
    try {
      const partial = (data) => {
        if (first && this.#request === request) this.data = data;
      };
      const data = await this.load(request.signal, partial);
      if (this.#request !== request) return;
      this.#succeeded(data, performance.now() - started);
    } catch (error) {
      if (this.#request === request && error.name !== 'AbortError') this.#failed(error);
    }
  }

  #succeeded(data, took) {
    this.data = data;
    this.problem = undefined;
    this.#failures = 0;
    this.loadedAt = now();
    live.show({mode: this.isLive ? 'live' : 'past', at: this.loadedAt, note: ''});
    this.#repeating.in(this.isLive ? this.every(data, took) : null);
  }

  #failed(error) {
    this.problem = error;
    this.#failures += 1;
    const throttled = error.status === 429 || error.status === 503;
    live.show({mode: throttled ? 'throttled' : 'failed', note: error.message});
    // A wrong question stays wrong; all else may pass.
    const passing = error.status === 0 || error.status >= 500 || throttled || !error.status;
    this.#repeating.in(passing ? Math.min(EVERY * 2 ** (this.#failures - 1), SLOWEST) : null);
    if (!error.status && error.status !== 0) console.error(error);
  }

  /** Ask now, as the button beside an error does. */
  retry() {
    this.problem = undefined;
    this.#ask();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#request?.abort();
    this.#repeating.end();
  }

  render() {
    const again = () => this.retry();
    if (this.data === undefined) return this.problem ? failure(this.problem, again) : skeleton();
    return html`${this.problem ? staleness(this.problem, this.loadedAt, again) : ''}
    ${this.page(this.data)}`;
  }
}
