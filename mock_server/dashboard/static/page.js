// The page: which worlds are shown, and what concerns them all.

import { call } from "./api.js";
import { Events } from "./events.js";
import { showExchange } from "./exchange.js";
import { Pane } from "./pane.js";
import { Task } from "./task.js";
import { Worlds } from "./worlds.js";

const SELDOM_MS = 1000;
const byId = (id) => document.getElementById(id);

class Page {
  #panes = [];

  constructor() {
    this.main = byId("worlds");
    this.worlds = new Worlds(accounts(), Number(this.main.dataset.credits));
    this.shared = this.main.dataset.shared === "true";
    this.faults = call("GET", "/faults").then(({ faults }) => faults);
    this.looking = new Task(() => this.#look(), SELDOM_MS, (error) => this.notice(error));
    this.events = new Events({
      heard: (event) => this.#heard(event),
      begun: () => this.#begun(),
      state: (state) => this.#state(state),
    });
  }

  async start() {
    this.events.listen();
    this.#buttons();
    await this.worlds.load().catch((error) => this.notice(error));
    this.#follow();
    addEventListener("hashchange", () => this.#follow());
  }

  /** Have a pane show another world, or the same one anew where more is known of it. */
  choose(pane, name) {
    if (pane.name === name) pane.choose(name);
    else this.#go(this.#panes.map((each) => (each === pane ? name : each.name)));
  }

  /** Take a pane off the page. */
  close(pane) {
    this.#go(this.#panes.filter((each) => each !== pane).map((each) => each.name));
  }

  showExchange(entry, world) {
    showExchange(byId("exchange"), entry, world);
  }

  /** Ask before something is lost, and return whether to go on. */
  confirm(question) {
    const dialog = byId("confirm");
    byId("confirm-question").textContent = question;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  notice(problem) {
    const box = byId("notice");
    box.firstElementChild.textContent = problem.message ?? problem;
    box.hidden = false;
  }

  /** Which worlds are shown stands in the address, so that it can be kept, sent, and left with the back button. */
  #go(names) {
    const [world, beside] = names;
    location.hash = new URLSearchParams({ world, ...(beside ? { beside } : {}) }).toString();
  }

  #follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const names = [asked.get("world") ?? this.worlds.first, asked.get("beside")].filter(Boolean);
    while (this.#panes.length > names.length) this.#panes.pop().stop();
    names.forEach((name, place) => this.#show(name, place));
    this.main.classList.toggle("two", names.length > 1);
    byId("compare").setAttribute("aria-pressed", names.length > 1);
    for (const pane of this.#panes) pane.root.querySelector('[data-part="close"]').hidden = names.length < 2;
  }

  #show(name, place) {
    const pane = this.#panes[place];
    if (!pane) {
      this.#panes[place] = new Pane(this, name);
      this.main.append(this.#panes[place].root);
    } else if (pane.name !== name) pane.choose(name);
  }

  #buttons() {
    byId("compare").addEventListener("click", () => this.#compare());
    byId("reset-all").addEventListener("click", () => this.#resetAll());
    byId("upload").querySelector("input").addEventListener("change", (event) => this.#upload(event.target));
    byId("notice").querySelector("button").addEventListener("click", () => (byId("notice").hidden = true));
  }

  #compare() {
    const [{ name }, second] = this.#panes;
    this.#go(second ? [name] : [name, this.worlds.beside(name)]);
  }

  async #resetAll() {
    if (await this.confirm("Reset all worlds? Everything that the mock knows is gone then.")) {
      await call("POST", "/reset", {}).catch((error) => this.notice(error));
    }
  }

  async #upload(input) {
    const [file] = input.files;
    if (file && (await this.confirm(`Replace everything that the mock knows by ${file.name}?`))) {
      await call("PUT", "/snapshot", file).then(({ worlds }) => this.notice(`Restored: ${worlds} worlds.`), (error) => this.notice(error));
    }
    input.value = "";
  }

  #heard(event) {
    if (event.type === "reset" || event.type === "lost" || this.worlds.isNew(event.world)) this.looking.ask();
    for (const pane of this.#panes) pane.hear(event);
  }

  #begun() {
    this.looking.ask();
    for (const pane of this.#panes) pane.reload();
  }

  async #look() {
    await this.worlds.load();
    for (const pane of this.#panes) pane.offer();
  }

  #state(state) {
    const live = byId("live");
    live.dataset.state = state;
    live.textContent = state === "live" ? "live" : "reconnecting …";
  }
}

/** Return the ready-made accounts, as the server wrote them into the page. */
function accounts() {
  const options = byId("pane").content.querySelectorAll("option[data-token]");
  return new Map([...options].map((option) => [option.value, { token: option.dataset.token, credits: Number(option.dataset.credits) }]));
}

new Page().start();
