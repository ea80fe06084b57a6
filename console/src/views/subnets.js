// Owns the list of subnets: how much of each do tasks hold.

import {html} from 'lit';
import {askAll} from '../api.js';
import {amend, toSubnet} from '../route.js';
import {sortKey} from '../cidr.js';
import {clean, count, percent, plural, shown} from '../text.js';
import {View} from '../view.js';
import {empty} from '../parts/notice.js';
import {place} from '../parts/place.js';

/** Return the prefixes of a subnet, which can have IPv6 ones alone. */
const prefixes = (subnet) => [subnet.ipv4Cidr, ...(subnet.ipv6Cidrs ?? [])].filter(Boolean);
const isSixAlone = (subnet) => !subnet.ipv4Cidr && prefixes(subnet).length > 0;

// The API counts IPv4 addresses: of a subnet without them, 0 would say that no task is there.
const number = (key, label) => {
  const value = (subnet) => (isSixAlone(subnet) ? null : subnet[key]);
  const cell = (subnet) => (value(subnet) === null ? shown(null) : count(value(subnet)));
  return {key, label, value, cell};
};

const share = (subnet) => (subnet.usable ? subnet.held / subnet.usable : null);

const COLUMNS = [
  {
    key: 'subnetId',
    label: 'Subnet',
    narrow: true,
    value: (s) => s.subnetId,
    cell: (s) => html`<a class="id" href=${toSubnet(s.subnetId)}>${clean(s.subnetId)}</a>`,
  },
  {
    key: 'ipv4Cidr',
    label: 'Prefix',
    narrow: true,
    value: (s) => prefixes(s).join(' '),
    order: (s) => sortKey(prefixes(s)[0]?.split('/')[0]),
    cell: (s) =>
      html`<span class="ip" title=${prefixes(s).join(' ')}>${shown(prefixes(s)[0])}</span>`,
  },
  {key: 'full', label: 'Held by tasks', narrow: true, value: share, cell: fullness},
  number('held', 'Held'),
  number('usable', 'Usable'),
  number('released', 'Released in the last hour'),
  {
    key: 'rest',
    label: 'Without a task',
    value: without,
    cell: (s) => (without(s) === null ? shown(null) : count(without(s))),
  },
  {
    key: 'availabilityZone',
    label: 'Zone',
    value: (s) => s.availabilityZone,
    cell: (s) => shown(s.availabilityZone),
  },
  {key: 'vpcId', label: 'VPC', value: (s) => s.vpcId, cell: (s) => shown(s.vpcId)},
];

function without(subnet) {
  return subnet.usable === null ? null : subnet.usable - subnet.held - subnet.released;
}

function fullness(subnet) {
  if (share(subnet) === null) return shown(null);
  return html`<span class="meter wide"
      ><i class="held" ${place({width: `${100 * share(subnet)}%`})}></i
      ><i class="released" ${place({width: `${(100 * subnet.released) / subnet.usable}%`})}></i
    ></span>
    ${percent(subnet.held, subnet.usable)}`;
}

class SubnetsView extends View {
  load(signal) {
    return askAll(['subnets'], {}, {signal});
  }

  page({items}) {
    const held = items.reduce((sum, subnet) => sum + subnet.held, 0);
    if (!items.length)
      return html`<h1 tabindex="-1" class="lead">No subnet yet</h1>
        ${empty(
          'No task was seen in any subnet',
          'Subnets appear with the first task that has an address.',
        )}`;
    const four = items.some((subnet) => subnet.ipv6Cidrs?.length) ? 'IPv4 ' : '';
    return html`<h1 tabindex="-1" class="lead">
        Tasks hold ${plural(held, `${four}address`, `${four}addresses`)} in
        ${plural(items.length, 'subnet')} now.
      </h1>
      <div class="bar">
        <button type="button" @click=${() => this.querySelector('data-table').save('subnets.csv')}>
          CSV
        </button>
      </div>
      <data-table
        label="Subnets"
        .rows=${items}
        .columns=${COLUMNS}
        .rowKey=${(subnet) => subnet.subnetId}
        sort=${this.route.query.sort ?? '-full'}
        @sort=${({detail}) => amend({sort: detail})}
      ></data-table>`;
  }
}

customElements.define('subnets-view', SubnetsView);
