// Owns where a text in the search box leads, and what it may have meant.

import {ApiError, ask, askAll} from './api.js';
import {isAddress, withinPrefix} from './cidr.js';
import {searching} from './matching.js';
import {link, toAddress, toService, toSubnet, toTask} from './route.js';
import {clean, shortId} from './text.js';
import {iso, now, readTime} from './time.js';

const HOUR = 3_600_000;
const REACHES = [6 * HOUR, 48 * HOUR, null]; // how far back, step by step; null: all that is kept
const MOST = 20_000; // tasks of the past that are looked through

let known = []; // the records that a view saw last

/** Keep what a view has loaded, to suggest from it. */
export function remember(records) {
  known = records;
}

/** Load what there is to suggest, unless a view has. */
export async function learn() {
  if (!known.length) remember((await askAll(['tasks'], {})).items);
}

// Each kind of text that says by its form what it is, and where it leads.
const FORMS = [
  [
    /^(\S+?)(?:\s+(?:at\s+|@\s*)?(.+))?$/,
    ([, ip, time]) => (isAddress(ip) ? toAddress(ip, {at: timeOf(time)}) : null),
  ],
  [/^\S+\/\d+$/, ([text]) => (withinPrefix(text) ? link(['tasks'], {q: text}) : null)],
  [/^eni-[0-9a-z]+$/i, ([text]) => link(['enis', text.toLowerCase()])],
  [/^subnet-[0-9a-z]+$/i, ([text]) => toSubnet(text.toLowerCase())],
  [/^arn:[^:]*:ecs:.*:task\/([^/]+)\/([^/]+)$/, ([, cluster, taskId]) => toTask({cluster, taskId})],
  [
    /^arn:[^:]*:ecs:.*:service\/([^/]+)\/([^/]+)$/,
    ([, cluster, service]) => toService(cluster, service),
  ],
  [/^(?:arn:[^:]*:ecs:.*:task\/)?([0-9a-f-]{18,36})$/i, ([, id]) => findTask(id.toLowerCase())],
];

function timeOf(text) {
  const instant = text ? readTime(text) : null;
  return instant === null ? '' : iso(instant);
}

/** Return the address of the view that a text means; throw an error that says what is wrong. */
export async function destination(text) {
  const trimmed = text.trim();
  for (const [form, lead] of FORMS) {
    const match = form.exec(trimmed);
    const hash = match && (await lead(match));
    if (hash) return hash;
  }
  await learn();
  return named(trimmed, known) ?? (await formerly(trimmed)) ?? link(['tasks'], {q: trimmed});
}

/**
 * Return the service of that name, or the task whose id begins so; null if none or several are.
 *
 * A service whose tasks have `ended` is shown at a moment when one of them had its address.
 */
function named(text, records, ended = false) {
  const services = new Map(
    records
      .filter(({service}) => service)
      .map((record) => [`${record.cluster}/${record.service}`, record]),
  );
  const matches = [...services].filter(([name, {service}]) => name === text || service === text);
  if (matches.length === 1) {
    const [[, {cluster, service, attachedAt}]] = matches;
    return toService(cluster, service, {at: ended ? attachedAt : ''});
  }
  const tasks = text.length >= 6 ? records.filter(({taskId}) => taskId.startsWith(text)) : [];
  return tasks.length === 1 ? toTask(tasks[0]) : null;
}

/** Look for a name among tasks that have ended, where no task of now has anything to do with it. */
async function formerly(text) {
  if (/\s/.test(text) || known.some(searching(text))) return null;
  let seen = [];
  for await (const {records, isLast} of past()) {
    seen = [...seen, ...records];
    const found = isLast && named(text, seen, true);
    if (found) return found;
    if (isLast) seen = [];
  }
  return null;
}

/** Find a task by its id alone: among those seen, in each cluster that is known, then in the past. */
async function findTask(id) {
  await learn();
  const asked = new Set();
  for await (const {records} of withPast(known)) {
    const seen = records.find(({taskId}) => taskId === id);
    if (seen) return toTask(seen);
    for (const {cluster} of records) {
      if (asked.has(cluster)) continue;
      asked.add(cluster);
      const found = await taskOf(cluster, id);
      if (found) return toTask(found);
    }
  }
  throw new ApiError(
    404,
    'Not known',
    `No known cluster has a task ${id}. Its ARN leads to it wherever it was.`,
  );
}

async function taskOf(cluster, id) {
  try {
    return await ask(['tasks', cluster, id]);
  } catch (error) {
    if (error.status !== 404) throw error;
    return null;
  }
}

async function* withPast(records) {
  yield {records};
  yield* past();
}

/**
 * Give the tasks of the past in pages: first those of the last hours, in the end all, within bounds.
 *
 * `isLast` marks the last page of each step.
 */
async function* past() {
  let left = MOST;
  for (const reach of REACHES) {
    const to = iso(now() - 1000);
    const from = reach === null ? undefined : iso(now() - reach);
    let cursor;
    do {
      const page = await ask(['tasks'], {from, to, limit: 1000, cursor});
      cursor = page.nextCursor;
      left -= page.items.length;
      yield {records: page.items, isLast: !cursor};
    } while (cursor && left > 0);
    if (left <= 0) return;
  }
}

/** Return up to eight things that a text may mean: [{kind, label, hash}]. */
export function suggestions(text) {
  const words = text.trim().toLowerCase();
  if (!words) return [];
  const found = new Map();
  const add = (kind, label, hash) => found.set(hash, {kind, label, hash});
  for (const record of known) {
    if (found.size >= 8) break;
    const name = `${record.cluster}/${record.service}`;
    if (record.service && name.toLowerCase().includes(words))
      add('service', clean(name), toService(record.cluster, record.service));
  }
  for (const record of known) {
    if (found.size >= 8) break;
    for (const ip of [record.privateIpv4Address, record.ipv6Address])
      if (ip?.startsWith(words)) add('address', ip, toAddress(ip));
    if (record.taskId.startsWith(words))
      add('task', `${shortId(record.taskId)} ${clean(record.service ?? '')}`, toTask(record));
    if (record.subnetId?.includes(words))
      add('subnet', clean(record.subnetId), toSubnet(record.subnetId));
  }
  return [...found.values()].slice(0, 8);
}
