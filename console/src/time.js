// Owns instants: how people write them, how they are shown, and in which zone.

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const FIRST = Date.UTC(1970);

// The units that the command line knows, in milliseconds.
const UNITS = new Map([
  ...named(1000, 's sec secs second seconds'),
  ...named(MINUTE, 'm min mins minute minutes'),
  ...named(60 * MINUTE, 'h hr hrs hour hours'),
  ...named(DAY, 'd day days'),
  ...named(7 * DAY, 'w week weeks'),
]);

function named(ms, names) {
  return names.split(' ').map((name) => [name, ms]);
}

let utc = false;
let skew = 0; // how far the server's clock is ahead of the browser's

/** Show times in UTC, or in the browser's zone. */
export function setZone(name) {
  utc = name === 'utc';
}

export function zoneName() {
  return utc ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Take the server's clock as the right one: an instant that it has not reached yet is an error. */
export function learnClock(dateHeader) {
  const difference = Date.parse(dateHeader) - Date.now();
  // The header is cut to seconds, so less than two seconds of difference mean nothing.
  if (Number.isFinite(difference)) skew = Math.abs(difference) > 2000 ? difference : 0;
}

export const now = () => Date.now() + skew;
export const iso = (ms) => new Date(ms).toISOString();
export const millis = (instant) => (instant === null ? null : Date.parse(instant));

/** Return the parts of an instant in the zone that is shown. */
export function parts(ms) {
  // The zone's offset is added, then read as UTC: one code path for both zones.
  const moved = new Date(ms - offsetMinutes(ms) * MINUTE).toISOString();
  return {day: moved.slice(0, 10), clock: moved.slice(11, 19), fraction: moved.slice(19, 23)};
}

/** Return what must be added to the shown zone's time to get UTC, in minutes. */
export function offsetMinutes(ms) {
  return utc ? 0 : new Date(ms).getTimezoneOffset();
}

/** Return "2026-11-22 03:12:05", which sorts, and which the time field reads back. */
export function stamp(ms) {
  const {day, clock} = parts(ms);
  return `${day} ${clock}`;
}

/** Return an instant as a sentence needs it: without the day where it is today's. */
export function moment(ms) {
  const {day, clock} = parts(ms);
  if (day === parts(now()).day) return clock;
  if (day === parts(now() - DAY).day) return `yesterday ${clock}`;
  return `${day} ${clock}`;
}

/** Return "at 03:12:05", "yesterday at 03:12:05", "on 2026-11-22 at 03:12:05". */
export function momentWords(ms) {
  const [clock, day] = moment(ms).split(' ').reverse();
  if (!day) return `at ${clock}`;
  return day === 'yesterday' ? `yesterday at ${clock}` : `on ${day} at ${clock}`;
}

/** Return a length of time in at most two units: "4 min 10 s". */
export function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (ms < 950 && ms > 0) return `${Math.round(ms)} ms`;
  const pairs = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['min', Math.floor(seconds / 60) % 60],
    ['s', seconds % 60],
  ];
  const first = pairs.findIndex(([, n]) => n > 0);
  if (first < 0) return '0 s';
  return pairs
    .slice(first, first + 2)
    .filter(([, n]) => n > 0)
    .map(([unit, n]) => `${n} ${unit}`)
    .join(' ');
}

export const ago = (ms) => (now() - ms < 1000 ? 'just now' : `${duration(now() - ms)} ago`);

/** Return the only instant at which the clocks showed this, which is written as if it were UTC. */
function fromClock(shown) {
  const found = [...instantsOf(shown)];
  if (!found.length) throw new Error('There is no such time.');
  if (found.length > 1) {
    const choices = found.map((ms) => `${iso(ms).slice(0, 19)}Z`).join(' or ');
    throw new Error(`The clocks showed that time twice: write ${choices}.`);
  }
  return found[0];
}

/** Return each instant at which the clocks of the shown zone showed this: none, one, or two. */
function instantsOf(shown) {
  const offsets = [-1, 1].map((days) => offsetMinutes(shown + days * DAY));
  const instants = offsets.map((offset) => shown + offset * MINUTE);
  const right = instants.filter((ms) => ms - offsetMinutes(ms) * MINUTE === shown);
  return new Set(right.sort((a, b) => a - b));
}

