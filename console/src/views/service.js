// Owns the view of a service: its tasks and addresses over time.

import {html, nothing} from 'lit';
import {askAll} from '../api.js';
import {sortKey} from '../cidr.js';
import {unknownParts} from '../coverage.js';
import {endOf, provenEnd, settled} from '../holding.js';
import {hueOf} from '../hues.js';
import {RangedView} from '../ranged.js';
import {amend, link, toTask} from '../route.js';
import {clean, count, ownerOf, plural, shortId} from '../text.js';
import {iso, millis, moment, now} from '../time.js';
import {doubts} from '../parts/doubts.js';
import {empty} from '../parts/notice.js';
import {legend} from '../parts/time-line.js';
import {atTime, when} from '../parts/words.js';
import {HOLDERS} from './address.js';

const DRAWN = 60; // addresses drawn; the table lists all
const MOST = 20_000; // records read

const COLUMNS = HOLDERS.filter(({key}) => key !== 'service' && key !== 'cluster').map((column) =>
  column.key === 'address' ? {...column, narrow: true} : column,
);

const ipOf = (record) => record.privateIpv4Address ?? record.ipv6Address ?? 'no address';

class ServiceView extends RangedView {
  async load(signal, partial) {
    this.advance();
    const [cluster, service] = this.route.args;
    const onPage = (page) => partial({...ended(page), complete: false});
    const path = ['services', cluster, service, 'history'];
    return ended(await askAll(path, this.asked, {signal, onPage, most: MOST}));
  }

  page({items, coverage, complete}) {
    const [cluster, service] = this.route.args;
    const {query} = this.route;
    const instant = query.at ? millis(query.at) : now();
    // Only of a moment in sight is it known who was there.
    const isInSight = instant >= this.range.from && instant <= this.range.to;
    const there = plural(items.filter((record) => holds(record, instant)).length, 'task');
    return html` <header class="title">
        <h1 tabindex="-1">
          <bdi>${clean(service)}</bdi>
          <small class="quiet"
            >service of cluster
            <a href=${link(['tasks'], {cluster})}><bdi>${clean(cluster)}</bdi></a></small
          >
        </h1>
      </header>
      <p class="lead">
        ${isInSight
          ? html`${query.at ? html`${atTime(instant, true)} it had` : 'It has'}
              <strong>${there} with an address</strong>${query.at ? '' : ' now'}.`
          : nothing}
        <span class="quiet"
          >${plural(items.length, 'task')} on
          ${plural(new Set(items.map(ipOf)).size, 'address', 'addresses')} from
          ${when(this.range.from)} to ${this.range.to > now() ? 'now' : when(this.range.to)}.</span
        >
      </p>
      <time-picker .at=${query.at ? instant : null} .route=${this.route}></time-picker>
      ${query.at ? doubts(coverage, instant) : nothing}
      ${complete === false && items.length >= MOST
        ? html`<p class="strip">Only ${count(MOST)} tasks were read. Zoom in to see the others.</p>`
        : nothing}
      <section class="card" aria-label="Time line">
        <time-line
          dense
          label="Tasks of ${clean(service)} by address"
          .from=${this.range.from}
          .to=${this.range.to}
          .counts=${counts(items, this.range)}
          .lanes=${lanes(items, query.at)}
          .unknown=${unknownParts(coverage, this.range.from, Math.min(this.range.to, now()))}
          .at=${query.at ? instant : null}
          .flag=${{verdict: 'held', text: there}}
          zone=${query.zone ?? ''}
          @range=${({detail}) => this.move(detail)}
          @moment=${({detail}) => amend({at: iso(detail)})}
        ></time-line>
        ${legend()}
      </section>
      ${items.length
        ? this.#table(items)
        : empty(
            'No task of this service had an address in the time shown',
            'Zoom out, or look at another time.',
          )}`;
  }

  #table(items) {
    return html`<section>
      <div class="bar">
        <h2>Tasks in the time shown</h2>
        <button type="button" @click=${() => this.querySelector('data-table').save('service.csv')}>
          CSV
        </button>
      </div>
      <data-table
        class="short"
        label="Tasks in the time shown"
        .rows=${items}
        .columns=${COLUMNS}
        sort=${this.route.query.sort ?? '-from'}
        zone=${this.route.query.zone ?? ''}
        @sort=${({detail}) => amend({sort: detail})}
      ></data-table>
    </section>`;
  }
}

/** Return the list with the ends that its own tasks prove: one that took another's address. */
const ended = (page) => ({...page, items: settled(page.items)});

/** Tell whether the task certainly or possibly had its address at an instant. */
const holds = (record, instant) =>
  record.attachedAt !== null &&
  millis(record.attachedAt) <= instant &&
  (endOf(record) === null || millis(endOf(record)) > instant);

/** Return the bars, a row an address; addresses that were never used at once share a row. */
function lanes(items, at) {
  const newest = [...items].sort((a, b) => millis(b.attachedAt) - millis(a.attachedAt));
  const kept = new Set(newest.map(ipOf).slice(0, 5000));
  const chosen = [...kept]
    .slice(0, DRAWN)
    .sort((a, b) => ((sortKey(a) ?? '') < (sortKey(b) ?? '') ? -1 : 1));
  const known = new Map(chosen.map((ip) => [ip, 0]));
  const bars = newest
    .reverse()
    .filter((record) => known.has(ipOf(record)))
    .flatMap((record) => {
      const turn = known.get(ipOf(record)); // neighbours on one address differ in shade
      known.set(ipOf(record), turn + 1);
      return life(record, turn % 2 ? 'alt' : '', at);
    });
  const label =
    kept.size > chosen.length
      ? `the ${DRAWN} addresses used last, of ${count(kept.size)}`
      : 'each address with its tasks';
  return [{label, bars}];
}

/** Return the possible and certain parts of a task's hold on its address. */
function life(record, shade, at) {
  if (!record.attachedAt) return [];
  const end = millis(endOf(record)) ?? now();
  const first = millis(record.attachedAt);
  const last = record.attachedAtEstimated ? first : (millis(provenEnd(record)) ?? end);
  const parts = [
    [millis(record.attachedNotBefore) ?? first, first, 'possible'],
    [first, last, 'certain'],
    [last, end, 'possible'],
  ];
  return parts
    .filter(([from, to]) => from < to)
    .map(([from, to, kind]) => ({
      id: ipOf(record),
      from,
      to,
      kind,
      hue: `hue-${hueOf(ownerOf(record))} ${shade}`,
      href: toTask(record, {at}),
      label: kind === 'certain' ? `${ipOf(record)} ${shortId(record.taskId)}` : '',
      title: `${ipOf(record)} ${shortId(record.taskId)}: ${kind === 'certain' ? 'certainly' : 'possibly'} ${moment(from)} to ${endOf(record) || to < now() - 1000 ? moment(to) : 'now'}`,
    }));
}

/** Return how many tasks had an address, as steps over the range: [{ms, n}]. */
function counts(items, {from, to}) {
  const steps = new Map([
    [from, 0],
    [Math.min(to, now()), 0],
  ]);
  const add = (ms, n) => steps.set(ms, (steps.get(ms) ?? 0) + n);
  for (const record of items) {
    if (!record.attachedAt || millis(record.attachedAt) >= to) continue;
    add(Math.max(from, millis(record.attachedAt)), 1);
    const end = millis(endOf(record));
    if (end && end < to) add(Math.max(from, end), -1);
  }
  let n = 0;
  return [...steps].sort((a, b) => a[0] - b[0]).map(([ms, change]) => ({ms, n: (n += change)}));
}

customElements.define('service-view', ServiceView);
