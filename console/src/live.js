// Owns when a view asks again: every few seconds, not while the page is hidden or stopped.

import {throttling} from './api.js';

/** What the light in the header shows. Views write it, the header listens for "change". */
class Live extends EventTarget {
  stopped = false; // by the person, with the button in the header
  state = {mode: 'loading', at: null, note: ''};

  constructor() {
    super();
    throttling.addEventListener('wait', ({detail}) => {
      const seconds = Math.max(1, Math.round(detail.ms / 1000));
      this.show({mode: 'throttled', note: `The API asks for a pause: again in ${seconds} s`});
    });
  }

  show(state) {
    this.state = {...this.state, ...state};
    this.dispatchEvent(new Event('change'));
  }

  /** Stop or go on; views listen for "toggle". */
  toggle() {
    this.stopped = !this.stopped;
    this.dispatchEvent(new Event('toggle'));
    this.dispatchEvent(new Event('change'));
  }
}

export const live = new Live();

/** Call a function again and again, with a wait that the function itself returns (null: never). */
export class Repeating {
  #timer = null;
  #due = false;
  #again;

  constructor(again) {
    this.#again = again;
    this.wake = () => {
      if (this.#due && !this.#held()) this.#turn();
    };
    document.addEventListener('visibilitychange', this.wake);
    live.addEventListener('toggle', this.wake);
  }

  #held() {
    return document.hidden || live.stopped;
  }

  in(ms) {
    clearTimeout(this.#timer);
    this.#due = false;
    if (ms === null) return;
    this.#timer = setTimeout(() => {
      this.#due = true; // and stays so until the page is seen and running again
      this.wake();
    }, ms);
  }

  #turn() {
    this.#due = false;
    this.#again();
  }

  end() {
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.wake);
    live.removeEventListener('toggle', this.wake);
  }
}
