// Owns the columns of the table of tasks, and what of a task counts as a change.

import {html} from 'lit';
import {sortKey} from '../cidr.js';
import {clean, ownerOf, shown} from '../text.js';
import {ago, iso, millis, now} from '../time.js';
import {addressLink, at, ownerLink, subnetLink, taskLink} from '../parts/words.js';

export const RECENT = 300_000; // what changed in the last five minutes stands out

const ipOf = (record) => record.privateIpv4Address ?? record.ipv6Address;
const endOf = (record) => record.releasedAt ?? record.stoppedAt ?? record.missingAt;

/** Return when a record last changed in a way that this page tells: it came, or it went. */
function changedAt(record) {
  return millis(record.live ? (record.attachedAt ?? record.createdAt) : endOf(record));
}

export const isRecent = (record) => now() - changedAt(record) < RECENT;

const changeOf = (record) =>
  `${record.live ? (ipOf(record) ? 'got its address' : 'appeared') : 'left'} ${ago(changedAt(record))}`;

const text = (key, label, more = {}) => ({
  key,
  label,
  value: (record) => record[key],
  cell: (record) => html`<span title=${clean(record[key] ?? '')}>${shown(record[key])}</span>`,
  ...more,
});

export const COLUMNS = [
  {
    key: 'address',
    label: 'Address',
    narrow: true,
    value: ipOf,
    order: (record) => sortKey(ipOf(record)),
    cell: (record) =>
      ipOf(record)
        ? addressLink(ipOf(record))
        : html`<span class="none">${record.addressState === 'pending' ? 'pending' : '–'}</span>`,
  },
  {key: 'service', label: 'Service', narrow: true, value: ownerOf, cell: ownerLink},
  text('cluster', 'Cluster'),
  {
    key: 'taskId',
    label: 'Task',
    value: (record) => record.taskId,
    cell: (record) => taskLink(record),
  },
  text('lastStatus', 'Status', {narrow: true}),
  {
    key: 'since',
    label: 'Has its address since',
    value: (record) => record.attachedAt,
    cell: (record) => at(millis(record.attachedAt)),
  },
  {
    key: 'subnetId',
    label: 'Subnet',
    value: (record) => record.subnetId,
    cell: (record) => subnetLink(record.subnetId),
  },
  text('availabilityZone', 'Zone'),
  text('launchType', 'Launch type'),
  text('addressState', 'Address state', {extra: true}),
  text('ipv6Address', 'IPv6', {extra: true}),
  text('networkInterfaceId', 'Network interface', {extra: true}),
  text('vpcId', 'VPC', {extra: true}),
  text('taskDefinitionArn', 'Task definition', {extra: true}),
  text('capacityProviderName', 'Capacity provider', {extra: true}),
  text('startedBy', 'Started by', {extra: true}),
];

export const CHANGE = {
  key: 'change',
  label: 'What changed',
  narrow: true,
  value: (record) => `${record.live ? 'appeared' : 'left'} ${iso(changedAt(record))}`,
  order: (record) => -changedAt(record),
  cell: (record) => html`<span class=${record.live ? 'came' : 'went'}>${changeOf(record)}</span>`,
};
