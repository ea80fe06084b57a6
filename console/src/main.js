// Owns the frame of the page: the header, and the view that the address asks for.

import {html, LitElement} from 'lit';
import {keyed} from 'lit/directives/keyed.js';
import {amend, current, link} from './route.js';
import {clean} from './text.js';
import {setZone, zoneName} from './time.js';
import './parts/address-grid.js';
import './parts/data-table.js';
import './parts/live-light.js';
import './parts/search-box.js';
import './parts/time-line.js';
import './parts/time-picker.js';
import './parts/trust-line.js';
import './views/address.js';
import './views/eni.js';
import './views/service.js';
import './views/status.js';
import './views/subnet.js';
import './views/subnets.js';
import './views/task.js';
import './views/tasks.js';
import {empty} from './parts/notice.js';

const VIEWS = {
  tasks: (route) => html`<tasks-view .route=${route}></tasks-view>`,
  address: (route) => html`<address-view .route=${route}></address-view>`,
  task: (route) => html`<task-view .route=${route}></task-view>`,
  subnets: (route) => html`<subnets-view .route=${route}></subnets-view>`,
  subnet: (route) => html`<subnet-view .route=${route}></subnet-view>`,
  service: (route) => html`<service-view .route=${route}></service-view>`,
  status: (route) => html`<status-view .route=${route}></status-view>`,
  eni: (route) => html`<eni-view .route=${route}></eni-view>`,
  lost: ({reason}) =>
    html`<section>
      <h1 tabindex="-1" class="lead">There is no such page.</h1>
      ${reason ? html`<p>${clean(reason)}</p>` : ''}
      ${empty('Tasks, subnets and status are above', 'Or write an address into the search box.')}
    </section>`,
};

const NAV = [
  ['tasks', 'Tasks', ['tasks', 'task', 'address', 'service', 'eni']],
  ['subnets', 'Subnets', ['subnets', 'subnet']],
  ['status', 'Status', ['status']],
];

class ConsoleApp extends LitElement {
  static properties = {route: {state: true}};

  constructor() {
    super();
    this.#follow();
    window.addEventListener('hashchange', () => this.#follow());
  }

  createRenderRoot() {
    return this;
  }

  #follow() {
    this.route = current();
    setZone(this.route.query.zone);
    document.title = [...this.route.args.slice(-1), this.route.view]
      .map(clean)
      .join(' · ')
      .concat(' – ECS IP Inventory');
  }

  updated(changed) {
    const before = changed.get('route');
    const place = (route) => JSON.stringify([route.view, route.args]);
    if (!before || place(before) === place(this.route)) return;
    window.scrollTo(0, 0);
    // A screen reader starts at the new page, not at the link that led there.
    this.querySelector('main').focus({preventScroll: true});
  }

  #flipZone() {
    amend({zone: this.route.query.zone === 'utc' ? '' : 'utc'});
  }

  render() {
    const {view, args, query} = this.route;
    return html` <a class="skip" href="#main" @click=${(event) => this.#skip(event)}
        >To the content</a
      >
      <header class="top">
        <a class="brand" href=${link(['tasks'])}><b>ECS IP</b> Inventory</a>
        <nav aria-label="Views">
          ${NAV.map(
            ([name, label, views]) =>
              html`<a
                href=${link([name])}
                aria-current=${views.includes(view) ? (view === name ? 'page' : 'true') : 'false'}
                >${label}</a
              >`,
          )}
        </nav>
        <search-box .route=${this.route}></search-box>
        <live-light></live-light>
        <button
          type="button"
          class="zone"
          aria-pressed=${query.zone === 'utc' ? 'true' : 'false'}
          title="Times are in ${zoneName()}"
          @click=${this.#flipZone}
        >
          UTC
        </button>
      </header>
      <main id="main" tabindex="-1">
        ${keyed(`${view}/${args.join('/')}`, VIEWS[view](this.route))}
      </main>
      <trust-line .route=${this.route}></trust-line>`;
  }

  #skip(event) {
    event.preventDefault();
    this.querySelector('main').focus();
  }
}

customElements.define('console-app', ConsoleApp);
document.body.prepend(document.createElement('console-app'));
