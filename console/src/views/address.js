// Owns the view of an address: who has it, who had it, and what nobody can know.

import {html, nothing} from 'lit';
import {ApiError, ask} from '../api.js';
import {sortKey} from '../cidr.js';
import {unknownParts} from '../coverage.js';
import {endOf, heldNow, provenBy, provenEnd, settled} from '../holding.js';
import {hueOf} from '../hues.js';
import {RangedView} from '../ranged.js';
import {amend, toTask} from '../route.js';
import {clean, ownerOf, shortId} from '../text.js';
import {iso, millis, moment, now} from '../time.js';
import {empty} from '../parts/notice.js';
import {legend} from '../parts/time-line.js';
import {flagOf, neighbours, VERDICTS, verdictWords} from '../parts/verdict.js';
import {at, ownerLink, subnetLink, taskLink} from '../parts/words.js';

const HALF_DAY = 43_200_000;

class AddressView extends RangedView {
  question(route) {
    return JSON.stringify([super.question(route), route.query.subnetId]);
  }

  firstRange() {
    return super.firstRange(HALF_DAY);
  }

  async load(signal) {
    const [ip] = this.route.args;
    const {at: instant, subnetId} = this.route.query;
    this.advance();
    const {from, to} = this.asked;
    const place = {ip, ...(subnetId && {subnetId})};
    // Who has it now tells whether those of a past window still do.
    const lookups = [{...place, from, to}, ...(instant ? [place] : [])];
    const [answer, {results}] = await Promise.all([
      ask(['ips', ip], {at: instant, subnetId}, {signal}),
      ask(['lookups'], {}, {signal, body: {lookups}}),
    ]);
    const failed = results.find(({error}) => error);
    if (failed)
      throw new ApiError(400, 'Not answered', failed.error.detail ?? String(failed.error));
    return ended(answer, results[0], results[1] ?? answer, millis(to));
  }

  page({answer, result, windowTo}) {
    const asked = this.route.query.at;
    const records = new Map(
      [...result.holders, ...result.possible].map((record) => [record.taskArn, record]),
    );
    const [sign, word] = VERDICTS[answer.verdict];
    return html`
      <header class="title">
        <h1 tabindex="-1">
          <span class="ip">${answer.ip}</span>
          <span class="verdict ${answer.verdict}"
            ><span aria-hidden="true">${sign}</span> ${word}</span
          >
        </h1>
      </header>
      <div class="answer" aria-live="polite">
        ${verdictWords(answer, asked).map((line) => html`<p class="lead">${line}</p>`)}
      </div>
      ${this.#several(answer)} ${neighbours(answer)}
      <time-picker .at=${asked ? millis(asked) : null} .route=${this.route}></time-picker>
      <section class="card" aria-label="Time line">
        <time-line
          label="Who had ${answer.ip}, from ${moment(this.range.from)} to ${moment(this.range.to)}"
          .from=${this.range.from}
          .to=${this.range.to}
          .lanes=${this.#lanes(result.spans ?? [], records, windowTo)}
          .unknown=${unknownParts(answer.coverage, this.range.from, Math.min(this.range.to, now()))}
          .at=${millis(answer.at)}
          .flag=${flagOf(answer)}
          zone=${this.route.query.zone ?? ''}
          @range=${({detail}) => this.move(detail)}
          @moment=${({detail}) => amend({at: iso(detail)})}
        ></time-line>
        ${legend(html`<li><i class="key bare"></i>inside coverage: no task</li>`)}
        <p class="quiet hint">
          Click the picture to ask about another moment. Drag to move, Ctrl + wheel to zoom.
        </p>
      </section>
      ${this.#table(result, records)}
    `;
  }

