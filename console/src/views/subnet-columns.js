// Owns the columns in which addresses of a subnet are listed and saved.

import {html} from 'lit';
import {sortKey} from '../cidr.js';
import {toAddress, toTask} from '../route.js';
import {clean, shortId, shown} from '../text.js';
import {millis} from '../time.js';
import {SAY} from '../parts/address-grid.js';
import {at, ownerLink} from '../parts/words.js';

const ownerOf = (cell) => cell.row ?? cell.record;
const taskIdOf = (cell) => ownerOf(cell)?.taskArn.split('/').pop() ?? null;
const endOf = (cell) => (cell.state === 'released' ? cell.record.releasedAt : null);

/** Return the columns; `instant` is the moment that links lead to, if it is not now. */
export const addressColumns = (instant) => [
  {
    key: 'address',
    label: 'Address',
    narrow: true,
    value: (cell) => cell.ip,
    order: (cell) => sortKey(cell.ip),
    cell: (cell) => html`<a class="ip" href=${toAddress(cell.ip, {at: instant})}>${cell.ip}</a>`,
  },
  {
    key: 'state',
    label: 'State',
    narrow: true,
    value: (cell) => SAY[cell.state],
    cell: (cell) => SAY[cell.state],
  },
  {
    key: 'service',
    label: 'Service',
    narrow: true,
    value: (cell) => ownerOf(cell)?.service,
    cell: (cell) => (ownerOf(cell)?.service ? ownerLink(ownerOf(cell)) : shown(null)),
  },
  {
    key: 'taskId',
    label: 'Task',
    value: taskIdOf,
    cell: (cell) => taskCell(cell, instant),
  },
  {
    key: 'since',
    label: 'Since',
    value: (cell) => ownerOf(cell)?.attachedAt,
    cell: (cell) => at(millis(ownerOf(cell)?.attachedAt ?? null)),
  },
  {
    key: 'cluster',
    label: 'Cluster',
    value: (cell) => ownerOf(cell)?.cluster,
    cell: (cell) => shown(ownerOf(cell)?.cluster),
  },
  {
    key: 'released',
    label: 'Released',
    value: endOf,
    cell: (cell) => at(millis(endOf(cell))),
  },
];

function taskCell(cell, instant) {
  const {cluster, taskArn} = ownerOf(cell);
  const taskId = taskIdOf(cell);
  return html`<a class="id" href=${toTask({cluster, taskId}, {at: instant})} title=${clean(taskArn)}
    >${shortId(taskId)}</a
  >`;
}

const number = (key, label) => ({key, label, value: (block) => block[key]});

export const BLOCKS = [
  number('prefix', 'Prefix'),
  number('usable', 'Usable'),
  number('held', 'Held'),
  number('possible', 'Possible'),
  number('released', 'Released within the hour'),
  number('changed', 'Changed in the last 5 minutes'),
];
