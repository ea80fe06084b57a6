// Owns the view of the inventory itself: since when, and how far, it can be trusted.

import {html, nothing} from 'lit';
import {ask} from '../api.js';
import {clusterName, mergedGaps, unknownParts} from '../coverage.js';
import {clean, count, shown} from '../text.js';
import {ago, duration, millis, moment, now} from '../time.js';
import {View} from '../view.js';
import {csvButton} from '../parts/csv-button.js';
import {trust} from '../parts/doubts.js';
import {at, when} from '../parts/words.js';

const DAY = 86_400_000;

const SWEEP = [
  ['clusters', 'clusters swept'],
  ['tasksSeen', 'tasks seen'],
  ['missed', 'tasks of which no event had come'],
  ['repaired', 'records repaired'],
  ['closed', 'tasks closed that ECS no longer knew'],
  ['drift', 'repairs of what events should have told (drift)'],
  ['unreadable', 'tasks that could not be read'],
];

class StatusView extends View {
  load(signal) {
    return ask(['status'], {}, {signal});
  }

  every(data, took) {
    return Math.max(15_000, super.every(data, took));
  }

  page(status) {
    const {coverage, lastEventAt, lastReconcile, version} = status;
    return html` <h1 tabindex="-1" class="lead"><strong>${trust(coverage)}</strong></h1>
      <section class="card" aria-label="Coverage">${this.#line(coverage)}</section>
      <div class="bar">
        <h2>In figures</h2>
        ${csvButton('status.csv', FIGURES, () => figures(status))}
      </div>
      <dl class="tiles-of-facts">
        ${fact('Coverage begins', millis(coverage.from), 'Before that, nobody can tell.')}
        ${fact('Confirmed by sweeps up to', millis(coverage.to), 'Later answers may still change.')}
        ${fact('Last event from ECS', millis(lastEventAt), 'Exact to one minute.')}
        <div>
          <dt>Lag</dt>
          <dd>${behind(coverage.to, 'by sweeps')}, ${behind(lastEventAt, 'by events')}</dd>
          <dd class="note">Where nothing changes, no events come.</dd>
        </div>
        ${fact(
          'Last completed sweep',
          millis(lastReconcile?.finishedAt ?? null),
          lastReconcile
            ? `It took ${duration(millis(lastReconcile.finishedAt) - millis(lastReconcile.startedAt))}.`
            : 'None yet.',
        )}
        <div>
          <dt>Drift</dt>
          <dd class=${lastReconcile?.drift ? 'fault' : ''}>
            ${lastReconcile ? count(lastReconcile.drift ?? 0) : '–'}
          </dd>
          <dd class="note">Repairs of what events should have told: normally 0.</dd>
        </div>
      </dl>
      <p class="quiet">Version ${shown(version)} of the service is deployed.</p>
      ${coverage.gaps.length ? gaps(coverage.gaps) : html`<p>There is no gap in the coverage.</p>`}
      ${lastReconcile ? sweep(lastReconcile) : nothing}`;
  }

