// Owns the scale of time lines: where an instant lies, and where the ticks are.

import {offsetMinutes, parts} from './time.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const FARTHEST = 400 * DAY; // the longest time that is drawn

const STEPS = [
  100,
  200,
  500,
  SECOND,
  2 * SECOND,
  5 * SECOND,
  10 * SECOND,
  15 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  30 * DAY,
  90 * DAY,
];

/** Return a function from milliseconds to pixels. */
export const scale = (from, to, width) => (ms) => ((ms - from) / (to - from)) * width;

/** Return [{ms, label, major}] for an axis, at most one tick for `room` pixels. */
export function ticks(from, to, width, room = 90) {
  const most = Math.max(2, Math.floor(width / room));
  const step = STEPS.find((candidate) => (to - from) / candidate <= most) ?? STEPS.at(-1);
  // Ticks lie on round times of the zone that is shown.
  const offset = offsetMinutes(from) * MINUTE;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const found = [];
  for (let ms = first; ms < to; ms += step) found.push({ms, ...tickLabel(ms, step)});
  return found;
}

function tickLabel(ms, step) {
  const {day, clock, fraction} = parts(ms);
  const date = `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1]}`;
  if (step >= DAY || clock === '00:00:00') return {label: date, major: true};
  if (step < SECOND) return {label: `${clock.slice(3)}${fraction.slice(0, 2)}`, major: false};
  return {label: step < MINUTE ? clock : clock.slice(0, 5), major: false};
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Put bars that overlap into rows below each other; return the number of rows. */
export function pack(bars) {
  const ends = [];
  const rowOf = new Map();
  const extent = new Map(); // a task's parts stay in one row
  for (const bar of bars) {
    const known = extent.get(bar.id) ?? [Infinity, -Infinity];
    extent.set(bar.id, [Math.min(known[0], bar.from), Math.max(known[1], bar.to)]);
  }
  const order = [...extent].sort(([, a], [, b]) => a[0] - b[0]);
  for (const [id, [from, to]] of order) {
    let row = ends.findIndex((end) => end <= from);
    if (row < 0) row = ends.length;
    ends[row] = to;
    rowOf.set(id, row);
  }
  for (const bar of bars) bar.row = rowOf.get(bar.id);
  return ends.length;
}
