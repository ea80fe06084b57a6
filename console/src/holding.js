// Owns until when a record holds its address: a newer holder proves that an older one has ended.

/** Return what tells addresses apart: the same address of another subnet is another one. */
function placesOf({subnetId, privateIpv4Address, ipv6Address}) {
  if (!subnetId) return []; // counts as a subnet of its own
  return [privateIpv4Address, ipv6Address].filter(Boolean).map((ip) => `${subnetId} ${ip}`);
}

const isProven = (record) => Boolean(record.attachedAt) && !record.attachedAtEstimated;
const rank = (record) => `${record.attachedAt} ${record.taskId}`;

/** Return for each task the first newer holder of its address among the records, by its ARN. */
function followers(records) {
  const places = new Map();
  for (const record of new Map(records.map((one) => [one.taskArn, one])).values()) {
    for (const place of isProven(record) ? placesOf(record) : []) {
      if (!places.has(place)) places.set(place, []);
      places.get(place).push(record);
    }
  }
  const found = new Map();
  for (const holders of places.values()) {
    holders.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
    for (const [i, {taskArn}] of holders.slice(0, -1).entries()) {
      const known = found.get(taskArn);
      if (!known || rank(holders[i + 1]) < rank(known)) found.set(taskArn, holders[i + 1]);
    }
  }
  return found;
}

/**
 * Return the records with `overBy`: the first proof of a newer holder among them or among others.
 *
 * Its STOPPED event may never have come: the record alone would hold its address for ever.
 */
export function settled(records, others = []) {
  const next = followers([...others, ...records]);
  return records.map((record) => ({
    ...record,
    overBy: next.get(record.taskArn)?.attachedAt ?? null,
  }));
}

/**
 * Return a settled record with `holds`, by an answer about now: 'certainly', 'possibly', or 'not'.
 *
 * One that is in neither list has had a follower, known or not.
 */
export function heldNow(record, {holders, possible}) {
  const among = (records) => records.some(({taskArn}) => taskArn === record.taskArn);
  return {...record, holds: among(holders) ? 'certainly' : among(possible) ? 'possibly' : 'not'};
}

/** Return a settled record with `provenUntil`: the end of what the spans of a window say is certain. */
export function provenBy(record, spans, windowTo) {
  const ends = spans.filter((span) => span.taskArn === record.taskArn && span.certain);
  const last = ends.map(({to}) => to).reduce((a, b) => (a > b ? a : b), '');
  return last && Date.parse(last) < windowTo ? {...record, provenUntil: last} : record;
}

/** Return since when a record demonstrably no longer holds its address, or null. */
export function endOf({releasedAt, overBy}) {
  if (releasedAt && overBy) return releasedAt < overBy ? releasedAt : overBy;
  return releasedAt ?? overBy ?? null;
}

/** Tell whether it is a newer holder that ends the record. */
export const isOver = (record) => Boolean(record.overBy) && endOf(record) === record.overBy;

/** Return until when a record is proven to have held its address, or null while it may go on. */
export function provenEnd(record) {
  const last = record.provenUntil ?? record.releasedNotBefore;
  if (last) return isOver(record) && last > record.overBy ? record.overBy : last;
  return endOf(record) || record.holds === 'not' ? record.attachedAt : null;
}
