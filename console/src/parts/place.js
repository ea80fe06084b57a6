// Owns a directive that places elements: the page's policy forbids style attributes, not properties.

import {Directive, directive} from 'lit/directive.js';
import {noChange} from 'lit';

class Place extends Directive {
  render() {
    return noChange;
  }

  update(part, [styles]) {
    for (const [name, value] of Object.entries(styles)) part.element.style.setProperty(name, value);
    return noChange;
  }
}

/** Use as html`<div ${place({height: '10px'})}>`. */
export const place = directive(Place);
