// One world on the page, kept up to date.

import { call, reference } from "./api.js";
import { Chart } from "./chart.js";
import { Clock } from "./clock.js";
import { showCoverage } from "./coverage.js";
import { part, showError } from "./dom.js";
import { save } from "./export.js";
import { Faults } from "./faults.js";
import { Feed } from "./feed.js";
import { Filters } from "./filters.js";
import { Gallery } from "./gallery.js";
import { RequestList } from "./list.js";
import { OrderForm } from "./order.js";
import { Resets } from "./resets.js";
import { State } from "./state.js";
import { Task } from "./task.js";
import { Verdict } from "./verdict.js";
import { Welcome } from "./welcome.js";

const PAUSE_MS = 200;
const REPORT_PAUSE_MS = 1000;
const PICTURE_PAUSE_MS = 500;
// So that pictures cost at most 25 KB/s, whatever the traffic.
const PAUSE_MS_PER_PICTURE = 400;

export class Pane {
  #pictured = "";
  #partial = true;

  /** page: the Page that the pane belongs to. */
  constructor(page, name) {
    this.page = page;
    this.root = document.getElementById("pane").content.cloneNode(true).querySelector(".pane");
    this.requests = new RequestList(this.root, {
      open: (entry) => page.details.open(entry.id, this),
      world: () => this.name,
      now: () => this.clock?.now ?? null,
      showEmpty: (empty) => this.welcome?.show(this.world, empty),
    });
    this.filters = new Filters(this.root, () => page.isFirst(this));
    this.feed = new Feed(this, this.requests);
    this.chart = new Chart(this.root, (id) => page.details.open(id, this), () => this.clock?.now ?? null);
    this.requests.onShown = (entries) => this.chart.showRequests(entries);
    this.gallery = new Gallery(this.root);
    this.clock = new Clock(this.root, { post: (command) => this.#post(command), stale: () => this.tasks.world.ask() });
    const changeFaults = (method, query, body) => this.#changeFaults(method, query, body);
    this.faults = new Faults(this.root, changeFaults);
    this.state = new State(this.root, {
      change: (fields) => this.#try(() => call("PATCH", this.#path, fields)),
      faults: (...sent) => this.#try(() => changeFaults(...sent)),
    });
    this.resets = new Resets(this.root, { world: () => this.world, notice: (...said) => page.notice(...said), done: () => this.reload() });
    this.verdict = new Verdict(this.root, (id) => page.details.open(id, this));
    this.order = new OrderForm(this.root, {
      world: () => this.world,
      check: async (token) => (await page.worlds.open(token).catch(() => null)) === this.world.name,
      open: (id) => page.details.open(id, this),
    });
    this.welcome = new Welcome(this.root, { order: this.order, choose: (world) => page.choose(this, world), all: () => this.#showAll() });
    this.tasks = this.#tasks();
    this.#addListeners();
    page.faults.then((kinds) => this.faults.setKinds(kinds), page.notice);
    this.choose(name);
  }

  get world() {
    return this.page.worlds.get(this.name);
  }

  /** Show another world. */
  choose(name) {
    this.name = name;
    this.order.clear();
    this.updatePicker();
    this.reload();
  }

  /** Update the list of worlds in the picker. */
  updatePicker() {
    const picker = part(this.root, "picker");
    this.page.worlds.fillGroup(part(this.root, "others"), this.name);
    picker.value = this.name;
    this.root.setAttribute("aria-label", `World ${this.world.label}`);
  }

  /** Request everything again. */
  reload() {
    this.feed.restart();
    this.#pictured = "";
    this.#partial = true;
    this.#ask("requests", "world");
  }

  /** Handle what has changed on the server. */
  onEvent({ requests, worlds, resets, more }) {
    if (resets.includes(this.name) || resets.includes(null)) {
      this.reload();
      return;
    }
    const [called, changed] = [more || this.name in requests, more || worlds.includes(this.name)];
    if (this.feed.announce(requests, more) || changed) this.#ask("requests"); // a change may begin a request
    if (called) this.#ask("coverage", "verdict");
    if (changed) this.#ask("world", "faults");
    if (Object.keys(requests).length) this.welcome.ask();
    if (!changed && worlds.length && this.page.shared) this.#ask("world"); // all worlds share its lock and clock
  }

  stop() {
    this.clock.stop();
    this.requests.stop();
    this.welcome.stop();
    for (const task of Object.values(this.tasks)) task.stop();
    this.root.remove();
  }

  /** Return the time of an entry's world in milliseconds, null if it is unknown. */
  timeOf(entry) {
    return entry.world === this.name ? this.clock.now : null;
  }

  get #path() {
    return `/worlds/${reference(this.world)}`;
  }

  get query() {
    return `token=${reference(this.world)}`;
  }

  #ask(...names) {
    for (const name of names) this.tasks[name].ask();
  }

  /** Ask for everything else once the requests are there: they show first. */
  #askForRest() {
    if (this.#partial) this.#ask("pictures", "faults", "coverage", "verdict");
    this.#partial = false;
  }

  #tasks() {
    const task = (work, pause) => new Task(work, pause, (error) => this.#failed(error));
    const fetched = (path, show) => this.#current(() => call("GET", path()), show);
    return {
      world: task(() => fetched(() => this.#path, (view) => this.#show(view)), PAUSE_MS),
      requests: task(() => this.feed.load().finally(() => this.#askForRest()), PAUSE_MS),
      pictures: task(() => this.#pictures(), PICTURE_PAUSE_MS),
      faults: task(() => fetched(() => `${this.#path}/faults`, (active) => this.#showFaults(active)), PAUSE_MS),
      coverage: task(() => fetched(() => `/coverage?${this.query}`, (coverage) => showCoverage(this.root, coverage, (...chosen) => this.filters.choose(...chosen))), REPORT_PAUSE_MS),
      verdict: task(() => fetched(() => `/verdict?${this.query}`, (verdict) => this.verdict.show(verdict)), REPORT_PAUSE_MS),
    };
  }

  /** Show fetched data, unless another world was selected meanwhile. */
  async #current(fetching, show) {
    const name = this.name;
    const data = await fetching();
    if (name === this.name) show(data);
  }

  #show(view) {
    showError(part(this.root, "problem"), "");
    if (this.page.worlds.learn(view)) this.updatePicker();
    this.clock.show(view);
    this.state.show(view, this.world);
    this.chart.showWorld(view);
    this.order.show(this.world);
    if (`${this.name}/${view.images}` !== this.#pictured) this.#ask("pictures");
  }

  async #pictures() {
    let fresh = 0;
    await this.#current(() => call("GET", `${this.#path}/images`), (found) => {
      this.#pictured = `${this.name}/${found.total}`;
      fresh = this.gallery.show(this.world, found);
    });
    return fresh * PAUSE_MS_PER_PICTURE;
  }

  #failed(error) {
    showError(part(this.root, "problem"), error.message);
  }

  #post(command) {
    return this.#try(() => call("POST", `${this.#path}/clock`, command));
  }

  /** Make a change, and show the world after it; say what went wrong. */
  async #try(changing) {
    try {
      await changing();
    } catch (error) {
      this.page.notice(error);
    }
    this.#ask("world");
  }

  async #changeFaults(method, query, body) {
    this.#showFaults(await call(method, `${this.#path}/faults${query}`, body));
  }

  #showFaults(active) {
    this.faults.show(active);
    this.state.showFaults(active);
  }

