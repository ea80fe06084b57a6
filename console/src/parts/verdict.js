// Owns the answer about an address in plain words.

import {html, nothing} from 'lit';
import {unknownParts} from '../coverage.js';
import {endOf, isOver} from '../holding.js';
import {clean, ownerOf, shortId} from '../text.js';
import {duration, millis} from '../time.js';
import {atTime, subnetLink, taskWords, when} from './words.js';

export const VERDICTS = {
  held: ['●', 'Held'],
  possible: ['◐', 'Possible'],
  none: ['○', 'No task'],
  unconfirmed: ['…', 'Unconfirmed'],
  unknown: ['?', 'Unknown'],
};

/** Return the verdict as the flag of the time line says it, with a sign for each who had it. */
export function flagOf(answer) {
  const [sign, word] = VERDICTS[answer.verdict];
  const name = (record) => `${clean(ownerOf(record)).slice(0, 24)} ${shortId(record.taskId)}`;
  // Beside a certain holder, one that is only possible needs its own sign.
  const maybe = answer.holders.length ? '◐ ' : '';
  const names = [
    ...answer.holders.map(name),
    ...answer.possible.map((record) => `${maybe}${name(record)}`),
  ];
  return {verdict: answer.verdict, text: [`${sign} ${word}`, ...names.slice(0, 2)].join(' · ')};
}

/** Return "since 03:12:05", "from 03:12:05 to 04:00:10": the life of an address on a task. */
export function lifeWords(record) {
  if (!record.attachedAt) return html`from an instant that is not known`;
  const begun = millis(record.attachedAt);
  const start = record.attachedAtEstimated
    ? html`at the earliest from ${when(begun)}`
    : html`from ${when(begun)}`;
  const end = millis(endOf(record));
  if (end) {
    const latest = record.releasedAtEstimated || isOver(record) ? ' at the latest' : '';
    return html`${start} to ${when(end)}${latest}`;
  }
  if (record.holds === 'not') return html`${start}, and another task has had it since`;
  return record.attachedAtEstimated ? start : html`since ${when(begun)}`;
}

/** Return the answer as sentences, most certain first. */
export function verdictWords(answer, asked) {
  const lines = {
    held: () => answer.holders.map((record) => heldLine(answer, record, asked)),
    possible: () => [
      html`<strong
        >Nobody can say for certain who had ${ip(answer)} ${instant(answer, asked)}.</strong
      >`,
    ],
    none: () => [
      html`<strong
          >No ECS task ${asked ? 'had' : 'has'} ${ip(answer)} ${instant(answer, asked)}.</strong
        >
        <span class="quiet">An instance, a load balancer or a database may.</span>`,
    ],
    unconfirmed: () => [unconfirmed(answer, asked)],
    unknown: () => [unknown(answer, asked)],
  }[answer.verdict]();
  return [...lines, ...answer.possible.map((record) => maybeLine(answer, record, asked))];
}

const ip = (answer) => html`<span class="ip">${answer.ip}</span>`;
const instant = (answer, asked) => (asked ? atTime(millis(answer.at)) : 'now');
const where = (record) => (record.subnetId ? html`, in ${subnetLink(record.subnetId)}` : nothing);

function heldLine(answer, record, asked) {
  const still = asked
    ? html`${atTime(millis(answer.at), true)}, ${ip(answer)} was held by`
    : html`${ip(answer)} is held by`;
  return html`<strong>${still} ${taskWords(record)}</strong>, ${lifeWords(record)}${where(record)}.`;
}

/** Say who may have had it: beside a certain holder, that is in another subnet. */
function maybeLine(answer, record, asked) {
  const may = asked ? 'may have been' : 'may be';
  const words = html`${taskWords(record)}: ${whyMaybe(record, millis(answer.at))}`;
  if (answer.holders.length && record.subnetId)
    return html`In ${subnetLink(record.subnetId)}, it ${may} ${words}.`;
  return html`It ${may} ${words}.`;
}

/** Say on which side of its proofs the instant lies. */
function whyMaybe(record, instant) {
  if (record.attachedAtEstimated) {
    const gone = millis(endOf(record));
    const end = gone ? html` and was gone by ${when(gone)}` : '';
    return html`it was created ${atTime(millis(record.createdAt))}${end}, and nothing proves when it
    had the address`;
  }
  const first = millis(record.attachedAt);
  if (instant < first) {
    return html`it certainly had the address from ${when(first)}, and not yet at
    ${when(millis(record.attachedNotBefore))}`;
  }
  const last = millis(record.provenUntil ?? record.releasedNotBefore);
  const gone = millis(endOf(record));
  return html`it certainly had the address from
  ${when(first)}${last ? html` to ${when(last)}` : nothing}${gone
    ? html`, and no longer at ${when(gone)}`
    : nothing}`;
}

function unconfirmed(answer, asked) {
  const until = answer.coverage.to ?? answer.coverage.from;
  return html`<strong
      >No task is known to ${asked ? 'have had' : 'have'} ${ip(answer)}
      ${instant(answer, asked)}.</strong
    >
    No completed sweep has confirmed it
    yet${until ? html`: sweeps confirm up to ${when(millis(until))}` : nothing}.`;
}

function unknown(answer, asked) {
  const time = millis(answer.at);
  const [part] = unknownParts(answer.coverage, time, time + 1).filter(
    ({kind}) => kind === 'unknown',
  );
  const why =
    answer.coverage.from === null
      ? 'No sweep has completed yet.'
      : part?.why.startsWith('before')
        ? html`Coverage begins at ${when(millis(answer.coverage.from))}.`
        : html`The instant lies in a gap${part ? `: ${clean(part.why)}` : ''}.`;
  return html`<strong>Nobody can tell who had ${ip(answer)} ${instant(answer, asked)}.</strong>
    ${why}`;
}

const between = (ms) => (ms < 1000 ? 'less than 1 s' : duration(ms));

/** Return who had it before and after, with how long the address was without a task between. */
export function neighbours(answer) {
  const time = millis(answer.at);
  const all = [...answer.holders, ...answer.possible, ...answer.previous, ...answer.next];
  const several = new Set(all.map((record) => record.subnetId)).size > 1;
  const words = (record) => html`${taskWords(record)}${several ? where(record) : nothing}`;
  const before = answer.previous.map((record) => {
    const end = millis(endOf(record) ?? record.releasedNotBefore);
    const until = isOver(record) ? 'gone by' : 'until';
    const rest = end
      ? html`, ${until} ${when(end)} <span class="quiet">(${between(time - end)} before)</span>`
      : nothing;
    return html`<li><b>Before</b> <span>${words(record)}${rest}</span></li>`;
  });
  const after = answer.next.map((record) => {
    const start = millis(record.attachedAt);
    return html`<li>
      <b>After</b>
      <span
        >${words(record)}, from ${when(start)}
        <span class="quiet">(${between(start - time)} later)</span></span
      >
    </li>`;
  });
  if (!before.length && !after.length) return nothing;
  return html`<ul class="neighbours" aria-label="Who had it before and after">
    ${before}${after}
  </ul>`;
}
