// Owns where a text in the search box leads, and what it may have meant.

import {ApiError, ask, askAll} from './api.js';
import {isAddress, withinPrefix} from './cidr.js';
import {link, toAddress, toService, toSubnet, toTask} from './route.js';
import {clean, shortId} from './text.js';
import {iso, readTime} from './time.js';

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
  return named(trimmed);
}

/** Return the service of that name, the task whose id begins so, or the tasks that match. */
function named(text) {
  const services = new Map(
    known
      .filter(({service}) => service)
      .map((record) => [`${record.cluster}/${record.service}`, record]),
  );
  const matches = [...services].filter(([name, {service}]) => name === text || service === text);
  if (matches.length === 1) return toService(matches[0][1].cluster, matches[0][1].service);
  const tasks = text.length >= 6 ? known.filter(({taskId}) => taskId.startsWith(text)) : [];
  if (tasks.length === 1) return toTask(tasks[0]);
  return link(['tasks'], {q: text});
}

/** Find a task by its id alone: among those seen, then in each cluster that is known. */
async function findTask(id) {
  await learn();
  const seen = known.find(({taskId}) => taskId === id);
  if (seen) return toTask(seen);
  for (const cluster of new Set(known.map((record) => record.cluster))) {
    try {
      return toTask(await ask(['tasks', cluster, id]));
    } catch (error) {
      if (error.status !== 404) throw error;
    }
  }
  throw new ApiError(404, 'Not known', `No known cluster has a task ${id}.`);
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
    const ip = record.privateIpv4Address ?? '';
    if (ip.startsWith(words)) add('address', ip, toAddress(ip));
    if (record.taskId.startsWith(words))
      add('task', `${shortId(record.taskId)} ${clean(record.service ?? '')}`, toTask(record));
    if (record.subnetId?.includes(words))
      add('subnet', clean(record.subnetId), toSubnet(record.subnetId));
  }
  return [...found.values()].slice(0, 8);
}
