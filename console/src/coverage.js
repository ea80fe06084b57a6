// Owns what of a span of time the inventory can answer for, and what nobody can know.

import {millis} from './time.js';

/**
 * Return the parts of [from, to) in which an empty answer does not mean "nobody":
 * [{from, to, kind: 'unknown' | 'unconfirmed', why}], in order, in milliseconds.
 */
export function unknownParts(coverage, from, to) {
  if (coverage.from === null)
    return [{from, to, kind: 'unknown', why: 'before the first completed sweep'}];
  const begins = millis(coverage.from);
  const confirmed = Math.max(millis(coverage.to ?? coverage.from), begins);
  const found = [{from: -Infinity, to: begins, kind: 'unknown', why: 'before coverage begins'}];
  for (const gap of coverage.gaps) {
    const why = `no sweep covers cluster ${clusterName(gap.clusterArn)}`;
    found.push({from: millis(gap.from), to: millis(gap.to) ?? Infinity, kind: 'unknown', why});
  }
  found.push({
    from: confirmed,
    to: Infinity,
    kind: 'unconfirmed',
    why: 'no completed sweep has confirmed it yet',
  });
  return found
    .map((part) => ({...part, from: Math.max(part.from, from), to: Math.min(part.to, to)}))
    .filter((part) => part.from < part.to)
    .sort((a, b) => a.from - b.from);
}

export const clusterName = (arn) => (arn ?? '').split('/').pop();

/** Return the gaps as spans of time that do not overlap: several clusters can have one at once. */
export function mergedGaps(coverage, until) {
  const spans = coverage.gaps
    .map((gap) => [millis(gap.from), millis(gap.to) ?? until])
    .sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [from, to] of spans) {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}
