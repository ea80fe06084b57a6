// Owns the view of a subnet: how full it is, now or at an instant, address by address.

import {html, nothing} from 'lit';
import {ApiError, ask, askAddresses, askAll} from '../api.js';
import {ipv4Prefix} from '../cidr.js';
import {blockOf, blocks, cells, LARGEST, RELEASED_WITHIN, states, tally} from '../grid.js';
import {unknownParts} from '../coverage.js';
import {hues} from '../hues.js';
import {amend, toSubnet} from '../route.js';
import {clean, count, percent, plural} from '../text.js';
import {iso, millis, now, stamp} from '../time.js';
import {View} from '../view.js';
import {changes, tiles} from '../parts/address-grid.js';
import {csvButton} from '../parts/csv-button.js';
import {sortRows} from '../parts/data-table.js';
import {doubts} from '../parts/doubts.js';
import {empty} from '../parts/notice.js';
import {gridLegend} from '../parts/grid-legend.js';
import {atTime} from '../parts/words.js';
import {addressColumns, BLOCKS} from './subnet-columns.js';

const REACHES = [
  ['1 h', 3_600_000],
  ['6 h', 21_600_000],
  ['1 day', 86_400_000],
  ['7 days', 604_800_000],
];
const STEPS = 240; // places of the slider

class SubnetView extends View {
  static properties = {reach: {state: true}, sliding: {state: true}, only: {state: true}};

  constructor() {
    super();
    Object.assign(this, {reach: 86_400_000, sliding: null, only: null});
    this.colours = new Map(); // a service keeps its colour while the slider moves
    this.past = new Map(); // what was already asked about instants does not change while one looks
  }

  willUpdate(changed) {
    if (changed.has('route') && changed.get('route')?.args[0] !== this.route.args[0])
      this.past.clear();
    super.willUpdate(changed);
  }

  async load(signal) {
    const {at} = this.route.query;
    const key = at ?? '';
    if (this.past.has(key)) return this.past.get(key);
    const [subnetId] = this.route.args;
    const instant = at ? millis(at) : now();
    const window = {from: iso(instant - RELEASED_WITHIN), ...(at && {to: at})};
    const [subnet, rows, {items}, {coverage}] = await Promise.all([
      this.#facts(subnetId, signal),
      askAddresses({subnetId, at}, {signal}),
      askAll(['tasks'], {subnetId, ...window}, {signal}),
      ask(['status'], {}, {signal}),
    ]);
    if (!subnet && !rows.length && !items.length) {
      throw new ApiError(404, 'Not known', `No task was ever seen in ${subnetId}.`);
    }
    const [found, sixes] = ['privateIpv4Address', 'ipv6Address'].map((field) =>
      states(rows, items, instant, field),
    );
    const answer = {subnet, found, sixes, coverage, instant, at};
    if (at) this.past.set(key, answer);
    return answer;
  }

