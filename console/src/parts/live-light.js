// Owns the light in the header: live, past, stopped, slowed down, or failed.

import {html, LitElement} from 'lit';
import {live} from '../live.js';
import {clean} from '../text.js';
import {ago} from '../time.js';

const WORDS = {
  loading: 'Loading',
  live: 'Live',
  past: 'Past',
  stopped: 'Stopped',
  throttled: 'Slowed down',
  failed: 'Not updated',
};

class LiveLight extends LitElement {
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.changed = () => this.requestUpdate();
    live.addEventListener('change', this.changed);
    this.ticking = setInterval(this.changed, 1000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    live.removeEventListener('change', this.changed);
    clearInterval(this.ticking);
  }

  render() {
    const mode = live.stopped && live.state.mode === 'live' ? 'stopped' : live.state.mode;
    const {at, note} = live.state;
    // The age is for the eye alone: a screen reader would read it every second.
    return html`<span class="light ${mode}" title=${clean(note)}>
        <i aria-hidden="true"></i><span>${WORDS[mode]}</span>
        ${at && mode !== 'past' && mode !== 'loading'
          ? html`<small aria-hidden="true">${ago(at)}</small>`
          : ''}
      </span>
      <button
        type="button"
        class="plain"
        aria-pressed=${live.stopped ? 'true' : 'false'}
        @click=${() => live.toggle()}
      >
        ${live.stopped ? 'Go on' : 'Stop'}<span class="hidden"> updating this page</span>
      </button>`;
  }
}

customElements.define('live-light', LiveLight);
