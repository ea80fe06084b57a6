// Owns instants: how people write them, how they are shown, and in which zone.

const MINUTE = 60_000;
const UNITS = {s: 1000, m: MINUTE, h: 60 * MINUTE, d: 1440 * MINUTE, w: 10_080 * MINUTE};

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
  if (day === parts(now() - 1440 * MINUTE).day) return `yesterday ${clock}`;
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

/** Return an instant from its parts as the shown zone writes them. */
function fromParts(year, month, day, hour, minute, second = 0, ms = 0) {
  const numbers = [year, month - 1, day, hour, minute, second, ms];
  const instant = utc ? Date.UTC(...numbers) : new Date(...numbers).getTime();
  const expected = `${pad(year, 4)}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}:${pad(second)}`;
  if (Number.isNaN(instant) || stamp(instant) !== expected)
    throw new Error('There is no such time.');
  return instant;
}

const pad = (n, width = 2) => String(n).padStart(width, '0');

// Each form of a time, and how it is read. The command line reads the same ones.
const FORMS = [
  [/^(now)?$/i, () => null],
  [/^\d{10}$/, ([text]) => Number(text) * 1000],
  [/^\d{13}$/, ([text]) => Number(text)],
  [
    /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i,
    ([text]) => Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)(\d\d)$/, '$1:$2')),
  ],
  [
    /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/i,
    ([, y, mo, d, h, mi, s, f]) =>
      fromParts(+y, +mo, +d, +h, +mi, +(s ?? 0), +(f ?? '0').padEnd(3, '0')),
  ],
  [/^(?:(today|yesterday) )?(\d\d?):(\d\d)(?::(\d\d))?$/i, readClock],
  [/^-?(\d+(?:\.\d+)?) ?(s|m|h|d|w|min|hours?|days?)( ago)?$/i, readAgo],
];

function readClock([, day, hour, minute, second]) {
  const back = (day ?? '').toLowerCase() === 'yesterday' ? 1 : 0;
  const onDay = (days) => {
    const date = parts(now() - days * 1440 * MINUTE)
      .day.split('-')
      .map(Number);
    return fromParts(...date, +hour, +minute, +(second ?? 0));
  };
  const instant = onDay(back);
  // "03:12" means the most recent one that has passed.
  return !day && instant > now() ? onDay(1) : instant;
}

function readAgo([text, amount, unit, suffix]) {
  if (!text.startsWith('-') && !suffix) throw new Error(`Say “${text} ago” or “-${text}”.`);
  return now() - Number(amount) * UNITS[unit[0].toLowerCase()];
}

/** Return the instant that a person wrote, or null for now; throw an error that says what is wrong. */
export function readTime(text) {
  const trimmed = text.trim();
  for (const [form, read] of FORMS) {
    const match = form.exec(trimmed);
    if (match) return notFuture(read(match));
  }
  if (/^\d{4}-\d\d-\d\d$/.test(trimmed)) throw new Error('Add a time of day to the date: 03:12.');
  throw new Error('Write a time like 03:12, 10m ago, or 2026-11-22 03:12.');
}

function notFuture(instant) {
  if (Number.isNaN(instant)) throw new Error('There is no such time.');
  if (instant !== null && instant > now()) throw new Error('That is in the future.');
  return instant;
}
