// Owns what the search field leaves of a list of tasks.

import {withinPrefix} from './cidr.js';

const hay = new WeakMap();

/** Return everything of a record that the search looks at, in lower case, made once. */
function haystack(record) {
  if (!hay.has(record)) {
    const {privateIpv4Address, ipv6Address, taskId, group, cluster, networkInterfaceId, subnetId} =
      record;
    const all = [
      privateIpv4Address,
      ipv6Address,
      taskId,
      group,
      cluster,
      networkInterfaceId,
      subnetId,
    ];
    hay.set(record, [...all, record.lastStatus, record.launchType].join('\n').toLowerCase());
  }
  return hay.get(record);
}

/** Return a test of records for what the search field says: every word, prefixes as prefixes. */
export function searching(words) {
  const tests = words
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => withinPrefix(word) ?? ((record) => haystack(record).includes(word)));
  return (record) => tests.every((test) => test(record));
}
