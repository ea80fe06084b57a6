// Owns the picture of time: bars on lanes, certain or possible, over what nobody can know.

import {html, LitElement, nothing, svg} from 'lit';
import {now, stamp} from '../time.js';
import {FARTHEST, pack, scale, ticks} from '../scale.js';

const BAR = 22; // height of a bar
const DENSE = 15; // and where there are many
const LANE_GAP = 10;
const AXIS = 26;
const FLAG = 26; // room for the verdict above the lanes
const CHART = 56;
const NEAREST = 2000; // the least that can be in sight, in milliseconds
const SPANS = [
  ['10 min', 600_000],
  ['1 h', 3_600_000],
  ['6 h', 21_600_000],
  ['1 day', 86_400_000],
  ['7 days', 604_800_000],
];

/**
 * <time-line .from .to .lanes .unknown .at .flag .counts .label>
 *
 * Lanes are [{label, bars: [{id, from, to, kind: 'certain' | 'possible', hue, label, title, href}]}],
 * unknown is what coverage.js returns, counts are [{ms, n}]. Fires "range" with {from, to} and
 * "moment" with an instant. `fixed` leaves out everything that moves it.
 */
class TimeLine extends LitElement {
  static properties = {
    from: {attribute: false},
    to: {attribute: false},
    lanes: {attribute: false},
    unknown: {attribute: false},
    at: {attribute: false},
    flag: {attribute: false},
    counts: {attribute: false},
    label: {},
    zone: {},
    fixed: {type: Boolean},
    dense: {type: Boolean},
    width: {state: true},
  };

  constructor() {
    super();
    Object.assign(this, {lanes: [], unknown: [], at: null, counts: null, width: 640});
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.resizing = new ResizeObserver(([entry]) => {
      this.width = Math.max(240, Math.floor(entry.contentRect.width));
    });
    this.resizing.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.resizing.disconnect();
  }

