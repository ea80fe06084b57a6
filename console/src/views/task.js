// Owns the view of one task: its life as a line, and all that is known about it.

import {html, nothing} from 'lit';
import {ask} from '../api.js';
import {endOf, heldNow, isOver, provenBy, provenEnd, settled} from '../holding.js';
import {hueOf} from '../hues.js';
import {amend, link, toAddress, toService, toSubnet} from '../route.js';
import {clean, ownerOf, shortId, shown} from '../text.js';
import {ago, duration, iso, millis, moment, now} from '../time.js';
import {View} from '../view.js';
import {csvButton} from '../parts/csv-button.js';
import {lifeWords} from '../parts/verdict.js';
import {legend} from '../parts/time-line.js';
import {addressLink, at, ownerLink, subnetLink, when} from '../parts/words.js';

// The instants of a life, in the order in which they happen.
const LIFE = [
  ['createdAt', 'created'],
  ['attachedNotBefore', 'certainly without its address'],
  ['attachedAt', 'first proof of its address'],
  ['connectivityAt', 'connected'],
  ['startedAt', 'started'],
  ['stoppingAt', 'stopping'],
  ['executionStoppedAt', 'last container stopped'],
  ['releasedNotBefore', 'last proof of its address'],
  ['releasedAt', 'certainly without its address again'],
  ['stoppedAt', 'stopped'],
  ['missingAt', 'no longer known to ECS'],
];

const GROUPS = [
  [
    'Address',
    [
      'privateIpv4Address',
      'ipv6Address',
      'addressState',
      'subnetId',
      'vpcId',
      'networkInterfaceId',
      'macAddress',
      'privateDnsName',
      'attachmentId',
      'attachmentStatus',
      'networkMode',
    ],
  ],
  [
    'Task',
    [
      'taskArn',
      'taskId',
      'cluster',
      'clusterArn',
      'service',
      'group',
      'startedBy',
      'taskDefinitionArn',
      'version',
      'account',
      'region',
    ],
  ],
  [
    'Where it runs',
    [
      'launchType',
      'capacityProviderName',
      'platformVersion',
      'availabilityZone',
      'containerInstanceArn',
    ],
  ],
  [
    'State',
    [
      'lastStatus',
      'desiredStatus',
      'live',
      'stopCode',
      'stoppedReason',
      'source',
      'observedAt',
      'attachedAtEstimated',
      'releasedAtEstimated',
    ],
  ],
];

// A record in one line, with the API's names.
const FIELDS = [...GROUPS.flatMap(([, keys]) => keys), ...LIFE.map(([key]) => key)].map((key) => ({
  key,
  value: (record) => record[key],
}));

class TaskView extends View {
  question(route) {
    return JSON.stringify([super.question(route), route.query.arn]);
  }

  async load(signal) {
    const {record, choices} = await this.#find(signal);
    return choices ? {choices} : {record: await ended(record, signal)};
  }

  async #find(signal) {
    const {arn} = this.route.query;
    try {
      return {record: await ask(['tasks', ...this.route.args], {}, {signal})};
    } catch (error) {
      const choices = error.status === 409 ? error.body.choices : null;
      if (!choices) throw error;
      const chosen = choices.find((record) => record.taskArn === arn);
      return chosen ? {record: chosen} : {choices};
    }
  }

  every({record}, took) {
    return record?.live ? super.every(record, took) : null;
  }

  page({record, choices}) {
    if (choices) return this.#choose(choices);
    return html` <header class="title">
        <h1 tabindex="-1">
          Task <span class="id" title=${clean(record.taskId)}>${shortId(record.taskId)}</span>
          <span class="verdict ${seemsLive(record) ? 'held' : 'none'}"
            >${clean(record.lastStatus)}</span
          >
        </h1>
      </header>
      <p class="lead">${sentence(record)}</p>
      ${record.stoppedReason
        ? html`<p class="strip plain">
            <strong>${shown(record.stopCode)}</strong> ${shown(record.stoppedReason)}
          </p>`
        : nothing}
      <section class="card" aria-label="Its life">${this.#line(record)}${legend()}</section>
      <div class="bar">
        <h2>All that is known of it</h2>
        ${csvButton('task.csv', FIELDS, () => [record])}
      </div>
      <div class="facts">
        <section>
          <h2>Its life</h2>
          <dl>
            ${LIFE.filter(([key]) => record[key])
              .sort((a, b) => millis(record[a[0]]) - millis(record[b[0]]))
              .map(
                ([key, label]) =>
                  html`<dt>${label} <small class="quiet">${key}</small></dt>
                    <dd>
                      ${at(millis(record[key]))}
                      <span class="quiet">${ago(millis(record[key]))}</span>
                    </dd>`,
              )}
          </dl>
        </section>
        ${GROUPS.map(
          ([title, keys]) =>
            html`<section>
              <h2>${title}</h2>
              <dl>
                ${keys.map(
                  (key) =>
                    html`<dt>${key}</dt>
                      <dd>${fact(record, key)}</dd>`,
                )}
              </dl>
            </section>`,
        )}
      </div>`;
  }

  #choose(choices) {
    return html`<h1 tabindex="-1" class="lead">Several tasks have this id. Which one?</h1>
      <ul>
        ${choices.map(
          (record) =>
            html`<li>
              <button type="button" @click=${() => amend({arn: record.taskArn})}>
                account ${clean(record.account)}, ${clean(record.region)}
              </button>
              ${shown(record.taskArn)}
            </li>`,
        )}
      </ul>`;
  }

  #line(record) {
    const begun = millis(record.createdAt);
    const ended = millis(record.stoppedAt ?? endOf(record) ?? record.missingAt) ?? now();
    const rim = Math.max(2000, (ended - begun) * 0.05);
    return html`<time-line
      fixed
      label="The life of the task, ${moment(begun)} to ${seemsLive(record) ? 'now' : moment(ended)}"
      .from=${begun - rim}
      .to=${ended + rim}
      .lanes=${[
        {label: 'the task', bars: [existence(record, begun, ended)]},
        {
          label: clean(`its address ${ipOf(record) ?? ''}`),
          bars: holding(record),
        },
      ]}
      zone=${this.route.query.zone ?? ''}
    ></time-line>`;
  }
}

