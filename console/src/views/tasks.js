// Owns the view of all tasks: now, live, or as the map was at an instant.

import {html, nothing} from 'lit';
import {askAll} from '../api.js';
import {searching} from '../matching.js';
import {amend} from '../route.js';
import {remember} from '../search.js';
import {clean, count, plural} from '../text.js';
import {iso, millis, now} from '../time.js';
import {View} from '../view.js';
import {doubts} from '../parts/doubts.js';
import {empty} from '../parts/notice.js';
import {atTime} from '../parts/words.js';
import {CHANGE, COLUMNS, isRecent, RECENT} from './task-columns.js';

const FILTERS = [
  ['cluster', 'Cluster'],
  ['service', 'Service'],
  ['subnetId', 'Subnet'],
  ['lastStatus', 'Status'],
  ['addressState', 'Address state'],
  ['launchType', 'Launch type'],
];

class TasksView extends View {
  async load(signal, partial) {
    const {at: instant} = this.route.query;
    // The window's start brings those that just left; without it, they would merely be missing.
    const query = instant ? {at: instant} : {from: iso(now() - RECENT)};
    const page = await askAll(['tasks'], query, {
      signal,
      onPage: (so) => partial({...so, more: true}),
    });
    if (!instant) remember(page.items);
    return page;
  }

  every(data, took) {
    // One page is a thousand tasks: an estate of ten thousand is asked for every 30 seconds.
    return Math.max(super.every(data, took), 3000 * Math.ceil(data.items.length / 1000));
  }

  page(data) {
    const {query} = this.route;
    const recent = this.isLive && query.show === 'changes';
    const everything = data.items;
    const present = this.isLive ? everything.filter((record) => record.live) : everything;
    const changed = this.isLive ? everything.filter(isRecent) : [];
    const rows = this.#filtered(recent ? changed : present);
    return html`
      <h1 tabindex="-1" class="lead">${this.#sentence(present, changed, data)}</h1>
      <time-picker .at=${query.at ? millis(query.at) : null} .route=${this.route}></time-picker>
      ${query.at && data.coverage ? doubts(data.coverage, millis(query.at)) : nothing}
      ${this.#bar(present, changed, recent, rows)}
      ${rows.length || data.more
        ? this.#table(rows, recent)
        : this.#nothing(recent ? changed : present, recent)}
    `;
  }

  #sentence(present, changed, data) {
    const held = present.filter((record) => record.addressState === 'held').length;
    const clusters = new Set(present.map((record) => record.clusterArn)).size;
    if (data.more) return html`${count(present.length)} tasks so far…`;
    if (!this.isLive) {
      return html`${atTime(millis(this.route.query.at), true)} there were
      ${plural(present.length, 'task')} in ${plural(clusters, 'cluster')}.`;
    }
    const came = changed.filter((record) => record.live).length;
    const went = changed.length - came;
    return html`${plural(present.length, 'task')} in ${plural(clusters, 'cluster')} now,
      ${count(held)} with an address.
      <span class="quiet"
        >In the last 5 minutes, ${count(came)} appeared and ${count(went)} left.</span
      >`;
  }

  #filtered(records) {
    const {query} = this.route;
    const matches = searching(query.q ?? '');
    const chosen = FILTERS.filter(([key]) => query[key]);
    return records.filter(
      (record) => chosen.every(([key]) => String(record[key]) === query[key]) && matches(record),
    );
  }

  #bar(present, changed, recent, rows) {
    return html`<div class="bar">
      ${this.isLive ? this.#tabs(present, changed, recent) : nothing}
      ${FILTERS.map(([key, label]) => this.#filter(present, key, label))} ${this.#columnChoice()}
      <button type="button" @click=${() => this.querySelector('data-table')?.save('tasks.csv')}>
        CSV
      </button>
      <output class="quiet" aria-live="polite"
        >${rows.length === present.length ? '' : `${count(rows.length)} shown`}</output
      >
    </div>`;
  }

  #tabs(present, changed, recent) {
    const tab = (on, label, show) =>
      html`<button
        type="button"
        aria-pressed=${on ? 'true' : 'false'}
        @click=${() => amend({show, sort: ''})}
      >
        ${label}
      </button>`;
    return html`<span class="buttons" role="group" aria-label="Which tasks">
      ${tab(!recent, `All now ${count(present.length)}`, '')}
      ${tab(recent, `Changed in the last 5 min ${count(changed.length)}`, 'changes')}
    </span>`;
  }

  #filter(records, key, label) {
    const chosen = this.route.query[key] ?? '';
    const numbers = new Map();
    for (const record of records) numbers.set(record[key], (numbers.get(record[key]) ?? 0) + 1);
    const options = [...numbers.keys()].filter((value) => value !== null).sort();
    if (options.length < 2 && !chosen) return nothing;
    if (chosen && !options.includes(chosen)) options.push(chosen);
    return html`<label class="filter ${chosen ? 'on' : ''}"
      ><span>${label}</span>
      <select @change=${({target}) => amend({[key]: target.value})}>
        <option value="" ?selected=${!chosen}>all</option>
        ${options.map(
          (value) =>
            html`<option value=${value} ?selected=${value === chosen}>
              ${clean(value)} (${count(numbers.get(value) ?? 0)})
            </option>`,
        )}
      </select></label
    >`;
  }

  get #columns() {
    const chosen = this.route.query.columns?.split(',');
    return COLUMNS.filter(({key, extra}) => (chosen ? chosen.includes(key) : !extra));
  }

  #columnChoice() {
    const on = new Set(this.#columns.map(({key}) => key));
    const flip = (key) => {
      if (!on.delete(key)) on.add(key);
      amend({columns: [...on].join(',')});
    };
    return html`<details class="menu">
      <summary>Columns</summary>
      <div>
        ${COLUMNS.map(
          ({key, label}) =>
            html`<label
              ><input
                type="checkbox"
                .checked=${on.has(key)}
                @change=${() => flip(key)}
              />${label}</label
            >`,
        )}
      </div>
    </details>`;
  }

  #table(rows, recent) {
    const columns = recent ? [CHANGE, ...this.#columns] : this.#columns;
    const sort = this.route.query.sort ?? (recent ? 'change' : 'address');
    return html`<data-table
      label="Tasks"
      .rows=${rows}
      .columns=${columns}
      sort=${sort}
      zone=${this.route.query.zone ?? ''}
      .rowClass=${(record) => (!this.isLive || recent ? '' : isRecent(record) ? 'fresh' : '')}
      @sort=${({detail}) => amend({sort: detail})}
    ></data-table>`;
  }

  #nothing(all, recent) {
    if (recent && !all.length)
      return empty('Nothing changed in the last 5 minutes', 'No task appeared, and none left.');
    if (all.length)
      return empty('No task matches', 'Search for less, or set the filters back to “all”.');
    if (!this.isLive)
      return empty(
        'No task is known of that time',
        'See above whether the inventory could have known.',
      );
    return empty(
      'No tasks yet',
      'Tasks appear here seconds after ECS starts them, and all that run already after the first sweep.',
    );
  }
}

customElements.define('tasks-view', TasksView);