const NUMBER = /^\d{1,16}(\.\d{1,9})?$/;
const FIRST_MILLISECONDS = 1e11; // as seconds, this is the year 5138
const AGO = /^-?((?:\d{1,9}\s*[a-z]+\s*)+)$/;
const DATED =
  /^(\d{4})-(\d\d)-(\d\d)[t ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(z|utc|[+-]\d\d(?::?\d\d)?)?$/;
const CLOCK = /^(?:(today|yesterday) )?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?$/;
const DAYS_LOOKED_BACK = 9; // a time of day is skipped on one day at most, and never on two in a row

/** Read what the command line reads, by the same rules; return null for now. */
function read(text) {
  if (text === '' || text === 'now') return null;
  if (NUMBER.test(text))
    return Math.floor(Number(text) * (Number(text) < FIRST_MILLISECONDS ? 1000 : 1));
  const before = beforeNow(text);
  if (before !== null) return now() - before;
  const dated = DATED.exec(text);
  if (dated) return readDated(dated);
  const clock = CLOCK.exec(text);
  if (clock) return readClock(clock);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) throw new Error('Add a time of day to the date: 03:12.');
  if (sumOf(text) !== null) throw new Error(`Say “${text} ago” or “-${text}”.`);
  throw new Error('Write a time like 03:12, 10m ago, or 2026-11-22 03:12.');
}

/** Read "10m ago", "1h 30m ago" or "-1h30m". */
function beforeNow(text) {
  if (!text.startsWith('-') && !text.endsWith(' ago')) return null;
  return sumOf(text.replace(/ago$/, '').trim());
}

function sumOf(text) {
  const match = AGO.exec(text);
  const parts = match ? [...match[1].matchAll(/(\d+)\s*([a-z]+)/g)] : [];
  if (!parts.length || parts.some(([, , unit]) => !UNITS.has(unit))) return null;
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * UNITS.get(unit), 0);
}

/** Return what a day and a time of day show, as if it were UTC. */
function shownBy([year, month, day], [hour, minute, second, fraction]) {
  const ms = Number((fraction ?? '').slice(0, 3).padEnd(3, '0'));
  const shown = Date.UTC(year, month - 1, day, hour, minute, second ?? 0, ms);
  const written = [year, month, day].map((n, i) => String(n).padStart(i ? 2 : 4, '0')).join('-');
  const isTime = hour < 24 && minute < 60 && (second ?? 0) < 60;
  if (!isTime || iso(shown).slice(0, 10) !== written) throw new Error('There is no such time.');
  return shown;
}

function readDated([, year, month, day, hour, minute, second, fraction, offset]) {
  const shown = shownBy([year, month, day], [hour, minute, second, fraction]);
  if (!offset) return fromClock(shown);
  if (offset === 'z' || offset === 'utc') return shown;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours >= 24 || minutes >= 60) throw new Error(`There is no offset ${offset}.`);
  return shown - (offset[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
}

function readClock([, day, ...clock]) {
  const today = parts(now()).day;
  const on = (days) => {
    const date = iso(Date.parse(`${today}T00:00:00Z`) + days * DAY).slice(0, 10);
    return shownBy(date.split('-'), clock);
  };
  if (day) return fromClock(on(day === 'yesterday' ? -1 : 0));
  // A time of day alone means the most recent one that has passed.
  for (let back = -1; back < DAYS_LOOKED_BACK; back += 1) {
    const past = [...instantsOf(on(-back))].filter((ms) => ms <= now());
    if (past.length) return past.at(-1);
  }
  throw new Error('There is no such time.');
}

/** Return the instant that a person wrote, or null for now; throw an error that says what is wrong. */
export function readTime(text) {
  const instant = read(text.trim().replace(/\s+/g, ' ').toLowerCase());
  if (instant === null) return null;
  if (!(instant >= FIRST)) throw new Error('That is too long ago.');
  if (instant > now()) throw new Error('That is in the future.');
  return instant;
}