/**
 * Return the record with the end of its hold on its address, where only others can tell that.
 *
 * A newer holder of the address proves it, and the record itself never hears of it.
 */
async function ended(record, signal) {
  const ip = ipOf(record);
  const isKnown = record.releasedAt && !record.releasedAtEstimated;
  if (!ip || !record.attachedAt || !record.subnetId || isKnown) return record;
  const place = {ip, subnetId: record.subnetId};
  const look = async (lookup) => {
    const {results} = await ask(['lookups'], {}, {signal, body: {lookups: [lookup]}});
    return results[0];
  };
  const today = await look(place);
  if (today.error) return record;
  const told = heldNow(record, today);
  if (told.holds !== 'not') return told;
  const to = record.releasedAt ?? iso(now() - 1000);
  if (record.attachedAt >= to) return settled([told], today.holders)[0];
  const life = await look({...place, from: record.attachedAt, to});
  // Of an address with a hundred holders since, the present one still proves that this one is over.
  const others = life.error ? today.holders : [...life.holders, ...life.possible];
  return provenBy(settled([told], others)[0], life.spans ?? [], millis(to));
}

const ipOf = (record) => record.privateIpv4Address ?? record.ipv6Address;

const existence = (record, from, to) => ({
  id: 'task',
  from,
  to,
  kind: 'certain',
  hue: 'hue-x',
  label: seemsLive(record) ? 'exists' : `existed ${duration(to - from)}`,
  title: `The task existed from ${moment(from)} to ${seemsLive(record) ? 'now' : moment(to)}`,
});

/** Return the bars of the address: possible, certain, possible. */
function holding(record) {
  if (!record.attachedAt) return [];
  const [start, first, last, end] = [
    record.attachedNotBefore,
    record.attachedAt,
    provenEnd(record),
    endOf(record),
  ].map(millis);
  const until = last ?? (end || now());
  const parts = record.attachedAtEstimated
    ? [[start, end ?? now(), 'possible']]
    : [
        [start, first, 'possible'],
        [first, until, 'certain'],
        [until, end ?? until, 'possible'],
      ];
  const hue = `hue-${hueOf(ownerOf(record))}`;
  return parts
    .filter(([from, to]) => from !== null && from < to)
    .map(([from, to, kind]) => ({
      id: 'address',
      from,
      to,
      kind,
      hue,
      label: kind === 'certain' ? `held ${duration(to - from)}` : '',
      title: `${kind === 'certain' ? 'Certainly' : 'Possibly'} held from ${moment(from)} to ${moment(to)}`,
    }));
}

/** Return the task's story in a sentence. */
function sentence(record) {
  const owner = record.service
    ? html`service ${ownerLink(record)}`
    : shown(record.group ?? 'no service');
  const cluster = html`cluster
    <a href=${link(['tasks'], {cluster: record.cluster})}><bdi>${clean(record.cluster)}</bdi></a>`;
  const ip = ipOf(record);
  const over = millis(record.stoppedAt ?? record.missingAt);
  const end = record.live
    ? outlived(record)
    : record.stoppedAt
      ? html` It stopped at ${when(over)}.`
      : html` ECS no longer knew it at ${when(over ?? now())}; its end is an estimate.`;
  if (!ip)
    return html`It belongs to ${owner} of ${cluster} and
    ${record.addressState === 'pending'
      ? 'has no address yet'
      : 'never had an address of its own'}.${end}`;
  const where = record.subnetId ? html` in ${subnetLink(record.subnetId)}` : nothing;
  return html`It belongs to ${owner} of ${cluster} and
    <strong>${holdsIt(record) ? 'holds' : 'held'} ${addressLink(ip)}</strong>${where},
    ${lifeWords(record)}.${end}`;
}

/** Tell whether nothing is known of the task's end: neither by ECS, nor by who has its address. */
const seemsLive = (record) => record.live && !isOver(record) && record.holds !== 'not';

const holdsIt = (record) =>
  record.addressState === 'held' && !endOf(record) && record.holds !== 'not';

/** Say of a task that only seems to live why that cannot be. */
function outlived(record) {
  if (seemsLive(record)) return nothing;
  return html` Another task has had the address since, so it must have ended; ECS has not said so
  yet.`;
}

const LINKS = {
  privateIpv4Address: (record) => toAddress(record.privateIpv4Address),
  ipv6Address: (record) => toAddress(record.ipv6Address),
  subnetId: (record) => toSubnet(record.subnetId),
  service: (record) => toService(record.cluster, record.service),
};

function fact(record, key) {
  const value = record[key];
  if (value === true || value === false) return value ? 'yes' : 'no';
  if (value === null || value === undefined) return shown(null);
  if (key === 'observedAt') return at(millis(value));
  return LINKS[key] ? html`<a href=${LINKS[key](record)}>${shown(value)}</a>` : shown(value);
}

customElements.define('task-view', TaskView);
