// Owns the addresses of the views: what stands behind the # and what it means.

/** Take an address apart: "#/ips/10.0.4.128?at=…" → {view, args, query}, and why it leads nowhere. */
export function parseRoute(hash) {
  const [path, search = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  const segments = path.split('/').filter(Boolean).map(decode);
  const {at, ...query} = Object.fromEntries(new URLSearchParams(search));
  if (at === undefined) return {...match(segments), query};
  // An instant that was typed by hand and is none leads nowhere.
  if (Number.isNaN(Date.parse(at))) {
    const reason = `at=${at} is not an instant. Write it like 2026-11-10T09:00:00Z.`;
    return {view: 'lost', args: segments, query, reason};
  }
  return {...match(segments), query: {...query, at}};
}

function match([head, ...args]) {
  const known = {tasks: [0, 2], ips: [1], subnets: [0, 1], services: [2], enis: [1], status: [0]};
  if (head === undefined) return {view: 'tasks', args: []};
  if (!known[head]?.includes(args.length)) return {view: 'lost', args: [head, ...args]};
  const one = {tasks: 'task', subnets: 'subnet', ips: 'address', services: 'service', enis: 'eni'};
  return {view: args.length ? one[head] : head, args};
}

function decode(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a lone % in an address that was typed by hand
  }
}

/** Put an address together. Empty values of the query are left out. */
export function link(path, query = {}) {
  const kept = Object.entries({zone: current().query.zone, ...query}).filter(([, value]) => value);
  const search = new URLSearchParams(kept).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`;
}

export const current = () => parseRoute(location.hash);

/** Go to an address, as a click on a link would. */
export function go(hash) {
  location.hash = hash;
}

/** Change the query of the view that is shown, without a step in the browser's history. */
export function amend(changes) {
  const {query} = current();
  const path = location.hash.replace(/^#\/?/, '').split('?')[0];
  const merged = new URLSearchParams(
    Object.entries({...query, ...changes}).filter(([, value]) => value),
  ).toString();
  history.replaceState(null, '', `#/${path}${merged ? `?${merged}` : ''}`);
  // replaceState fires no event of its own.
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

// Where things lead.
export const toAddress = (ip, query) => link(['ips', ip], query);
export const toTask = (record, query) => link(['tasks', record.cluster, record.taskId], query);
export const toSubnet = (id, query) => link(['subnets', id], query);
export const toService = (cluster, service, query) => link(['services', cluster, service], query);
