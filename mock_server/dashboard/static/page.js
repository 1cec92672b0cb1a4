// The page: the worlds that it shows, and the controls for all of them.

import { call } from "./api.js";
import { Events } from "./events.js";
import { Details } from "./details.js";
import { nameParts } from "./dom.js";
import { addKeys } from "./keys.js";
import { closeMenus } from "./menus.js";
import { Pane } from "./pane.js";
import { current, go, keep } from "./place.js";
import { undoable } from "./resets.js";
import { Task } from "./task.js";
import { count } from "./words.js";
import { WorldList } from "./world_list.js";
import { Worlds } from "./worlds.js";

const LIST_PAUSE_MS = 2000;
const byId = (id) => document.getElementById(id);

class Page {
  #panes = [];

  constructor() {
    this.main = byId("worlds");
    this.worlds = new Worlds(accounts(), Number(this.main.dataset.credits));
    this.shared = this.main.dataset.shared === "true";
    this.faults = call("GET", "/faults").then(({ faults }) => faults);
    this.listing = new Task(() => this.#list(), LIST_PAUSE_MS, (error) => this.notice(error));
    this.details = new Details(byId("exchange"), this);
    this.events = new Events({
      onEvent: (event) => this.#onEvent(event),
      onOpen: () => this.#reload(),
      onState: (state) => this.#showState(state),
    });
  }

  async start() {
    this.events.listen();
    this.#addListeners();
    if (current().world) this.#follow(); // its requests first
    await this.worlds.load().catch((error) => this.notice(error));
    this.#follow();
    for (const pane of this.#panes) pane.updatePicker();
    addEventListener("hashchange", () => this.#follow());
  }

  /** Show another world in a pane, or the same one again after its token became known. */
  choose(pane, name) {
    if (pane.name === name) pane.choose(name);
    else this.#go(this.#panes.map((each) => (each === pane ? name : each.name)));
  }

  /** Remove a pane. */
  close(pane) {
    this.#go(this.#panes.filter((each) => each !== pane).map((each) => each.name));
  }

  /** Return whether a pane is the first one. */
  isFirst(pane) {
    return this.#panes[0] === pane;
  }

  /** The pane whose requests the keys and the details are about. */
  get pane() {
    return this.#panes.find((pane) => pane.root.contains(document.activeElement)) ?? this.#panes[0];
  }

  /** Ask for confirmation and return whether it was given. */
  confirm(question) {
    const dialog = byId("confirm");
    byId("confirm-question").textContent = question;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  /** Show a message or an error. action: what a button beside it does, {label, act}. */
  notice(message, action) {
    const box = byId("notice");
    this.lost = message.status === 0; // no longer true once the page is live again
    box.querySelector("p").textContent = message.message ?? message;
    const button = box.querySelector("[data-part=action]");
    button.hidden = !action;
    button.textContent = action?.label ?? "";
    button.onclick = () => {
      box.hidden = true;
      action?.act();
    };
    box.hidden = false;
  }

  /** Navigate to worlds. The address names them, so that it can be bookmarked and shared, and the back button works. */
  #go(names) {
    const [world, beside] = names;
    go({ world, beside, request: "", compare: "" });
  }

  #follow() {
    const place = current();
    keep();
    const names = [place.world ?? this.worlds.first, place.beside].filter(Boolean);
    while (this.#panes.length > names.length) this.#panes.pop().stop();
    names.forEach((name, place) => this.#show(name, place));
    this.main.classList.toggle("two", names.length > 1);
    byId("compare").setAttribute("aria-pressed", names.length > 1);
    for (const pane of this.#panes) {
      pane.root.querySelector('[data-part="close"]').hidden = names.length < 2;
      nameParts(pane.root, names.length > 1 ? pane.world.label : "");
    }
    this.#panes[0]?.filters.follow(place);
    this.details.follow(place);
  }

  #show(name, place) {
    const pane = this.#panes[place];
    if (!pane) {
      this.#panes[place] = new Pane(this, name);
      this.main.append(this.#panes[place].root);
    } else if (pane.name !== name) pane.choose(name);
  }

  #addListeners() {
    addKeys(this, byId("keys"));
    closeMenus();
    const list = new WorldList(byId("world-list"), (name) => this.choose(this.pane, name));
    byId("all-worlds").addEventListener("click", () => list.open());
    byId("compare").addEventListener("click", () => this.#compare());
    byId("reset-all").addEventListener("click", () => this.#resetAll());
    byId("upload").querySelector("input").addEventListener("change", (event) => this.#upload(event.target));
    byId("notice").querySelector("[data-part=shut]").addEventListener("click", () => (byId("notice").hidden = true));
  }

  #compare() {
    const [{ name }, second] = this.#panes;
    this.#go(second ? [name] : [name, this.worlds.beside(name)]);
  }

  async #resetAll() {
    if (await this.confirm("Reset all worlds? This deletes all worlds and all requests of everybody who uses this mock.")) {
      await this.#undoable(() => call("POST", "/reset", {}), () => "All worlds were reset.");
    }
  }

  async #upload(input) {
    const [file] = input.files;
    if (file && (await this.confirm(`Replace the whole state with ${file.name}?`))) {
      await this.#undoable(() => call("PUT", "/snapshot", file), ({ worlds }) => `Imported ${count(worlds, "world")}.`);
    }
    input.value = "";
  }

  #undoable(change, sentence) {
    return undoable("/snapshot", change, sentence, (...said) => this.notice(...said)).catch((error) => this.notice(error));
  }

  #onEvent(event) {
    const named = [...Object.keys(event.requests), ...event.worlds];
    if (event.resets.length || event.more || named.filter((name) => this.worlds.isNew(name)).length) this.listing.ask();
    for (const pane of this.#panes) pane.onEvent(event);
  }

  #reload() {
    this.#checkInstance().catch((error) => this.notice(error));
    this.listing.ask();
    for (const pane of this.#panes) pane.reload();
  }

  async #list() {
    await this.worlds.load();
    for (const pane of this.#panes) pane.updatePicker();
  }

  /** Say it when the mock was started again: with its state in memory, everything before is gone. */
  async #checkInstance() {
    const { instance, state } = await call("GET", "/health");
    const restarted = this.instance && this.instance !== instance;
    this.instance = instance;
    if (restarted && state === "memory") this.notice("The mock was started again. Its state is new: worlds and requests from before are gone.");
    else if (restarted) this.notice("The mock was started again. Its state was kept.");
  }

  #showState(state) {
    if (state === "live" && this.lost) byId("notice").hidden = true;

    const live = byId("live");
    live.dataset.state = state;
    live.textContent = state === "live" ? "live" : "reconnecting …";
  }
}

/** Return the ready-made accounts in the page. */
function accounts() {
  const options = byId("pane").content.querySelectorAll("option[data-token]");
  return new Map([...options].map((option) => [option.value, { token: option.dataset.token, credits: Number(option.dataset.credits) }]));
}

new Page().start();