  /** Ask for another range, around a point that stays where it is. */
  #zoom(factor, around = this.#centre) {
    const span = Math.min(FARTHEST, Math.max(NEAREST, (this.to - this.from) * factor));
    const share = (around - this.from) / (this.to - this.from);
    this.#show(around - span * share, span);
  }

  get #centre() {
    const inSight = this.at !== null && this.at >= this.from && this.at <= this.to;
    return inSight ? this.at : (this.from + this.to) / 2;
  }

  #span(span) {
    const centre = this.at ?? this.to;
    this.#show(Math.min(centre - span / 2, now() - span), span);
  }

  #pan(share) {
    const span = this.to - this.from;
    this.#show(this.from + span * share, span);
  }

  #show(from, span) {
    // A little of the future is left in sight, so that "now" does not stick to the edge.
    const start = Math.min(from, now() + span * 0.04 - span);
    const detail = {from: Math.round(start), to: Math.round(start + span)};
    this.dispatchEvent(new CustomEvent('range', {detail}));
  }

  #instant(event) {
    const box = this.querySelector('svg').getBoundingClientRect();
    return this.from + ((event.clientX - box.left) / box.width) * (this.to - this.from);
  }

  #down(event) {
    if (this.fixed || event.button !== 0 || event.target.closest('a')) return;
    this.drag = {x: event.clientX, from: this.from, moved: false};
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  #drag(event) {
    if (!this.drag) return;
    const pixels = event.clientX - this.drag.x;
    if (Math.abs(pixels) < 4 && !this.drag.moved) return;
    this.drag.moved = true;
    const span = this.to - this.from;
    this.#show(this.drag.from - (pixels / this.width) * span, span);
  }

  #up(event) {
    const drag = this.drag;
    this.drag = null;
    if (!drag || drag.moved) return;
    const instant = Math.min(Math.round(this.#instant(event)), now() - 1);
    this.dispatchEvent(new CustomEvent('moment', {detail: instant}));
  }

  #wheel(event) {
    // The wheel alone scrolls the page, as everywhere.
    if (this.fixed || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    this.#zoom(event.deltaY > 0 ? 1.25 : 0.8, this.#instant(event));
  }

  #key(event) {
    const act = {
      ArrowLeft: () => this.#pan(-0.2),
      ArrowRight: () => this.#pan(0.2),
      '+': () => this.#zoom(0.5),
      '=': () => this.#zoom(0.5),
      '-': () => this.#zoom(2),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  render() {
    const x = scale(this.from, this.to, this.width);
    const head = (this.at === null ? 4 : FLAG) + (this.counts ? CHART : 0);
    const lanes = layOut(this.lanes, head, this.dense ? DENSE : BAR);
    const bottom = lanes.reduce((y, lane) => Math.max(y, lane.bottom), head + 8);
    return html`${this.fixed ? nothing : this.#tools()}
      <div class="canvas" @keydown=${this.fixed ? nothing : this.#key}>
        <svg
          width=${this.width}
          height=${bottom + AXIS}
          viewBox="0 0 ${this.width} ${bottom + AXIS}"
          role="group"
          aria-label=${this.label}
          class=${this.fixed ? '' : 'moves'}
          @pointerdown=${this.#down}
          @pointermove=${this.#drag}
          @pointerup=${this.#up}
          @wheel=${this.#wheel}
        >
          ${this.unknown.map((part) => veil(part, x, head - 2, bottom))} ${this.#axis(x, bottom)}
          ${this.counts ? chart(this.counts, x, this.at === null ? 4 : FLAG, this.to) : nothing}
          ${lanes.map(
            (lane) =>
              svg`<g>${laneLabel(lane)}${lane.bars.map((bar) => drawn(bar, x, lane, this.width))}</g>`,
          )}
          ${this.#moment(x, bottom)}
        </svg>
      </div>`;
  }

  #tools() {
    const button = (label, title, act) =>
      html`<button type="button" title=${title} aria-label=${title} @click=${act}>
        ${label}
      </button>`;
    return html`<div class="tools" role="toolbar" aria-label="What of the time is in sight">
      ${button('←', 'Earlier', () => this.#pan(-0.5))} ${button('→', 'Later', () => this.#pan(0.5))}
      ${button('−', 'Zoom out', () => this.#zoom(2.5))}
      ${button('+', 'Zoom in', () => this.#zoom(0.4))}
      <span class="range">${stamp(this.from)} → ${this.to > now() ? 'now' : stamp(this.to)}</span>
      <span class="spans"
        >${SPANS.map(([label, ms]) => button(label, `Show ${label}`, () => this.#span(ms)))}</span
      >
    </div>`;
  }

  #axis(x, bottom) {
    return ticks(this.from, this.to, this.width).map(
      ({ms, label, major}) => svg`<g class="tick ${major ? 'major' : ''}">
        <line x1=${x(ms)} x2=${x(ms)} y1="0" y2=${bottom + 5}></line>
        <text x=${x(ms)} y=${bottom + 19} text-anchor=${x(ms) < 20 ? 'start' : x(ms) > this.width - 20 ? 'end' : 'middle'}>${label}</text>
      </g>`,
    );
  }

  #moment(x, bottom) {
    const marks = [];
    const today = now();
    if (today > this.from && today < this.to) {
      marks.push(svg`<line class="now" x1=${x(today)} x2=${x(today)} y1="0" y2=${bottom}></line>`);
    }
    if (this.at === null || this.at < this.from || this.at > this.to) return marks;
    const right = x(this.at) > this.width / 2;
    const place = x(this.at) + (right ? -6 : 6);
    marks.push(svg`<g class="moment ${this.flag?.verdict ?? ''}">
      <line x1=${x(this.at)} x2=${x(this.at)} y1="2" y2=${bottom}></line>
      <circle cx=${x(this.at)} cy="9" r="5"></circle>
      <text x=${place + (right ? -4 : 4)} y="14" text-anchor=${right ? 'end' : 'start'}>${this.flag?.text ?? ''}</text>
    </g>`);
    return marks;
  }
}

