// Owns the small pieces that views are made of: instants, links, addresses.

import {html} from 'lit';
import {link, toAddress, toService, toSubnet, toTask} from '../route.js';
import {clean, ownerOf, shortId, shown} from '../text.js';
import {ago, iso, moment, momentWords, stamp, zoneName} from '../time.js';

/** Return an instant for a sentence ("03:12:05", "yesterday 03:12:05"). */
export const when = (ms) =>
  html`<time datetime=${iso(ms)} title=${`${iso(ms)} · ${stamp(ms)} ${zoneName()}`}
    >${moment(ms)}</time
  >`;

/** Return "at 03:12:05", "yesterday at 03:12:05"; with a capital where a sentence begins with it. */
export function atTime(ms, begins = false) {
  const words = momentWords(ms);
  const cased = begins ? words[0].toUpperCase() + words.slice(1) : words;
  return html`<time datetime=${iso(ms)} title=${`${iso(ms)} · ${stamp(ms)} ${zoneName()}`}
    >${cased}</time
  >`;
}

/** Return an instant for a table, in full. */
export const at = (ms) =>
  ms === null || Number.isNaN(ms)
    ? html`<span class="none">–</span>`
    : html`<time datetime=${iso(ms)} title=${`${iso(ms)} · ${ago(ms)}`}>${stamp(ms)}</time>`;

export const taskLink = (record, query) =>
  html`<a class="id" href=${toTask(record, query)} title=${clean(record.taskArn)}
    >${shortId(record.taskId)}</a
  >`;

export const addressLink = (ip, query) =>
  ip ? html`<a class="ip" href=${toAddress(ip, query)}>${ip}</a>` : shown(null);

export const subnetLink = (id, query) =>
  id ? html`<a class="id" href=${toSubnet(id, query)}>${clean(id)}</a>` : shown(null);

export function ownerLink(record) {
  if (!record.service)
    return html`<bdi title=${clean(ownerOf(record))}>${clean(ownerOf(record))}</bdi>`;
  return html`<a href=${toService(record.cluster, record.service)} title=${clean(record.service)}
    ><bdi>${clean(record.service)}</bdi></a
  >`;
}

/** Return "task 3fa9c21b, service web of cluster shop". */
export function taskWords(record) {
  const owner = record.service
    ? html`service ${ownerLink(record)}`
    : record.group
      ? html`<bdi>${clean(record.group)}</bdi>`
      : 'no service';
  return html`task ${taskLink(record)}, ${owner} of cluster
    <a href=${link(['tasks'], {cluster: record.cluster})}><bdi>${clean(record.cluster)}</bdi></a>`;
}
