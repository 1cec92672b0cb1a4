// How many requests got which status: the choices of the filter, and a count of each to click on.

import { el, setChildren, setText } from "./dom.js";
import { grouped } from "./words.js";

const KINDS = [["failed", /^5/], ["refused", /^4/], ["lost", /^none/]];

export class Counts {
  #buttons = new Map();

  /** box: holds the counts; select: the filter by status. */
  constructor(box, select) {
    this.box = box;
    this.select = select;
  }

  /** Offer the statuses of the entries in the filter. A chosen one stays. */
  offer(entries) {
    const { select } = this;
    const found = [...new Set(entries.map(statusOf))].sort();
    if (select.value && !found.includes(select.value)) found.push(select.value);
    const present = [...select.options].slice(1).map((option) => option.value);
    if (present.join() === found.join()) return;
    const chosen = select.value;
    setChildren(select, [select.options[0], ...found.map((each) => el("option", { value: each }, wordOf(each)))]);
    select.value = chosen;
  }

  /** Show the count of each status; the chosen one is pressed. */
  show(entries) {
    const counts = new Map();
    for (const entry of entries) counts.set(statusOf(entry), (counts.get(statusOf(entry)) ?? 0) + 1);
    const buttons = [...counts].sort(([one], [other]) => one.localeCompare(other)).map(([status, number]) => this.#button(status, number));
    setChildren(this.box, buttons);
  }

  #button(status, number) {
    const button = this.#buttons.get(status) ?? this.#made(status);
    setText(button.lastChild, ` ${grouped(number)}`);
    button.setAttribute("aria-pressed", String(this.select.value === status));
    return button;
  }

  #made(status) {
    const button = el("button", { type: "button", class: "count", "data-kind": kindOf(status), click: () => this.#choose(status) },
      el("span", { class: "status" }, wordOf(status)), el("span", {}));
    this.#buttons.set(status, button);
    return button;
  }

  #choose(status) {
    this.select.value = this.select.value === status ? "" : status;
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function statusOf(entry) {
  return String(entry.status ?? "none");
}

/** Return the kind of a status, as `outcome` has it. */
export function kindOf(status) {
  return KINDS.find(([, pattern]) => pattern.test(status))?.[0] ?? "good";
}

/** Return the word for a status. */
export function wordOf(status) {
  return status === "none" ? "lost" : status;
}
