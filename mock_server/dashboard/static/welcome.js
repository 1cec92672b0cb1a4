// What a world without a request shows: how to send the first one, and where requests went instead.

import { call } from "./api.js";
import { copy } from "./copying.js";
import { el, part, setChildren, setText } from "./dom.js";
import { languages } from "./snippets.js";
import { Task } from "./task.js";
import { count, visible } from "./words.js";

const NAMES = ["curl", "Python", "JavaScript"];
const PAUSE_MS = 1000;
const MAX_REQUESTS = 100;
const MAX_PLACES = 5;

export class Welcome {
  #world = null;
  #chosen = NAMES[0];

  /** order: the form, for the fields of an example; choose: shows a world by name; all: shows the requests of all worlds. */
  constructor(root, { order, choose, all }) {
    this.root = root;
    this.box = part(root, "welcome");
    this.order = order;
    this.choose = choose;
    this.all = all;
    this.task = new Task(() => this.#look(), PAUSE_MS, () => {});
    for (const button of this.box.querySelectorAll("[data-copy]")) {
      button.addEventListener("click", () => copy(part(root, button.dataset.copy).textContent, part(root, "copied")));
    }
  }

  /** Show it for a world, or hide it. */
  show(world, empty) {
    this.box.hidden = !empty;
    if (!empty) return;
    this.#world = world;
    this.#paint();
    this.task.ask();
  }

  /** Look again for requests elsewhere. */
  ask() {
    if (!this.box.hidden) this.task.ask();
  }

  stop() {
    this.task.stop();
  }

  #paint() {
    setText(part(this.root, "base-url"), `${location.origin}${this.order.base}`);
    setText(part(this.root, "own-token"), this.#world.token ?? "the token of your client");
    this.box.querySelector('[data-copy="own-token"]').hidden = this.#world.token === null;
    const buttons = NAMES.map((name) => el("button", { type: "button", "aria-pressed": String(name === this.#chosen), click: () => this.#choose(name) }, name));
    part(this.root, "languages").replaceChildren(...buttons);
    setText(part(this.root, "snippet"), languages[this.#chosen](this.order.example, location.origin, this.#world.token));
  }

  #choose(name) {
    this.#chosen = name;
    this.#paint();
    [...part(this.root, "languages").children].find((each) => each.textContent === name).focus();
  }

  /** Show the requests to other worlds, and those without a valid token. */
  async #look() {
    const [refused, { worlds }] = await Promise.all([
      call("GET", `/requests?detail=summary&status=401&limit=${MAX_REQUESTS}`),
      call("GET", `/worlds?limit=${MAX_PLACES + 1}&detail=client`),
    ]);
    const unknown = refused.requests.filter((each) => each.world === "").length;
    const others = worlds.filter((each) => each.world !== this.#world.name && each.client.last_request).slice(0, MAX_PLACES);
    setChildren(part(this.root, "elsewhere"), [
      ...(unknown ? [line(`${count(unknown, "request")} without a valid token`, this.all)] : []),
      ...others.map(({ world, token, label, client }) => line(`${count(sum(client.statuses), "request")} for the world ${visible(label || `${token} · ${world.slice(0, 6)}`)}`, () => this.choose(world))),
    ]);
  }
}

function sum(counts) {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}

function line(text, show) {
  return el("p", { class: "note" }, `${text}: `, el("button", { type: "button", class: "link", click: show }, "show"));
}
