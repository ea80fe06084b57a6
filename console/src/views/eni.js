// Owns the way from a network interface to its task: an interface belongs to one task for good.

import {html} from 'lit';
import {ask} from '../api.js';
import {toTask} from '../route.js';
import {View} from '../view.js';

class EniView extends View {
  async load(signal) {
    const record = await ask(['enis', this.route.args[0]], {}, {signal});
    // Without a step in the history: "back" leads to where the person came from.
    location.replace(toTask(record));
    return record;
  }

  every() {
    return null;
  }

  page(record) {
    return html`<h1 tabindex="-1"><a href=${toTask(record)}>Its task</a></h1>`;
  }
}

customElements.define('eni-view', EniView);
