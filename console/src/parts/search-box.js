// Owns the one search box: filters the table as one types, and leads to the right view.

import {html, LitElement, nothing} from 'lit';
import {amend, go} from '../route.js';
import {destination, learn, suggestions} from '../search.js';

const REST = 120;

class SearchBox extends LitElement {
  static properties = {
    route: {attribute: false},
    options: {state: true},
    chosen: {state: true},
    fault: {state: true},
    busy: {state: true},
  };

  constructor() {
    super();
    Object.assign(this, {options: [], chosen: -1, fault: '', busy: false});
    this.shortcut = (event) => this.#shortcut(event);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('keydown', this.shortcut);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.shortcut);
  }

  get #field() {
    return this.querySelector('input');
  }

  get #filters() {
    return this.route.view === 'tasks';
  }

  willUpdate(changed) {
    if (changed.has('route')) this.fault = '';
  }

  updated(changed) {
    // The field follows the route, but never while somebody types.
    if (changed.has('route') && document.activeElement !== this.#field) {
      this.#field.value = this.#filters ? (this.route.query.q ?? '') : '';
    }
  }

  /** "/" leads here from everywhere but another field. */
  #shortcut(event) {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.('input, select, textarea')) return;
    event.preventDefault();
    this.#field.focus();
    this.#field.select();
  }

  #typed() {
    this.fault = '';
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#use(this.#field.value), REST);
  }

  async #use(text) {
    if (this.#filters) {
      amend({q: text.trim()});
      return;
    }
    await learn().catch(() => {}); // without suggestions, Enter still works
    this.chosen = -1;
    this.options =
      this.#field.value === text && document.activeElement === this.#field ? suggestions(text) : [];
  }

  async #submit(event) {
    event.preventDefault();
    clearTimeout(this.timer);
    const text = this.#field.value;
    const option = this.options[this.chosen];
    this.options = [];
    if (!text.trim() && !option) return;
    this.busy = true;
    const {hash} = location;
    try {
      const found = option ? option.hash : await destination(text);
      // Who went elsewhere meanwhile stays there.
      if (location.hash === hash) this.#leave(found);
    } catch (error) {
      this.fault = error.message;
    } finally {
      this.busy = false;
    }
  }

  #leave(hash) {
    this.options = [];
    this.#field.blur();
    if (hash === location.hash) document.querySelector('data-table .scroll')?.focus();
    else go(hash);
  }

  #key(event) {
    if (event.key === 'Escape') {
      this.options = [];
      return;
    }
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (!step || !this.options.length) return;
    event.preventDefault();
    this.chosen = (this.chosen + step + this.options.length) % this.options.length;
  }

  render() {
    const open = this.options.length > 0;
    return html`<form role="search" @submit=${this.#submit}>
      <label class="hidden" for="search"
        >Search: an address, a prefix, a network interface, a task, a name</label
      >
      <input
        id="search"
        type="search"
        autocomplete="off"
        spellcheck="false"
        placeholder="Address, prefix, ENI, task, service   ( / )"
        role="combobox"
        aria-expanded=${open ? 'true' : 'false'}
        aria-controls="found"
        aria-autocomplete="list"
        aria-activedescendant=${this.chosen >= 0 ? `found-${this.chosen}` : nothing}
        aria-describedby=${this.fault ? 'search-fault' : nothing}
        @input=${this.#typed}
        @keydown=${this.#key}
        @blur=${() => setTimeout(() => (this.options = []), 150)}
      />
      <ul id="found" role="listbox" aria-label="Found" ?hidden=${!open}>
        ${this.options.map(
          (option, i) =>
            html`<li
              id="found-${i}"
              role="option"
              aria-selected=${i === this.chosen ? 'true' : 'false'}
              @pointerdown=${() => this.#leave(option.hash)}
            >
              <small>${option.kind}</small> <bdi>${option.label}</bdi>
            </li>`,
        )}
      </ul>
      ${this.busy ? html`<p class="below" role="status">Looking…</p>` : nothing}
      ${this.fault
        ? html`<p class="below fault" id="search-fault" role="alert">${this.fault}</p>`
        : nothing}
    </form>`;
  }
}

customElements.define('search-box', SearchBox);
