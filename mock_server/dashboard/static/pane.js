// One world on the page, kept up to date.

import { call, reference } from "./api.js";
import { Clock } from "./clock.js";
import { showCoverage } from "./coverage.js";
import { part, setText, showError } from "./dom.js";
import { Faults } from "./faults.js";
import { Gallery } from "./gallery.js";
import { OrderForm } from "./order.js";
import { Task } from "./task.js";
import { Timeline } from "./timeline.js";
import { Verdict } from "./verdict.js";
import { count } from "./words.js";

const PAUSE_MS = 200;
const REPORT_PAUSE_MS = 1000;
const MAX_REQUESTS = 1000;
// More than the events announced: the journal may have grown since.
const SPARE_REQUESTS = 20;

export class Pane {
  #view = null;
  #pending = 0;
  #pictures = "";

  /** page: the Page that the pane belongs to. */
  constructor(page, name) {
    this.page = page;
    this.root = document.getElementById("pane").content.cloneNode(true).querySelector(".pane");
    this.timeline = new Timeline(this.root, (entry) => page.showExchange(entry, this.world));
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
    this.#pending = Infinity;
    this.#pictures = "";
    for (const task of Object.values(this.tasks)) task.ask();
  }

  /** Handle a server-sent event. */
  onEvent(event) {
    if (event.type === "lost" || (event.type === "reset" && [this.name, null].includes(event.world))) this.reload();
    else if (event.type === "request" && (this.#allWorlds || event.world === this.name)) this.#onRequest(event);
    else if (event.type === "world" && event.world === this.name) this.#ask("world", "faults");
    else if (event.type === "world" && this.page.shared) this.#ask("world"); // all worlds share its lock and clock
  }

  stop() {
    this.clock.stop();
    this.timeline.stop();
    for (const task of Object.values(this.tasks)) task.stop();
    this.root.remove();
  }

  get #allWorlds() {
    return part(this.root, "filters").elements.scope.value === "all";
  }

  get #path() {
    return `/worlds/${reference(this.world)}`;
  }

  get #query() {
    return `token=${reference(this.world)}`;
  }

  #ask(...names) {
    for (const name of names) this.tasks[name].ask();
  }

  #onRequest(event) {
    this.#pending += 1;
    this.#ask("requests");
    if (event.world === this.name) this.#ask("coverage", "verdict");
  }

  #tasks() {
    const task = (work, pause) => new Task(work, pause, (error) => this.#failed(error));
    const fetched = (path, show) => this.#current(() => call("GET", path()), show);
    return {
      world: task(() => fetched(() => this.#path, (view) => this.#show(view)), PAUSE_MS),
      requests: task(() => this.#requests(), PAUSE_MS),
      faults: task(() => fetched(() => `${this.#path}/faults`, (active) => this.faults.show(active)), PAUSE_MS),
      coverage: task(() => fetched(() => `/coverage?${this.#query}`, (coverage) => showCoverage(this.root, coverage)), REPORT_PAUSE_MS),
      verdict: task(() => fetched(() => `/verdict?${this.#query}`, (verdict) => this.verdict.show(verdict)), REPORT_PAUSE_MS),
    };
  }

  /** Show fetched data, unless another world was selected meanwhile. */
  async #current(fetching, show) {
    const name = this.name;
    const data = await fetching();
    if (name === this.name) show(data);
  }

  async #requests() {
    const pending = this.#pending;
    this.#pending = 0;
    const limit = Math.min(MAX_REQUESTS, pending + SPARE_REQUESTS);
    const filter = this.#allWorlds ? "" : `&${this.#query}`;
    const fetching = () => call("GET", `/requests?limit=${limit}${filter}`);
    try {
      await this.#current(fetching, ({ requests }) => this.#add(requests, limit === MAX_REQUESTS));
    } catch (error) {
      this.#pending = Infinity;
      throw error;
    }
  }

  #add(requests, all) {
    if (all) this.timeline.set(requests);
    else if (!this.timeline.add(requests)) {
      this.#pending = Infinity;
      this.#ask("requests");
    }
  }

  #show(view) {
    showError(part(this.root, "problem"), "");
    this.#view = view;
    setText(part(this.root, "credits"), view.credits);
    setText(part(this.root, "used"), view.used_today);
    setText(part(this.root, "limit"), view.daily_limit);
    setMeter(part(this.root, "credits-meter"), view.credits, Math.max(this.world.credits, view.credits));
    setMeter(part(this.root, "used-meter"), view.used_today, view.daily_limit);
    setText(part(this.root, "running"), view.running ? `${count(view.running, "generation")} running` : "no generation running");
    this.clock.show(view);
    this.order.show(this.world);
    this.#updatePictures(view);
  }

  #updatePictures(view) {
    const seen = `${this.name}/${view.images}`;
    if (seen === this.#pictures) return;
    this.#pictures = seen;
    this.#current(() => call("GET", `${this.#path}/images`), (images) => this.gallery.show(this.world, images)).catch((error) => {
      this.#pictures = "";
      this.#failed(error);
    });
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
      this.#pending = Infinity;
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