  /** Return the facts of the subnet, which do not change once they have been looked up. */
  async #facts(subnetId, signal) {
    if (this.subnet?.subnetId !== subnetId || !isLookedUp(this.subnet)) {
      this.subnet = await findSubnet(subnetId, signal);
    }
    return this.subnet;
  }

  page(data) {
    const [id] = this.route.args;
    const {subnet, found, sixes, coverage, instant, at} = data;
    const classes = this.#classes(found);
    return html` <header class="title">
        <h1 tabindex="-1">
          <span class="id">${clean(id)}</span>
          <small class="quiet"
            >${subnet?.ipv4Cidr ?? ''} ${subnet?.ipv6Cidrs?.join(' ') ?? ''}
            ${subnet?.availabilityZone ?? ''} ${subnet?.vpcId ?? ''}</small
          >
        </h1>
      </header>
      <p class="lead" aria-live="polite">${sentence(data, this.#rest(data))}</p>
      <time-picker .at=${at ? millis(at) : null} .route=${this.route}></time-picker>
      ${this.#slider()} ${at ? doubts(coverage, instant) : nothing}
      <div class="beside">
        <div class="cards">${this.#picture(classes, data)}</div>
        <aside>
          ${subnet?.ipv4Cidr
            ? gridLegend(found, {
                classes,
                tiled: this.#isTiled(subnet),
                rest: this.#rest(data),
                only: this.only,
                choose: (name) => (this.only = this.only === name ? null : name),
              })
            : nothing}
          <section aria-label="What changed">
            ${changes([...found, ...alone(sixes)], instant, at)}
          </section>
        </aside>
      </div>`;
  }

  /** Give the services of the subnet their colours, those with most addresses first. */
  #classes(found) {
    const numbers = new Map();
    for (const {row} of found.values())
      if (row) numbers.set(row.service, (numbers.get(row.service) ?? 0) + 1);
    const names = [...numbers].sort((a, b) => b[1] - a[1]).map(([name]) => name);
    return hues(
      names.filter((name) => name !== null),
      this.colours,
    );
  }

  #slider() {
    const newest = now();
    const at = this.sliding ?? (this.route.query.at ? millis(this.route.query.at) : newest);
    const reach = Math.max(this.reach, newest - at > this.reach ? newest - at : 0);
    const value = Math.round(STEPS - ((newest - at) / reach) * STEPS);
    const instantOf = ({target}) =>
      Number(target.value) === STEPS
        ? null
        : Math.round(newest - ((STEPS - target.value) / STEPS) * reach);
    return html`<div class="slider">
      <label for="slide">Through time</label>
      <input
        id="slide"
        type="range"
        min="0"
        max=${STEPS}
        .value=${String(value)}
        aria-valuetext=${value === STEPS ? 'now' : stamp(at)}
        @input=${(event) => this.#slide(instantOf(event))}
      />
      <output for="slide">${value === STEPS ? 'now' : stamp(at)}</output>
      <span class="buttons" role="group" aria-label="How far the slider reaches"
        >${REACHES.map(
          ([label, ms]) =>
            html`<button
              type="button"
              aria-pressed=${this.reach === ms ? 'true' : 'false'}
              @click=${() => (this.reach = ms)}
            >
              ${label}
            </button>`,
        )}</span
      >
    </div>`;
  }

  /** Move the slider at once, and ask when it rests. */
  #slide(instant) {
    this.sliding = instant ?? now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.sliding = null;
      amend({at: instant === null ? '' : iso(instant)});
    }, 150);
  }

  #picture(classes, data) {
    const {subnet, found, sixes} = data;
    if (subnet?.ipv4Cidr)
      return html`<section class="card" aria-label="IPv4 addresses">
          ${this.#isTiled(subnet) ? this.#tiles(data) : this.#cells(classes, data)}
        </section>
        ${sixes.size ? this.#list('IPv6 addresses', sixes, data) : nothing}`;
    if (!isLookedUp(subnet) && !found.size && !sixes.size)
      return empty(
        'No address is known here',
        'The prefix of this subnet has not been looked up yet.',
      );
    if (!isLookedUp(subnet))
      return html`<p class="quiet">
          The prefix of this subnet is not known yet, so only addresses with a task are listed.
        </p>
        ${this.#list('Addresses', new Map([...found, ...sixes]), data)}`;
    return sixes.size
      ? this.#list('IPv6 addresses', sixes, data)
      : empty(
          'No task has an address here',
          'This subnet has IPv6 addresses alone, too many to draw: those with a task are listed.',
        );
  }

  #tiles({subnet: {subnetId, ipv4Cidr}, found, at}) {
    const list = blocks(ipv4Cidr, found);
    const {block} = this.route.query;
    return html`<div class="bar">
        <b class="ip">${ipv4Cidr}</b>
        ${csvButton('subnet.csv', BLOCKS, () => list)}
      </div>
      ${block
        ? html`<p class="strip plain">
            There is no /24 <b>${clean(block)}</b> here: all of ${ipv4Cidr} is shown.
          </p>`
        : nothing}
      <p class="quiet">
        Each tile is a /24, named by its third number:
        ${ipv4Cidr.split('.').slice(0, 2).join('.')}.<b>x</b>.0. The bold number is how many of its
        addresses tasks hold. Open one to see them.
      </p>
      ${tiles(list, (prefix) => toSubnet(subnetId, {at, block: prefix}))}`;
  }

  #cells(classes, data) {
    const {subnet, found, instant, at} = data;
    const block = this.#block(subnet);
    const list = cells(block ?? subnet.ipv4Cidr, subnet.ipv4Cidr, found, this.#rest(data));
    return html`<div class="bar">
        ${block
          ? html`<a href=${toSubnet(subnet.subnetId, {at})}>← all of ${subnet.ipv4Cidr}</a>`
          : nothing}
        <b class="ip">${block ?? subnet.ipv4Cidr}</b>
        ${csvButton('subnet.csv', addressColumns(at), () => list)}
      </div>
      <address-grid
        .cells=${list}
        .classes=${classes}
        .instant=${instant}
        .at=${at}
        .only=${this.only}
        zone=${this.route.query.zone ?? ''}
      ></address-grid>`;
  }

  /** List addresses one by one: those with a task, where there are too many others to draw. */
  #list(title, found, {at}) {
    const rows = [...found].map(([ip, cell]) => ({...cell, ip}));
    const columns = addressColumns(at);
    const {sort = 'address'} = this.route.query;
    return html`<section>
      <div class="bar">
        <h2>${title}</h2>
        ${csvButton('addresses.csv', columns, () => sortRows(rows, columns, sort), title)}
      </div>
      <data-table
        class="short long-addresses"
        label=${title}
        .rows=${rows}
        .columns=${columns}
        .rowKey=${(row) => row.ip}
        .rowClass=${(row) => (row.changed ? 'fresh' : '')}
        sort=${sort}
        zone=${this.route.query.zone ?? ''}
        @sort=${({detail}) => amend({sort: detail})}
      ></data-table>
    </section>`;
  }

  /** Return the /24 that the address names, of a subnet that is drawn by /24s; else null. */
  #block({ipv4Cidr}) {
    const {block} = this.route.query;
    return block && ipv4Prefix(ipv4Cidr).size > LARGEST ? blockOf(block, ipv4Cidr) : null;
  }

  /** Tell whether the subnet is drawn by /24s. */
  #isTiled(subnet) {
    return ipv4Prefix(subnet.ipv4Cidr).size > LARGEST && !this.#block(subnet);
  }

  /** Return what an address without a known task is: none, or unknown outside of coverage. */
  #rest({coverage, instant, at}) {
    const parts = at ? unknownParts(coverage, instant, instant + 1) : [];
    return parts.some(({kind}) => kind === 'unknown') ? 'unknown' : 'none';
  }
}

