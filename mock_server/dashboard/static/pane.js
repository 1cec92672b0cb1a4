// One world on the page, kept up to date.

import { call, reference } from "./api.js";
import { Clock } from "./clock.js";
import { showCoverage } from "./coverage.js";
import { part, setText, showError } from "./dom.js";
import { Faults } from "./faults.js";
import { Feed } from "./feed.js";
import { Gallery } from "./gallery.js";
import { RequestList } from "./list.js";
import { OrderForm } from "./order.js";
import { Task } from "./task.js";
import { Verdict } from "./verdict.js";
import { count, grouped } from "./words.js";

const PAUSE_MS = 200;
const REPORT_PAUSE_MS = 1000;
const PICTURE_PAUSE_MS = 500;
// So that pictures cost at most 25 KB/s, whatever the traffic.
const PAUSE_MS_PER_PICTURE = 400;

export class Pane {
  #view = null;
  #pictured = "";

  /** page: the Page that the pane belongs to. */
  constructor(page, name) {
    this.page = page;
    this.root = document.getElementById("pane").content.cloneNode(true).querySelector(".pane");
    this.requests = new RequestList(this.root, (entry) => this.#open(entry.id), () => this.clock?.now ?? null);
    this.feed = new Feed(this, this.requests);
    this.gallery = new Gallery(this.root);
    this.clock = new Clock(this.root, { post: (command) => this.#post(command), stale: () => this.tasks.world.ask() });
    this.faults = new Faults(this.root, (method, query, body) => this.#changeFaults(method, query, body));
    this.verdict = new Verdict(this.root, (id) => this.#open(id));
    this.order = new OrderForm(this.root, {
      world: () => this.world,
      check: async (token) => (await page.worlds.open(token).catch(() => null)) === this.world.name,
      open: (id) => this.#open(id),
    });
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
    this.#view = null;
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
    this.feed.forget();
    this.#pictured = "";
    for (const task of Object.values(this.tasks)) task.ask();
  }

  /** Handle what has changed on the server. */
  onEvent({ requests, worlds, resets, more }) {
    if (resets.includes(this.name) || resets.includes(null)) {
      this.reload();
      return;
    }
    const called = more || this.name in requests;
    const changed = more || worlds.includes(this.name);
    if (this.feed.announce(requests, more) || changed) this.#ask("requests"); // a change may begin a request
    if (called) this.#ask("coverage", "verdict");
    if (changed) this.#ask("world", "faults");
    else if (worlds.length && this.page.shared) this.#ask("world"); // all worlds share its lock and clock
  }

  stop() {
    this.clock.stop();
    this.requests.stop();
    for (const task of Object.values(this.tasks)) task.stop();
    this.root.remove();
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

  #tasks() {
    const task = (work, pause) => new Task(work, pause, (error) => this.#failed(error));
    const fetched = (path, show) => this.#current(() => call("GET", path()), show);
    return {
      world: task(() => fetched(() => this.#path, (view) => this.#show(view)), PAUSE_MS),
      requests: task(() => this.feed.load(), PAUSE_MS),
      pictures: task(() => this.#pictures(), PICTURE_PAUSE_MS),
      faults: task(() => fetched(() => `${this.#path}/faults`, (active) => this.faults.show(active)), PAUSE_MS),
      coverage: task(() => fetched(() => `/coverage?${this.query}`, (coverage) => showCoverage(this.root, coverage)), REPORT_PAUSE_MS),
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
    this.#view = view;
    if (this.page.worlds.learn(view)) this.updatePicker();
    setText(part(this.root, "credits"), grouped(view.credits));
    setText(part(this.root, "used"), grouped(view.used_today));
    setText(part(this.root, "limit"), grouped(view.daily_limit));
    setMeter(part(this.root, "credits-meter"), view.credits, Math.max(this.world.credits, view.credits));
    setMeter(part(this.root, "used-meter"), view.used_today, view.daily_limit);
    setText(part(this.root, "running"), view.running ? `${count(view.running, "generation")} running` : "no generation running");
    this.clock.show(view);
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

  async #post(command) {
    try {
      await call("POST", `${this.#path}/clock`, command);
    } catch (error) {
      this.page.notice(error);
    }
    this.#ask("world");
  }

  async #changeFaults(method, query, body) {
    this.faults.show(await call(method, `${this.#path}/faults${query}`, body));
  }

  async #open(id) {
    try {
      this.page.showExchange(await call("GET", `/requests/${encodeURIComponent(id)}`), this.world);
    } catch (error) {
      this.page.notice(error);
    }
  }

  #addListeners() {
    part(this.root, "picker").addEventListener("change", (event) => this.page.choose(this, event.target.value));
    part(this.root, "close").addEventListener("click", () => this.page.close(this));
    part(this.root, "reset").addEventListener("click", () => this.#reset());
    part(this.root, "opener")?.addEventListener("submit", (event) => this.#openToken(event));
    part(this.root, "filters").elements.scope.addEventListener("change", () => {
      this.feed.forget();
      this.#ask("requests");
    });
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

  async #reset() {
    const question = `Reset the world of ${this.world.label}? This deletes its images, requests and faults.`;
    if (!(await this.page.confirm(question))) return;
    try {
      await call("PUT", this.#path, {});
    } catch (error) {
      this.page.notice(error);
    }
    this.reload();
  }
}

function setMeter(node, value, max) {
  node.max = Math.max(1, max);
  node.value = value;
}