  /** Show the requests of all worlds. */
  #showAll() {
    const { scope } = part(this.root, "filters").elements;
    scope.value = "all";
    scope.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #addListeners() {
    part(this.root, "picker").addEventListener("change", (event) => this.page.choose(this, event.target.value));
    part(this.root, "export").addEventListener("input", (event) => {
      event.stopPropagation(); // it is no filter
      const { value } = event.target;
      event.target.value = "";
      save(this.requests.listed, value).catch((error) => this.page.notice(error));
    });
    for (const link of this.root.querySelectorAll("[data-jump]")) link.addEventListener("click", (event) => this.#jump(event));
    part(this.root, "close").addEventListener("click", () => this.page.close(this));
    part(this.root, "opener")?.addEventListener("submit", (event) => this.#openToken(event));
    part(this.root, "filters").elements.scope.addEventListener("change", () => {
      this.feed.restart();
      this.#ask("requests");
    });
  }

  /** Scroll to a part of the world; the address is not for that. */
  #jump(event) {
    event.preventDefault();
    const section = this.root.querySelector(`[data-place="${event.currentTarget.dataset.jump}"]`);
    section.tabIndex = -1;
    section.focus({ preventScroll: true });
    section.scrollIntoView();
  }

  async #openToken(event) {
    event.preventDefault();
    const { token } = event.target.elements;
    try {
      this.page.choose(this, await this.page.worlds.open(token.value));
      token.value = "";
    } catch (error) {
      this.page.notice(error);
    }
  }
}
