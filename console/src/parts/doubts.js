// Owns the sentence that says whether an answer about an instant can be trusted.

import {html, nothing} from 'lit';
import {clusterName, unknownParts} from '../coverage.js';
import {clean} from '../text.js';
import {millis} from '../time.js';
import {when} from './words.js';

/** Say in a strip what is not certain about an instant, or nothing where all is. */
export function doubts(coverage, instant) {
  const found = unknownParts(coverage, instant, instant + 1);
  if (!found.length)
    return html`<p class="strip good">
      <strong>Inside coverage.</strong> No task of that time can be missing.
    </p>`;
  return found.map(
    (part) =>
      html`<p class="strip ${part.kind}">
        <strong>${part.kind === 'unknown' ? 'May be incomplete.' : 'Not confirmed yet.'}</strong>
        ${sentence(part, coverage)}
      </p>`,
  );
}

function sentence(part, coverage) {
  if (coverage.from === null) return 'No sweep has completed yet: only events are known.';
  if (part.why === 'before coverage begins')
    return html`Nobody can tell what is missing: coverage begins at ${when(millis(coverage.from))}.`;
  if (part.kind === 'unconfirmed')
    return html`Completed sweeps confirm what happened up to
    ${when(millis(coverage.to ?? coverage.from))}; a task may be added later.`;
  return html`The instant lies in a gap: ${clean(part.why)}.`;
}

/** Say since when answers can be trusted. */
export function trust(coverage) {
  if (coverage.from === null)
    return html`No sweep has completed yet, so nothing can be said for certain about the past.`;
  const gaps = coverage.gaps.length;
  return html`Answers can be trusted since
  ${when(millis(coverage.from))}${gaps
    ? html`, except in ${gaps} ${gaps === 1 ? 'gap' : 'gaps'}`
    : nothing}.`;
}

export const gapWords = (gap) => clean(clusterName(gap.clusterArn));
