// The list of worlds: searched and sorted by the mock, a page of it at a time.

import { call } from "./api.js";
import { el, setText } from "./dom.js";
import { Task } from "./task.js";
import { count, grouped, visible } from "./words.js";

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

  #row({ world, token, label, credits, images, faults, client }) {
    const open = el("button", { type: "button", class: "link", click: () => { this.dialog.close(); this.choose(world); } }, visible(label || `${token} · ${world.slice(0, 6)}`));
    const statuses = Object.entries(client.statuses).map(([status, number]) => `${status} ${grouped(number)}×`).join(", ") || "–";
    const last = client.last_request ? client.last_request.slice(0, 19).replace("T", " ") : "–";
    const cells = [last, statuses, client.verdict, grouped(credits), grouped(images), String(faults)];
    return el("tr", {}, el("th", { scope: "row" }, open), ...cells.map((each) => el("td", {}, each)));
  }
}
