// Owns the picture of a subnet: one cell an address, or one tile a /24.

import {html, LitElement, nothing} from 'lit';
import {toAddress} from '../route.js';
import {clean, count, plural, shortId} from '../text.js';
import {ago, duration, millis, moment} from '../time.js';
import {place} from './place.js';
import {when, taskWords} from './words.js';

/** <address-grid .cells .classes .instant .at>: classes is name of service → colour. */
class AddressGrid extends LitElement {
  static properties = {
    cells: {attribute: false},
    classes: {attribute: false},
    instant: {attribute: false},
    at: {attribute: false},
    only: {attribute: false},
    zone: {},
    active: {state: true},
  };

  constructor() {
    super();
    Object.assign(this, {cells: [], active: null, only: null});
  }

  createRenderRoot() {
    return this;
  }

  get #perRow() {
    return this.cells.length > 256 ? 32 : 16;
  }

  #move(event) {
    const perRow = getComputedStyle(this.querySelector('.grid')).gridTemplateColumns.split(
      ' ',
    ).length;
    const steps = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow};
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const links = [...this.querySelectorAll('.cell a')];
    const next = links[links.indexOf(event.target.closest('a')) + step];
    next?.focus();
  }

  render() {
    if (!this.cells.length) return nothing;
    const rows = [];
    for (let i = 0; i < this.cells.length; i += this.#perRow)
      rows.push(this.cells.slice(i, i + this.#perRow));
    const active = this.cells.find(({ip}) => ip === this.active) ?? null;
    return html`<div
        class="grid ${this.#perRow === 32 ? 'fine' : ''}"
        role="grid"
        aria-label="Addresses of the subnet"
        @keydown=${this.#move}
      >
        ${rows.map(
          (row) =>
            html`<div role="row">
              ${row.map((cell, i) =>
                this.#cell(cell, active ? cell === active : cell === this.cells[0], i),
              )}
            </div>`,
        )}
      </div>
      <p class="detail" aria-live="polite">
        ${active
          ? detail(active, this.instant)
          : html`<span class="quiet"
              >Point at a cell, or move with the arrow keys, to read who has it.</span
            >`}
      </p>`;
  }

  #cell(cell, reachable) {
    const owner = cell.row?.service ?? cell.record?.service ?? null;
    const hue =
      cell.state === 'held' || cell.state === 'possible'
        ? (this.classes.get(owner) ?? 'hue-x')
        : '';
    const dim = this.only !== null && !(hue && owner === this.only) ? 'dim' : '';
    const enter = () => {
      this.active = cell.ip;
    };
    return html`<div
      role="gridcell"
      class="cell ${cell.state} ${hue} ${cell.changed ? 'changed' : ''} ${dim}"
    >
      <a
        href=${toAddress(cell.ip, {at: this.at})}
        tabindex=${reachable ? 0 : -1}
        aria-label=${spoken(cell)}
        @focus=${enter}
        @pointerenter=${enter}
        >${cell.ip.split('.')[3]}</a
      >
    </div>`;
  }
}

export const SAY = {
  held: 'held',
  possible: 'possibly held',
  released: 'released within the hour',
  none: 'no task',
  unknown: 'unknown',
  aws: 'kept by AWS',
};

/** Return a cell as a screen reader says it. */
function spoken(cell) {
  const owner = cell.row ?? cell.record;
  const service = owner?.service ? ` by ${clean(owner.service)}` : '';
  return `${cell.ip}, ${SAY[cell.state]}${owner ? service : ''}${cell.changed ? ', just changed' : ''}`;
}

/** Return a cell as a sentence. */
function detail(cell, instant) {
  const ip = html`<b class="ip">${cell.ip}</b>`;
  if (cell.state === 'aws')
    return html`${ip} is kept by AWS: the first four addresses of a subnet, and the last.`;
  if (cell.state === 'unknown')
    return html`${ip}: nobody can tell. No task is known, and this time is not covered.`;
  if (cell.state === 'none')
    return html`${ip}: no task. It may belong to an instance, a load balancer or a database.`;
  const holder = cell.record ? taskWords(cell.record) : rowWords(cell.row);
  if (cell.state === 'released') {
    const end = millis(cell.record.releasedAt);
    return html`${ip} was released ${when(end)} (${duration(instant - end)} before) by ${holder}.`;
  }
  const since = cell.row.attachedAt ? html`, since ${when(millis(cell.row.attachedAt))}` : nothing;
  return html`${ip} is ${cell.state === 'possible' ? 'possibly held' : 'held'} by ${holder}${since}.`;
}

const rowWords = (row) =>
  `task ${shortId(row.taskArn.split('/').pop())}, ${clean(row.service ?? 'no service')} of cluster ${clean(row.cluster)}`;

/** Return the tiles of a large subnet; `open` gives the address of the view of one /24. */
export function tiles(list, open) {
  return html`<ul class="tiles" aria-label="The /24s of the subnet">
    ${list.map(
      (block) =>
        html`<li class=${block.changed ? 'changed' : ''}>
          <a
            href=${open(block.prefix)}
            aria-label="${block.prefix.replace(
              '.0/24',
              '',
            )} ${block.held} held, ${block.released} just released, ${block.changed} changed in the last 5 minutes"
          >
            <span class="ip">${block.prefix.split('.')[2]}</span>
            <b>${block.held ? count(block.held) : ''}</b>
            <span class="meter"
              ><i class="held" ${place({width: `${(100 * block.held) / block.usable}%`})}></i
              ><i
                class="possible"
                ${place({width: `${(100 * block.possible) / block.usable}%`})}
              ></i
              ><i
                class="released"
                ${place({width: `${(100 * block.released) / block.usable}%`})}
              ></i
            ></span>
          </a>
        </li>`,
    )}
  </ul>`;
}

/** Return "3 changed in the last 5 minutes: …", newest first. */
export function changes(found, instant, shownAt) {
  const list = [...found]
    .filter(([, {changed}]) => changed)
    .map(([ip, cell]) => ({
      ip,
      ...cell,
      ms: millis(cell.state === 'released' ? cell.record.releasedAt : cell.row.attachedAt),
    }));
  list.sort((a, b) => b.ms - a.ms);
  if (!list.length) return html`<p class="quiet">Nothing changed in the 5 minutes before.</p>`;
  return html`<p><b>${plural(list.length, 'change')} in the 5 minutes before:</b></p>
    <ul class="changes">
      ${list.slice(0, 8).map((cell) => {
        const owner = cell.row ?? cell.record;
        return html`<li class=${cell.state}>
          <a class="ip" href=${toAddress(cell.ip, {at: shownAt})}>${cell.ip}</a> ${cell.state ===
          'released'
            ? 'released by'
            : 'given to'} <bdi>${clean(owner.service ?? 'a task without service')}</bdi>
          <span class="quiet">${shownAt ? `at ${moment(cell.ms)}` : ago(cell.ms)}</span>
        </li>`;
      })}
    </ul>
    ${list.length > 8 ? html`<p class="quiet">and ${count(list.length - 8)} more</p>` : nothing}`;
}

customElements.define('address-grid', AddressGrid);
