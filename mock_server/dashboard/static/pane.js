// One world on the page: what is known of it, kept up to date.

import { call, reference } from "./api.js";
import { Clock } from "./clock.js";
import { showCoverage } from "./coverage.js";
import { complain, part, write } from "./dom.js";
import { Faults } from "./faults.js";
import { Gallery } from "./gallery.js";
import { OrderForm } from "./order.js";
import { Task } from "./task.js";
import { Timeline } from "./timeline.js";
import { Verdict } from "./verdict.js";
import { count } from "./words.js";

const SOON_MS = 200;
const SELDOM_MS = 1000;
const MOST = 1000;
const SLACK = 20;

export class Pane {
  #view = null;
  #pending = 0;
  #pictures = "";

  /** page: what a pane needs of the page: worlds, faults, shared, showExchange, confirm, notice, choose, close. */
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
    this.#listen();
    page.faults.then((kinds) => this.faults.offer(kinds), page.notice);
    this.choose(name);
  }

  get world() {
    return this.page.worlds.get(this.name);
  }

  /** Show another world. */
  choose(name) {
    this.name = name;
    this.#view = null;
    this.offer();
    this.reload();
  }

  /** Bring the picker up to date with the worlds that there are. */
  offer() {
    const picker = part(this.root, "picker");
    this.page.worlds.offer(part(this.root, "others"), this.name);
    picker.value = this.name;
    this.root.setAttribute("aria-label", `World ${this.world.label}`);
  }

  /** Look at everything again. */
  reload() {
    this.#pending = Infinity;
    this.#pictures = "";
    for (const task of Object.values(this.tasks)) task.ask();
  }

  /** Take note of an event. */
  hear(event) {
    if (event.type === "lost" || (event.type === "reset" && [this.name, null].includes(event.world))) this.reload();
    else if (event.type === "request" && (this.#everybody || event.world === this.name)) this.#came(event);
    else if (event.type === "world" && event.world === this.name) this.#ask("world", "faults");
    else if (event.type === "world" && this.page.shared) this.#ask("world"); // its lock and clock are this one's too
  }

  stop() {
    this.clock.stop();
    this.timeline.stop();
    for (const task of Object.values(this.tasks)) task.stop();
    this.root.remove();
  }

  get #everybody() {
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

  #came(event) {
    this.#pending += 1;
    this.#ask("requests");
    if (event.world === this.name) this.#ask("coverage", "verdict");
  }

  #tasks() {
    const task = (work, pause) => new Task(work, pause, (error) => this.#failed(error));
    const fetched = (path, show) => this.#current(() => call("GET", path()), show);
    return {
      world: task(() => fetched(() => this.#path, (view) => this.#show(view)), SOON_MS),
      requests: task(() => this.#requests(), SOON_MS),
      faults: task(() => fetched(() => `${this.#path}/faults`, (active) => this.faults.show(active)), SOON_MS),
      coverage: task(() => fetched(() => `/coverage?${this.#query}`, (told) => showCoverage(this.root, told)), SELDOM_MS),
      verdict: task(() => fetched(() => `/verdict?${this.#query}`, (told) => this.verdict.show(told)), SELDOM_MS),
    };
  }

  /** Show what was fetched, unless another world was chosen meanwhile. */
  async #current(fetching, show) {
    const name = this.name;
    const told = await fetching();
    if (name === this.name) show(told);
  }

  async #requests() {
    const pending = this.#pending;
    this.#pending = 0;
    const limit = Math.min(MOST, pending + SLACK);
    const whose = this.#everybody ? "" : `&${this.#query}`;
    const fetching = () => call("GET", `/requests?limit=${limit}${whose}`);
    try {
      await this.#current(fetching, ({ requests }) => this.#add(requests, limit === MOST));
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
    complain(part(this.root, "problem"), "");
    this.#view = view;
    write(part(this.root, "credits"), view.credits);
    write(part(this.root, "used"), view.used_today);
    write(part(this.root, "limit"), view.daily_limit);
    meter(part(this.root, "credits-meter"), view.credits, Math.max(this.world.credits, view.credits));
    meter(part(this.root, "used-meter"), view.used_today, view.daily_limit);
    write(part(this.root, "running"), view.running ? `${count(view.running, "generation")} under way` : "nothing under way");
    this.clock.show(view);
    this.order.show(this.world);
    this.#picturesOf(view);
  }

  #picturesOf(view) {
    const seen = `${this.name}/${view.images}`;
    if (seen === this.#pictures) return;
    this.#pictures = seen;
    this.#current(() => call("GET", `${this.#path}/images`), (told) => this.gallery.show(this.world, told)).catch((error) => {
      this.#pictures = "";
      this.#failed(error);
    });
  }

  #failed(error) {
    complain(part(this.root, "problem"), error.message);
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

  #listen() {
    part(this.root, "picker").addEventListener("change", (event) => this.page.choose(this, event.target.value));
    part(this.root, "close").addEventListener("click", () => this.page.close(this));
    part(this.root, "reset").addEventListener("click", () => this.#reset());
    part(this.root, "opener")?.addEventListener("submit", (event) => this.#opened(event));
    part(this.root, "filters").elements.scope.addEventListener("change", () => {
      this.#pending = Infinity;
      this.#ask("requests");
    });
  }

  async #opened(event) {
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
    const question = `Reset the world of ${this.world.label}? Its pictures, requests and faults are gone then.`;
    if (!(await this.page.confirm(question))) return;
    try {
      await call("PUT", this.#path, {});
    } catch (error) {
      this.page.notice(error);
    }
    this.reload();
  }
}

function meter(node, value, most) {
  node.max = Math.max(1, most);
  node.value = value;
}
