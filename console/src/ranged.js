// Owns views with a time line: the range in sight moves at once, and is asked for when it rests.

import {amend} from './route.js';
import {FARTHEST} from './scale.js';
import {iso, millis, now} from './time.js';
import {View} from './view.js';

const REST = 250; // milliseconds without a move
const DAY = 86_400_000;

export class RangedView extends View {
  static properties = {range: {state: true}};

  #timer = null;

  /** Return the range that is in sight before anybody moved it: the moment asked about is in it. */
  firstRange(span = DAY) {
    const {at} = this.route.query;
    if (!at) return {from: now() - DAY, to: now() + DAY / 24};
    const to = Math.min(millis(at) + span / 2, now() + span / 24);
    return {from: to - span, to};
  }

  willUpdate(changed) {
    if (changed.has('route')) this.#follow(changed.get('route'));
    super.willUpdate(changed);
  }

  /** Take the range from the route, unless it is the one that is being moved. */
  #follow(before) {
    const {query, args} = this.route;
    const other = JSON.stringify(before?.args) !== JSON.stringify(args);
    const asked = {from: millis(query.from ?? null), to: millis(query.to ?? null)};
    // One that was typed by hand can be none, or millennia long.
    if (asked.to > asked.from && asked.to - asked.from <= FARTHEST) {
      this.range = asked;
    } else if (!this.range || other || before?.query.from || !this.#inSight(query.at)) {
      this.range = this.firstRange();
    }
  }

  #inSight(at) {
    return !at || (millis(at) > this.range.from && millis(at) < this.range.to);
  }

  /** Show another range now; ask for it when it rests. */
  move({from, to}) {
    this.range = {from, to};
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => amend({from: iso(from), to: iso(to)}), REST);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  /** Follow the clock while "now" is in sight, so that new things come in at the right. */
  advance() {
    const {at, from} = this.route.query;
    if (at || from) return;
    this.range = this.firstRange();
  }

  /** Return the range as the API takes it: nothing of the future. */
  get asked() {
    const to = Math.min(this.range.to, now() - 1000);
    return {from: iso(Math.min(this.range.from, to - 1000)), to: iso(to)};
  }

  question(route) {
    return JSON.stringify([super.question(route), route.query.from, route.query.to]);
  }
}
