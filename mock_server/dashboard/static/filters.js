// The filters of the requests, kept in the address and set from outside: by counts, coverage, and links.

import { part } from "./dom.js";
import { amend } from "./place.js";

const NAMES = ["scope", "operation", "status", "text"];

export class Filters {
  /** first: returns whether the pane is the first one, whose filters the address has. */
  constructor(root, first) {
    this.form = part(root, "filters");
    this.first = first;
    this.form.addEventListener("input", () => this.#write());
  }

  /** Set the filters that an address has, and clear the others. */
  follow(place) {
    for (const name of NAMES) this.#set(name, place[name] ?? (name === "scope" ? "world" : ""));
  }

  /** Show only the requests of an operation with a status. */
  choose(operation, status) {
    this.#set("operation", operation);
    this.#set("status", status);
    this.#write();
  }

  search() {
    this.form.elements.text.focus();
    this.form.elements.text.select();
  }

  #set(name, value) {
    const field = this.form.elements[name];
    if (field.value === value) return;
    // A status that no request has yet is not among the choices.
    if (name === "status" && value && ![...field.options].some((each) => each.value === value)) field.add(new Option(value, value));
    field.value = value;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #write() {
    if (!this.first()) return;
    const values = Object.fromEntries(NAMES.map((name) => [name, this.form.elements[name].value]));
    amend({ ...values, scope: values.scope === "world" ? "" : values.scope });
  }
}