  #line(coverage) {
    const until = now();
    const begun = millis(coverage.from) ?? until - 3_600_000;
    // On a line of weeks, a gap of an hour is too thin to see.
    const lately = until - begun > 2 * DAY ? until - DAY : null;
    return html`${lately
        ? html`<h2>The last 24 hours</h2>
            ${this.#part(coverage, lately, until)}`
        : nothing}
      <h2>Since coverage began</h2>
      ${this.#part(coverage, begun, until)}
      <ul class="legend">
        <li><i class="key certain good"></i>covered: “no task” means no task</li>
        <li><i class="key unknown"></i>unknown: tasks may be missing</li>
        <li><i class="key unconfirmed"></i>not confirmed by a sweep yet</li>
      </ul>`;
  }

  #part(coverage, from, until) {
    const rim = Math.max(60_000, (until - from) * 0.03);
    return html`<time-line
      fixed
      label="Coverage from ${moment(from)} to now"
      .from=${from - rim}
      .to=${until + rim}
      zone=${this.route.query.zone ?? ''}
      .lanes=${[{bars: covered(coverage, until)}]}
      .unknown=${unknownParts(coverage, from - rim, until)}
    ></time-line>`;
  }
}

/** Return the covered time as bars: what lies between the gaps. */
function covered(coverage, until) {
  if (coverage.from === null || coverage.to === null) return [];
  const bars = [];
  let from = millis(coverage.from);
  const end = millis(coverage.to);
  for (const [start, stop] of [...mergedGaps(coverage, until), [end, end]]) {
    const to = Math.min(start, end);
    if (from < to)
      bars.push({
        id: `${from}`,
        from,
        to,
        kind: 'certain',
        hue: 'good',
        label: 'covered',
        title: `Covered from ${moment(from)} to ${moment(to)}`,
      });
    from = Math.max(from, stop);
  }
  return bars;
}

const lagOf = (instant) => (instant === null ? null : Math.max(0, now() - millis(instant)));
const behind = (instant, words) =>
  html`<span class="whole"
    >${instant === null ? '–' : duration(lagOf(instant))} <span class="quiet">${words}</span></span
  >`;

const FIGURES = [
  {key: 'figure', value: ([name]) => name},
  {key: 'value', value: ([, value]) => value},
];

/** Return what the page tells in figures: [name, value]. */
function figures({coverage, lastEventAt, lastReconcile, version}) {
  const seconds = (instant) => (instant === null ? null : Math.round(lagOf(instant) / 1000));
  return [
    ['coverage begins', coverage.from],
    ['confirmed by sweeps up to', coverage.to],
    ['last event', lastEventAt],
    ['lag of sweeps in seconds', seconds(coverage.to)],
    ['seconds since the last event', seconds(lastEventAt)],
    ['last sweep started', lastReconcile?.startedAt],
    ['last sweep finished', lastReconcile?.finishedAt],
    ...SWEEP.map(([key, label]) => [label, lastReconcile?.[key]]),
    ['gaps', coverage.gaps.length],
    ['version', version],
  ];
}

const GAPS = [
  {key: 'from', value: (gap) => gap.from},
  {key: 'to', value: (gap) => gap.to},
  {
    key: 'seconds',
    value: (gap) => Math.round(((millis(gap.to) ?? now()) - millis(gap.from)) / 1000),
  },
  {key: 'clusterArn', value: (gap) => gap.clusterArn},
];

const fact = (name, ms, note) =>
  html`<div>
    <dt>${name}</dt>
    <dd>${ms === null ? '–' : html`${when(ms)} <span class="quiet">${ago(ms)}</span>`}</dd>
    <dd class="note">${note}</dd>
  </div>`;

function gaps(list) {
  return html`<section>
    <div class="bar">
      <h2>Gaps</h2>
      ${csvButton('gaps.csv', GAPS, () => list, 'gaps')}
    </div>
    <p class="quiet">In these times, tasks of the cluster may have come and gone unseen.</p>
    <div class="plain-table" tabindex="0" role="region" aria-label="Gaps">
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">To</th>
            <th scope="col">Length</th>
            <th scope="col">Cluster</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(
            (gap) =>
              html`<tr>
                <td>${at(millis(gap.from))}</td>
                <td>${gap.to ? at(millis(gap.to)) : 'lasts'}</td>
                <td>${duration((millis(gap.to) ?? now()) - millis(gap.from))}</td>
                <td title=${clean(gap.clusterArn)}>
                  <bdi>${clean(clusterName(gap.clusterArn))}</bdi>
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function sweep(last) {
  return html`<section>
    <h2>The last completed sweep</h2>
    <dl class="counts">
      <dt>started</dt>
      <dd>${at(millis(last.startedAt))}</dd>
      ${SWEEP.filter(([key]) => last[key] !== undefined && last[key] !== null).map(
        ([key, label]) =>
          html`<dt>${label}</dt>
            <dd>${count(last[key])}</dd>`,
      )}
    </dl>
  </section>`;
}

customElements.define('status-view', StatusView);