/** Give each lane its height: bars that overlap stand below each other. */
function layOut(lanes, head, size) {
  let y = head;
  return lanes.map((lane) => {
    const bars = lane.bars.map((bar) => ({...bar}));
    const rows = Math.max(1, pack(bars));
    const top = y + (lane.label ? 18 : 4);
    const bottom = top + rows * (size + 3) + LANE_GAP - 3;
    y = bottom;
    return {...lane, bars, top, bottom, size};
  });
}

const laneLabel = (lane) =>
  lane.label ? svg`<text class="lane" x="4" y=${lane.top - 5}>${lane.label}</text>` : nothing;

/** Draw a bar, at least two pixels wide: the shortest life must be seen. */
function drawn(bar, x, lane, width) {
  const left = Math.max(-4, x(bar.from));
  const right = Math.min(width + 4, x(bar.to));
  if (right < 0 || left > width) return nothing;
  const size = Math.max(2, right - left - (bar.kind === 'certain' ? 1 : 0));
  const y = lane.top + bar.row * (lane.size + 3);
  const start = Math.max(left, 0);
  const room = Math.min(right, width) - start - 6;
  const shape = svg`<title>${bar.title}</title>
    <rect class="bar ${bar.kind} ${bar.hue ?? ''}" x=${left} y=${y} width=${size} height=${lane.size} rx="3"></rect>
    ${bar.kind === 'certain' ? nothing : svg`<rect class="hatch" x=${left} y=${y} width=${size} height=${lane.size} rx="3"></rect>`}
    ${bar.label && room > 24 ? svg`<svg class="in" x=${start + 6} y=${y} width=${room} height=${lane.size}><text y=${lane.size / 2 + 4}>${bar.label}</text></svg>` : nothing}`;
  if (!bar.href) return svg`<g role="img" aria-label=${bar.title}>${shape}</g>`;
  return svg`<a href=${bar.href} aria-label=${bar.title}>${shape}</a>`;
}

/** Draw what nobody can know as a veil over the whole height. */
function veil(part, x, top, bottom) {
  const width = Math.max(1, x(part.to) - x(part.from));
  return svg`<g class="veil ${part.kind}" role="img" aria-label="${part.kind}: ${part.why}">
    <title>${part.kind === 'unknown' ? 'Unknown' : 'Not confirmed yet'}: ${part.why}</title>
    <rect x=${x(part.from)} y=${top} width=${width} height=${bottom - top}></rect>
    ${width > 70 ? svg`<text x=${x(part.from) + 6} y=${bottom - 5}>${part.kind === 'unknown' ? 'unknown' : 'unconfirmed'}</text>` : nothing}
  </g>`;
}

/** Draw how many there were, as steps. */
function chart(counts, x, top, to) {
  const most = Math.max(1, ...counts.map(({n}) => n));
  const y = (n) => top + CHART - 12 - (n / most) * (CHART - 24);
  let path = '';
  let last = 0;
  for (const {ms, n} of counts) {
    path += path
      ? `H${x(ms).toFixed(1)}V${y(n).toFixed(1)}`
      : `M${x(ms).toFixed(1)},${y(n).toFixed(1)}`;
    last = n;
  }
  path += `H${x(Math.min(to, now())).toFixed(1)}`;
  return svg`<g class="chart" role="img" aria-label="At most ${most} at once, ${last} at the end">
    <path class="area" d="${path}V${y(0)}H${x(counts[0]?.ms ?? to).toFixed(1)}Z"></path>
    <path class="steps" d=${path}></path>
    <text x="4" y=${top + 9}>${most} at most</text>
  </g>`;
}

/** Return the key to the picture. */
export const legend = (...extra) =>
  html`<ul class="legend">
    <li><i class="key certain"></i>certain</li>
    <li><i class="key possible"></i>possible</li>
    <li><i class="key unknown"></i>unknown: nobody can tell</li>
    <li><i class="key unconfirmed"></i>not confirmed by a sweep yet</li>
    ${extra}
  </ul>`;

customElements.define('time-line', TimeLine);