async function findSubnet(subnetId, signal) {
  const {items} = await askAll(['subnets'], {}, {signal});
  return items.find((subnet) => subnet.subnetId === subnetId) ?? null;
}

/** Tell whether the facts of a subnet are there; one can have IPv6 addresses alone. */
const isLookedUp = (subnet) => Boolean(subnet?.ipv4Cidr || subnet?.ipv6Cidrs?.length);

/** Leave out the IPv6 addresses of tasks that are told by their IPv4 address. */
const alone = (sixes) => [...sixes].filter(([, {record}]) => !record?.privateIpv4Address);

const ipv6 = (n) => plural(n, 'IPv6 address', 'IPv6 addresses');

/** Return how full the subnet is, in words. */
function sentence({subnet, found, sixes, at}, kind) {
  const time = at ? html`${atTime(millis(at), true)}, tasks held` : html`Tasks hold`;
  const [sums, six] = [tally(found), tally(sixes)];
  const also = six.held ? html`, and <strong>${ipv6(six.held)}</strong>` : nothing;
  if (!isLookedUp(subnet))
    return html`${time} <strong>${plural(sums.held, 'address', 'addresses')}</strong> here${also}.`;
  if (!subnet.ipv4Cidr)
    return html`${time} <strong>${ipv6(six.held)}</strong> here.
      <span class="quiet">${others(six)}.</span>`;
  const share = percent(sums.held, subnet.usable);
  const rest = subnet.usable - sums.held - sums.possible - sums.released;
  return html`${time} <strong>${count(sums.held)} of ${count(subnet.usable)}</strong> usable
    addresses, <strong>${share}</strong>${also}.
    <span class="quiet"
      >${others(sums)}, ${count(rest)}
      ${kind === 'unknown' ? 'of which nobody can tell' : 'without a task'}.</span
    >`;
}

const others = ({possible, released}) =>
  `${possible ? `${count(possible)} possibly held, ` : ''}${count(released)} released within the hour`;

customElements.define('subnet-view', SubnetView);
