// The list of worlds: searched and sorted by the mock, a page of it at a time.

import { call } from "./api.js";
import { kindOf, wordOf } from "./counts.js";
import { el, setText } from "./dom.js";
import { Task } from "./task.js";
import { ago, count, grouped, visible } from "./words.js";

const SHOWN = 50;
const PAUSE_MS = 300;

export class WorldList {
  /** choose: called with the name of a world. */
  constructor(dialog, choose) {
    this.dialog = dialog;
    this.choose = choose;
    this.form = dialog.querySelector("form");
    this.body = dialog.querySelector("tbody");
    this.task = new Task(() => this.#load(), PAUSE_MS, (error) => setText(dialog.querySelector("[data-part=total]"), error.message));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", () => this.task.ask());
    dialog.querySelector("[data-part=shut]").addEventListener("click", () => dialog.close());
  }

  open() {
    this.dialog.showModal();
    this.form.elements.search.focus();
    this.task.ask();
  }

  async #load() {
    const { search, sort } = this.form.elements;
    const query = new URLSearchParams({ limit: SHOWN, detail: "client", sort: sort.value, ...(search.value ? { search: search.value } : {}) });
    const { worlds, total } = await call("GET", `/worlds?${query}`);
    setText(this.dialog.querySelector("[data-part=total]"), total > SHOWN ? `the first ${SHOWN} of ${count(total, "world")}` : count(total, "world"));
    this.body.replaceChildren(...worlds.map((world) => this.#row(world)));
  }

  #row({ world, token, label, clock, credits, images, faults, client }) {
    const open = el("button", { type: "button", class: "link", click: () => { this.dialog.close(); this.choose(world); } }, visible(label || `${token} · ${world.slice(0, 6)}`));
    const statuses = Object.entries(client.statuses).map(([status, number]) => replies(status, number));
    const last = client.last_request;
    const verdict = el("span", { class: "chip", "data-verdict": client.verdict }, client.verdict);
    return el("tr", {},
      el("th", { scope: "row" }, open),
      el("td", { title: last ?? "" }, last ? ago(last, Date.parse(clock.now)) : "–"),
      el("td", {}, el("div", { class: "counts" }, ...(statuses.length ? statuses : ["–"]))),
      el("td", {}, verdict),
      ...Object.entries({ credits, images, faults }).map(([name, number]) => el("td", { class: "number", "data-name": name }, grouped(number))));
  }
}

function replies(status, number) {
  return el("span", { "data-kind": kindOf(status) }, el("span", { class: "status" }, wordOf(status)), ` ${grouped(number)}×`);
}
