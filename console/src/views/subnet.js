// Owns the view of a subnet: how full it is, now or at an instant, address by address.

import {html, nothing} from 'lit';
import {ApiError, ask, askAddresses, askAll} from '../api.js';
import {ipv4Prefix} from '../cidr.js';
import {blocks, cells, LARGEST, RELEASED_WITHIN, states, tally} from '../grid.js';
import {unknownParts} from '../coverage.js';
import {hues} from '../hues.js';
import {amend, toAddress, toSubnet} from '../route.js';
import {clean, count, percent, plural, shown} from '../text.js';
import {iso, millis, now, stamp} from '../time.js';
import {View} from '../view.js';
import {changes, tiles} from '../parts/address-grid.js';
import {doubts} from '../parts/doubts.js';
import {empty} from '../parts/notice.js';
import {gridLegend} from '../parts/grid-legend.js';
import {addressLink, atTime} from '../parts/words.js';

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
    const sixes = rows.filter(({address}) => address.includes(':'));
    const answer = {subnet, sixes, found: states(rows, items, instant), coverage, instant, at};
    if (at) this.past.set(key, answer);
    return answer;
  }

  /** Return the facts of the subnet, which do not change once they have been looked up. */
  async #facts(subnetId, signal) {
    if (this.subnet?.subnetId !== subnetId || !this.subnet.ipv4Cidr) {
      this.subnet = await findSubnet(subnetId, signal);
    }
    return this.subnet;
  }

  page(data) {
    const [id] = this.route.args;
    const {subnet, found, coverage, instant, at} = data;
    const classes = this.#classes(found);
    return html` <header class="title">
        <h1 tabindex="-1">
          <span class="id">${clean(id)}</span>
          <small class="quiet"
            >${subnet?.ipv4Cidr ?? ''} ${subnet?.availabilityZone ?? ''}
            ${subnet?.vpcId ?? ''}</small
          >
        </h1>
      </header>
      <p class="lead" aria-live="polite">${sentence(subnet, tally(found), at, this.#rest(data))}</p>
      <time-picker .at=${at ? millis(at) : null} .route=${this.route}></time-picker>
      ${this.#slider()} ${at ? doubts(coverage, instant) : nothing}
      <div class="beside">
        <section class="card">${this.#picture(subnet, found, classes, data)}</section>
        <aside>
          ${gridLegend(found, {
            classes,
            tiled: this.#isTiled(subnet),
            rest: this.#rest(data),
            only: this.only,
            choose: (name) => (this.only = this.only === name ? null : name),
          })}
          <section aria-label="What changed">${changes(found, instant, at)}</section>
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

  #picture(subnet, found, classes, data) {
    const {instant, at, sixes} = data;
    const cidr = subnet?.ipv4Cidr;
    if (!cidr) return this.#withoutPrefix(found, at);
    const {block} = this.route.query;
    const inside = block && ipv4Prefix(block) && ipv4Prefix(cidr).size > LARGEST;
    if (this.#isTiled(subnet)) {
      return html`<p class="quiet">
          Each tile is a /24 of ${cidr}, named by its third number:
          ${cidr.split('.').slice(0, 2).join('.')}.<b>x</b>.0. The bold number is how many of its
          addresses tasks hold. Open one to see them.
        </p>
        ${tiles(blocks(cidr, found), (prefix) => toSubnet(subnet.subnetId, {at, block: prefix}))}`;
    }
    return html`${inside
        ? html`<p>
            <a href=${toSubnet(subnet.subnetId, {at})}>← all of ${cidr}</a>
            <b class="ip">${block}</b>
          </p>`
        : nothing}
      <address-grid
        .cells=${cells(inside ? block : cidr, cidr, found, this.#rest(data))}
        .classes=${classes}
        .instant=${instant}
        .at=${at}
        .only=${this.only}
        zone=${this.route.query.zone ?? ''}
      ></address-grid>
      ${sixes.length
        ? html`<details>
            <summary>${plural(sixes.length, 'IPv6 address', 'IPv6 addresses')}</summary>
            <ul class="changes">
              ${sixes.map(
                (row) => html`<li>${addressLink(row.address, {at})} ${shown(row.service)}</li>`,
              )}
            </ul>
          </details>`
        : nothing}`;
  }

  /** Tell whether the subnet is drawn by /24s. */
  #isTiled(subnet) {
    const {block} = this.route.query;
    const isLarge = subnet?.ipv4Cidr && ipv4Prefix(subnet.ipv4Cidr).size > LARGEST;
    return Boolean(isLarge && !(block && ipv4Prefix(block)));
  }

  /** Return what an address without a known task is: none, or unknown outside of coverage. */
  #rest({coverage, instant, at}) {
    const parts = at ? unknownParts(coverage, instant, instant + 1) : [];
    return parts.some(({kind}) => kind === 'unknown') ? 'unknown' : 'none';
  }

  #withoutPrefix(found, at) {
    if (!found.size)
      return empty(
        'No address is known here',
        'The prefix of this subnet has not been looked up yet.',
      );
    return html`<p class="quiet">
        The prefix of this subnet is not known yet, so only addresses with a task are listed.
      </p>
      <ul class="changes">
        ${[...found.keys()].map(
          (ip) => html`<li><a class="ip" href=${toAddress(ip, {at})}>${ip}</a></li>`,
        )}
      </ul>`;
  }
}

async function findSubnet(subnetId, signal) {
  const {items} = await askAll(['subnets'], {}, {signal});
  return items.find((subnet) => subnet.subnetId === subnetId) ?? null;
}

/** Return how full the subnet is, in words. */
function sentence(subnet, sums, at, kind) {
  const time = at ? html`${atTime(millis(at), true)}, tasks held` : html`Tasks hold`;
  if (!subnet?.usable)
    return html`${time} <strong>${plural(sums.held, 'address', 'addresses')}</strong> here.`;
  const share = percent(sums.held, subnet.usable);
  const rest = subnet.usable - sums.held - sums.possible - sums.released;
  return html`${time} <strong>${count(sums.held)} of ${count(subnet.usable)}</strong> usable
    addresses, <strong>${share}</strong>.
    <span class="quiet"
      >${sums.possible ? `${count(sums.possible)} possibly held, ` : ''}${count(sums.released)}
      released within the hour, ${count(rest)}
      ${kind === 'unknown' ? 'of which nobody can tell' : 'without a task'}.</span
    >`;
}

customElements.define('subnet-view', SubnetView);
