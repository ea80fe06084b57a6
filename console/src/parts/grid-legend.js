// Owns the key to the picture of a subnet, which also tells how many there are of each.

import {html, nothing} from 'lit';
import {tally} from '../grid.js';
import {clean, count, plural} from '../text.js';

const FEW = 12; // services named beside the tiles of a large subnet

/** Return the legend; a click on a service shows it alone. */
export function gridLegend(found, {classes, tiled, rest, only, choose}) {
  const numbers = new Map();
  for (const {row} of found.values()) {
    if (row) numbers.set(row.service, (numbers.get(row.service) ?? 0) + 1);
  }
  const services = [...numbers].sort((a, b) => b[1] - a[1]);
  const sums = tally(found);
  if (tiled) return tileLegend(services, sums);
  const named = services.filter(([name]) => (classes.get(name) ?? 'hue-x') !== 'hue-x');
  const item = (state, words, n) =>
    html`<li>
      <i class="key cell ${state}"></i>${words} ${n ? html`<b>${count(n)}</b>` : nothing}
    </li>`;
  return html`<ul class="legend column" aria-label="Legend">
    ${named.map(([name, n]) => service(name, n, classes.get(name), only, choose))}
    ${named.length < services.length ? item('held hue-x', 'other tasks', 0) : nothing}
    ${item('possible', 'possible', sums.possible)}
    ${item('released', 'released within the hour', sums.released)}
    ${item('changed', 'changed in the last 5 minutes', sums.changed)}
    ${rest === 'unknown'
      ? item('unknown', 'unknown: nobody can tell', 0)
      : item('none', 'no task (an instance or a database may have it)', 0)}
    ${item('aws', 'kept by AWS', 0)}
  </ul>`;
}

function service(name, n, hue, only, choose) {
  return html`<li>
    <button
      type="button"
      class="plain"
      aria-pressed=${only === name ? 'true' : 'false'}
      title="Show this service alone"
      @click=${() => choose(name)}
    >
      <i class="key cell held ${hue}"></i><bdi>${clean(name)}</bdi> <b>${count(n)}</b>
    </button>
  </li>`;
}

/** Return the key to the tiles, which have no colours of services. */
function tileLegend(services, sums) {
  const item = (kind, words, n) =>
    html`<li><i class="key ${kind}"></i>${words} <b>${count(n)}</b></li>`;
  return html`<ul class="legend column" aria-label="Legend">
      ${item('bar held', 'held', sums.held)} ${item('bar possible', 'possible', sums.possible)}
      ${item('bar released', 'released within the hour', sums.released)}
      ${item('cell changed', 'changed in the last 5 minutes', sums.changed)}
    </ul>
    <section aria-label="Services">
      <p><b>${plural(services.length, 'service')}, most addresses first:</b></p>
      <ul class="legend column">
        ${services
          .slice(0, FEW)
          .map(
            ([name, n]) =>
              html`<li><bdi>${clean(name ?? 'no service')}</bdi> <b>${count(n)}</b></li>`,
          )}
        ${services.length > FEW ? html`<li>and ${count(services.length - FEW)} more</li>` : nothing}
      </ul>
    </section>`;
}
