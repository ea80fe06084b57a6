// Owns what each address of a subnet is at an instant: held, possible, released, without a task.

import {ipv4Number, ipv4Prefix, ipv4Text} from './cidr.js';
import {millis} from './time.js';

export const RELEASED_WITHIN = 3_600_000;
export const RECENT = 300_000;
export const LARGEST = 1024; // addresses drawn one by one; larger subnets are drawn by /24

/**
 * Return a map from address to {state, record?, row?, changed}, of one family.
 *
 * `rows` are those of /addresses (who has it), `records` those of /tasks of the hour before; `field`
 * names the record's address: privateIpv4Address or ipv6Address.
 */
export function states(rows, records, instant, field) {
  const byArn = new Map(records.map((record) => [record.taskArn, record]));
  const found = new Map();
  for (const record of records) {
    const released = millis(record.releasedAt);
    if (!record[field] || released === null || released > instant) continue;
    if (instant - released > RELEASED_WITHIN) continue;
    const known = found.get(record[field]);
    if (known && millis(known.record.releasedAt) > released) continue;
    const changed = instant - released < RECENT;
    found.set(record[field], {state: 'released', record, changed});
  }
  const isSix = field === 'ipv6Address';
  for (const row of rows) {
    if (row.address.includes(':') !== isSix) continue;
    const record = byArn.get(row.taskArn);
    const certain = row.certain ?? !record?.attachedAtEstimated;
    const changed = Boolean(row.attachedAt) && instant - millis(row.attachedAt) < RECENT;
    const known = found.get(row.address);
    if (!certain && known?.state === 'held') continue;
    found.set(row.address, {state: certain ? 'held' : 'possible', row, record, changed});
  }
  return found;
}

/** Return the addresses of an IPv4 prefix inside a subnet, each with its state or else `rest`. */
export function cells(prefix, subnetPrefix, found, rest) {
  const {first, size} = ipv4Prefix(prefix);
  const subnet = ipv4Prefix(subnetPrefix);
  return Array.from({length: size}, (_, i) => {
    const number = first + i;
    const ip = ipv4Text(number);
    if (isReserved(number, subnet)) return {ip, state: 'aws'};
    return {ip, ...(found.get(ip) ?? {state: rest})};
  });
}

/** Return the prefix of the /24 that a text names, if it is one of the subnet's; else null. */
export function blockOf(text, subnetPrefix) {
  const block = ipv4Prefix(text);
  const {first, size} = ipv4Prefix(subnetPrefix);
  if (block?.bits !== 24 || block.first < first || block.first >= first + size) return null;
  return `${ipv4Text(block.first)}/24`;
}

/** AWS keeps the first four addresses of a subnet, and its last one. */
export function isReserved(number, {first, size}) {
  return number < first + 4 || number === first + size - 1;
}

/** Return the /24s of a large subnet: {prefix, held, possible, released, changed, usable}. */
export function blocks(subnetPrefix, found) {
  const subnet = ipv4Prefix(subnetPrefix);
  const list = Array.from({length: subnet.size / 256}, (_, i) => ({
    prefix: `${ipv4Text(subnet.first + i * 256)}/24`,
    usable: 256 - (i === 0 ? 4 : 0) - (i === subnet.size / 256 - 1 ? 1 : 0),
    held: 0,
    possible: 0,
    released: 0,
    changed: 0,
  }));
  for (const [ip, {state, changed}] of found) {
    const block = list[Math.floor((ipv4Number(ip) - subnet.first) / 256)];
    if (!block) continue;
    block[state] += 1;
    if (changed) block.changed += 1;
  }
  return list;
}

/** Count the states: {held, possible, released, changed}. */
export function tally(found) {
  const sums = {held: 0, possible: 0, released: 0, changed: 0};
  for (const {state, changed} of found.values()) {
    sums[state] += 1;
    if (changed) sums.changed += 1;
  }
  return sums;
}
