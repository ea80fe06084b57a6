// Owns the choice of an instant: written, by a button, or from the browser's own calendar.

import {html, LitElement} from 'lit';
import {amend} from '../route.js';
import {iso, now, parts, readTime, stamp, zoneName} from '../time.js';

const MINUTE = 60_000;
const STEPS = [
  ['10 min ago', 10 * MINUTE],
  ['1 h ago', 60 * MINUTE],
  ['1 day ago', 1440 * MINUTE],
];

/** <time-picker .at=${ms or null}>: writes the choice into the route. */
class TimePicker extends LitElement {
  static properties = {at: {attribute: false}, route: {attribute: false}, fault: {state: true}};

  createRenderRoot() {
    return this;
  }

  willUpdate(changed) {
    if (changed.has('at')) this.fault = undefined;
  }

  /** Take what was written; stay at the field if it is no time. */
  #read(event) {
    event.preventDefault();
    try {
      this.#choose(readTime(this.querySelector('#at').value));
    } catch (error) {
      this.fault = error.message;
    }
  }

  #choose(ms) {
    this.fault = undefined;
    // Another moment brings the time line back to where that moment is in sight.
    amend({at: ms === null ? '' : iso(ms), from: '', to: ''});
  }

  #calendar() {
    const field = this.querySelector('input[type="datetime-local"]');
    const {day, clock} = parts(this.at ?? now());
    field.value = `${day}T${clock}`;
    try {
      field.showPicker();
    } catch {
      field.focus(); // a browser that shows it only on a focused field
    }
  }

  #picked({target}) {
    if (!target.value) return;
    try {
      this.#choose(readTime(target.value));
    } catch (error) {
      this.fault = error.message;
    }
  }

  render() {
    const chosen = this.at !== null && this.at !== undefined;
    return html`<form class="picker" @submit=${this.#read} aria-label="Time">
      <label for="at">Time</label>
      <span class="field">
        <input
          id="at"
          autocomplete="off"
          spellcheck="false"
          placeholder="now"
          .value=${chosen ? stamp(this.at) : ''}
          aria-describedby="at-help"
          aria-invalid=${this.fault ? 'true' : 'false'}
          @change=${this.#read}
        />
        <input
          type="datetime-local"
          step="1"
          tabindex="-1"
          aria-hidden="true"
          @change=${this.#picked}
        />
        <button
          type="button"
          class="plain"
          aria-label="Choose from a calendar"
          title="Choose from a calendar"
          @click=${this.#calendar}
        >
          ▾
        </button>
      </span>
      <span class="buttons">
        <button
          type="button"
          aria-pressed=${chosen ? 'false' : 'true'}
          @click=${() => this.#choose(null)}
        >
          Now
        </button>
        ${STEPS.map(
          ([label, ms]) =>
            html`<button type="button" @click=${() => this.#choose(now() - ms)}>${label}</button>`,
        )}
      </span>
      <small id="at-help" class=${this.fault ? 'fault' : ''} role=${this.fault ? 'alert' : 'note'}>
        ${this.fault ?? `03:12, 10m ago, 2026-11-22 03:12 · ${zoneName()}`}
      </small>
    </form>`;
  }
}

customElements.define('time-picker', TimePicker);