  /** Offer to ask about one subnet alone, where several have had the address. */
  #several(answer) {
    const {subnetId} = this.route.query;
    if (subnetId) {
      return html`<p class="strip plain">
        Only <b>${clean(subnetId)}</b> is asked.
        <button type="button" @click=${() => amend({subnetId: ''})}>All subnets</button>
      </p>`;
    }
    const ids = new Set(
      [...answer.holders, ...answer.possible, ...answer.previous]
        .map((record) => record.subnetId)
        .filter(Boolean),
    );
    if (ids.size < 2) return nothing;
    return html`<p class="strip plain">
      Several subnets use this address, each for itself. Ask about one:
      ${[...ids].map(
        (id) =>
          html`<button type="button" @click=${() => amend({subnetId: id})}>${clean(id)}</button>`,
      )}
    </p>`;
  }

  #lanes(spans, records, windowTo) {
    const lanes = new Map();
    const order = [...records.keys()]; // neighbours of one service differ in shade
    for (const span of spans) {
      const record = records.get(span.taskArn);
      if (!record) continue;
      const id = record.subnetId ?? 'subnet not known';
      if (!lanes.has(id)) lanes.set(id, {label: `in ${clean(id)}`, bars: []});
      lanes
        .get(id)
        .bars.push(bar(span, record, windowTo, order.indexOf(span.taskArn) % 2 ? 'alt' : ''));
    }
    return lanes.size ? [...lanes.values()] : [{label: 'no task in this time', bars: []}];
  }

  #table(result, records) {
    if (!records.size)
      return empty(
        'No task is known in the time that is shown',
        'Zoom out, or look at another moment.',
      );
    const rows = [...records.values()];
    return html`<section>
      <div class="bar">
        <h2>Holders in the time shown</h2>
        <button type="button" @click=${() => this.querySelector('data-table').save('holders.csv')}>
          CSV
        </button>
      </div>
      <data-table
        class="short"
        label="Holders in the time shown"
        .rows=${rows}
        .columns=${HOLDERS.filter(({key}) => key !== 'address')}
        sort=${this.route.query.sort ?? '-from'}
        zone=${this.route.query.zone ?? ''}
        @sort=${({detail}) => amend({sort: detail})}
      ></data-table>
    </section>`;
  }
}

const LISTS = ['holders', 'possible', 'previous', 'next'];

/** Return what the page shows, with the end of each record as newer holders and `today` tell it. */
function ended(answer, result, today, windowTo) {
  const known = [answer, result, today].flatMap((one) => LISTS.flatMap((name) => one[name] ?? []));
  const end = (records) =>
    settled(records, known).map((record) =>
      provenBy(heldNow(record, today), result.spans ?? [], windowTo),
    );
  const whole = (one) =>
    Object.fromEntries(LISTS.filter((name) => one[name]).map((name) => [name, end(one[name])]));
  return {
    answer: {...answer, ...whole(answer)},
    result: {...result, ...whole(result)},
    windowTo,
  };
}

/** Return a span as a bar; what holds its address at the end of what was asked goes on to now. */
function bar(span, record, windowTo, shade) {
  const from = millis(span.from);
  const reaches = millis(span.to) >= windowTo && !endOf(record) && record.holds !== 'not';
  const to = reaches ? now() : millis(span.to);
  const kind = span.certain ? 'certain' : 'possible';
  const name = `${clean(ownerOf(record))} ${shortId(record.taskId)}`;
  const title = `${name}: ${span.certain ? 'certainly' : 'possibly'} ${moment(from)} to ${reaches ? 'now' : moment(to)}`;
  return {
    id: record.taskArn,
    from,
    to,
    kind,
    hue: `hue-${hueOf(ownerOf(record))} ${shade}`,
    label: name,
    title,
    href: toTask(record),
  };
}

const instantColumn = (key, label, value, more = {}) => ({
  key,
  label,
  value,
  cell: (record) => at(millis(value(record))),
  ...more,
});

/** Say of a record without an end whether it holds its address. */
function holding(record) {
  if (record.holds === 'not') return html`<span class="quiet">passed on since</span>`;
  return record.holds === 'possibly' || record.attachedAtEstimated
    ? html`<span class="quiet">may hold it</span>`
    : html`<span class="came">holds it</span>`;
}

export const HOLDERS = [
  instantColumn('from', 'From', (record) => record.attachedAt, {narrow: true}),
  instantColumn('until', 'Certainly until', provenEnd),
  {
    key: 'to',
    label: 'At the latest until',
    narrow: true,
    value: endOf,
    cell: (record) => (endOf(record) ? at(millis(endOf(record))) : holding(record)),
  },
  {key: 'service', label: 'Service', narrow: true, value: ownerOf, cell: ownerLink},
  {
    key: 'cluster',
    label: 'Cluster',
    value: (record) => record.cluster,
    cell: (record) => html`<bdi>${clean(record.cluster)}</bdi>`,
  },
  {
    key: 'taskId',
    label: 'Task',
    value: (record) => record.taskId,
    cell: (record) => taskLink(record),
  },
  {
    key: 'address',
    label: 'Address',
    value: (record) => record.privateIpv4Address ?? record.ipv6Address,
    order: (record) => sortKey(record.privateIpv4Address ?? record.ipv6Address),
    cell: (record) =>
      html`<span class="ip">${record.privateIpv4Address ?? record.ipv6Address ?? '–'}</span>`,
  },
  {
    key: 'subnetId',
    label: 'Subnet',
    value: (record) => record.subnetId,
    cell: (record) => subnetLink(record.subnetId),
  },
];

customElements.define('address-view', AddressView);
