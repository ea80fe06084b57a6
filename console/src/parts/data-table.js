// Owns the table that stays fast with ten thousand rows: only the rows in sight are in the page.

import {html, LitElement, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {csvOf, download} from '../csv.js';
import {place} from './place.js';

const ROW = 34; // pixels; the style sheet makes every row exactly as high
const SPARE = 6; // rows kept ready above and below what is in sight
const PRIMARY = window.matchMedia('(max-width: 640px)');

/**
 * <data-table .rows .columns .rowKey .rowClass .sort .label>
 *
 * A column is {key, label, value(row), cell(row), order(row)?, narrow?}: `value` goes into the CSV,
 * `order` (or `value`) sorts, `narrow` columns are those that a telephone has room for. A click on
 * a heading fires "sort" with "key" or "-key".
 */
class DataTable extends LitElement {
  static properties = {
    rows: {attribute: false},
    columns: {attribute: false},
    rowKey: {attribute: false},
    rowClass: {attribute: false},
    sort: {},
    label: {},
    zone: {},
    first: {state: true},
    height: {state: true},
    active: {state: true},
  };

  constructor() {
    super();
    Object.assign(this, {
      rows: [],
      columns: [],
      first: 0,
      height: 800,
      active: null,
      cell: 0,
      sort: '',
    });
    this.rowKey = (row) => row.taskArn;
    this.rowClass = () => '';
    this.sorted = [];
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.resizing = new ResizeObserver(([entry]) => {
      this.height = entry.contentRect.height;
    });
    this.narrowing = () => this.requestUpdate();
    PRIMARY.addEventListener('change', this.narrowing);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resizing.disconnect();
    PRIMARY.removeEventListener('change', this.narrowing);
  }

  firstUpdated() {
    this.resizing.observe(this.#box);
  }

  get #box() {
    return this.querySelector('.scroll');
  }

  willUpdate(changed) {
    if (!changed.has('rows') && !changed.has('sort')) return;
    this.#keepPlace(changed.has('rows') && !changed.has('sort'));
  }

  /** Sort anew, and remember which row must not move under the reader's eyes. */
  #keepPlace(hold) {
    const box = this.#box;
    const top = box ? Math.floor(box.scrollTop / ROW) : 0;
    // The row with the focus, else the first in sight; at the very top, new rows may push.
    const focused = this.contains(document.activeElement) ? this.active : null;
    const anchor = focused ?? (top > 0 && this.sorted[top] ? this.rowKey(this.sorted[top]) : null);
    const before = anchor === null ? -1 : this.#indexOf(anchor);
    this.sorted = sortRows(this.rows, this.columns, this.sort);
    this.shift = 0;
    if (!hold || before < 0) return;
    const after = this.#indexOf(anchor);
    if (after >= 0) this.shift = (after - before) * ROW;
  }

  #indexOf(key) {
    return this.sorted.findIndex((row) => this.rowKey(row) === key);
  }

  updated(changed) {
    if (this.shift) this.#box.scrollTop += this.shift;
    // The tab key passes through the active row alone; arrows lead to the others.
    for (const link of this.querySelectorAll('tbody a')) {
      link.tabIndex = link.closest('tr').classList.contains('active') ? 0 : -1;
    }
    // To ask where the box stands makes the browser lay it out: not after each step of a scroll.
    if (this.shift || changed.has('rows') || changed.has('sort')) this.#look();
    this.shift = 0;
  }

  #look() {
    this.first = Math.max(0, Math.floor(this.#box.scrollTop / ROW) - SPARE);
  }

  #move(event) {
    const steps = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 15,
      PageUp: -15,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || !this.sorted.length) return;
    event.preventDefault();
    const from = this.active === null ? -1 : this.#indexOf(this.active);
    const to = Math.min(this.sorted.length - 1, Math.max(0, from + step));
    this.#activate(to);
  }

  /** Bring a row into sight and put the focus on its link. */
  async #activate(index) {
    const box = this.#box;
    const head = box.querySelector('thead').offsetHeight;
    const top = index * ROW;
    if (top < box.scrollTop) box.scrollTop = top;
    const bottom = top + ROW + head - box.clientHeight;
    if (bottom > box.scrollTop) box.scrollTop = bottom;
    this.active = this.rowKey(this.sorted[index]);
    this.#look();
    await this.updateComplete;
    const row = this.querySelector('tr.active');
    const link = row?.cells[this.cell]?.querySelector('a') ?? row?.querySelector('a');
    const {cell} = this; // a row without a link there must not change the column
    (link ?? box).focus({preventScroll: true});
    this.cell = cell;
  }

  #entered(event) {
    const key = event.target.closest('tr[data-key]')?.dataset.key;
    if (!key) return;
    this.active = key;
    this.cell = event.target.closest('td')?.cellIndex ?? 0;
  }

  #sortBy(column) {
    const next = this.sort === column.key ? `-${column.key}` : column.key;
    this.dispatchEvent(new CustomEvent('sort', {detail: next}));
  }

  /** Save what is shown: these rows, in this order, with these columns. */
  save(name) {
    download(name, csvOf(this.columns, this.sorted));
  }

  render() {
    const columns = PRIMARY.matches ? this.columns.filter((column) => column.narrow) : this.columns;
    const shown = Math.ceil(this.height / ROW) + 2 * SPARE;
    const last = Math.min(this.sorted.length, this.first + shown);
    const rows = this.sorted.slice(this.first, last);
    // Without an active row, the first one in sight is where the tab key leads.
    const active = this.active ?? (rows[0] && this.rowKey(rows[0]));
    return html`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label=${this.label}
      @scroll=${this.#look}
      @keydown=${this.#move}
      @focusin=${this.#entered}
    >
      <table aria-rowcount=${this.sorted.length + 1} ${place({'--columns': columns.length})}>
        <thead>
          <tr>
            ${columns.map((column) => this.#heading(column))}
          </tr>
        </thead>
        <tbody>
          ${gap(this.first, columns.length)}
          ${repeat(rows, this.rowKey, (row, i) => this.#row(row, this.first + i, columns, active))}
          ${gap(this.sorted.length - last, columns.length)}
        </tbody>
      </table>
    </div>`;
  }

  #heading(column) {
    const ascending = this.sort === column.key;
    const descending = this.sort === `-${column.key}`;
    return html`<th
      scope="col"
      class=${column.key}
      aria-sort=${ascending ? 'ascending' : descending ? 'descending' : nothing}
    >
      <button type="button" @click=${() => this.#sortBy(column)}>
        ${column.label}<span aria-hidden="true">${ascending ? ' ↑' : descending ? ' ↓' : ''}</span>
      </button>
    </th>`;
  }

  #row(row, index, columns, active) {
    const key = this.rowKey(row);
    const isActive = key === active;
    return html`<tr
      data-key=${key}
      aria-rowindex=${index + 2}
      class="${this.rowClass(row)} ${isActive ? 'active' : ''}"
    >
      ${columns.map((column) => html`<td class=${column.key}>${column.cell(row)}</td>`)}
    </tr>`;
  }
}

/** Return an empty row as high as so many rows that are not in the page. */
function gap(rows, columns) {
  if (rows <= 0) return nothing;
  return html`<tr aria-hidden="true" class="gap">
    <td colspan=${columns} ${place({height: `${rows * ROW}px`})}></td>
  </tr>`;
}

/** Return the rows in order; each is asked only once for what it sorts by. */
export function sortRows(rows, columns, sort) {
  const down = sort.startsWith('-');
  const column = columns.find(({key}) => key === sort.replace(/^-/, ''));
  if (!column) return rows;
  const order = column.order ?? column.value;
  const keyed = rows.map((row) => ({row, key: order(row)}));
  keyed.sort((a, b) => compare(a.key, b.key, down));
  return keyed.map(({row}) => row);
}

/** Compare two values of a column; what is not there stands last in both directions. */
function compare(a, b, down) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return a < b === down ? 1 : -1;
}

customElements.define('data-table', DataTable);
