// Owns the last line of every page: since when its answers can be trusted.

import {html, LitElement, nothing} from 'lit';
import {ask} from '../api.js';
import {Repeating} from '../live.js';
import {link} from '../route.js';
import {trust} from './doubts.js';

const EVERY = 60_000;

class TrustLine extends LitElement {
  static properties = {route: {attribute: false}, coverage: {state: true}};

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.repeating = new Repeating(() => this.#ask());
    this.#ask();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.repeating.end();
  }

  async #ask() {
    try {
      this.coverage = (await ask(['status'])).coverage;
    } catch {
      // The view above says what is wrong; this line keeps what it knew.
    }
    this.repeating.in(EVERY);
  }

  render() {
    // The status view says it itself, and more.
    if (!this.coverage || this.route.view === 'status') return nothing;
    return html`<footer>
      ${trust(this.coverage)} <a href=${link(['status'])}>How it is known</a>
    </footer>`;
  }
}

customElements.define('trust-line', TrustLine);
