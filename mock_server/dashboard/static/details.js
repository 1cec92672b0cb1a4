// The request that the address names, in a dialog: opened by going there, closed by going back.

import { call } from "./api.js";
import { compareRequests } from "./compare.js";
import { showExchange } from "./exchange.js";
import { amend, current, go } from "./place.js";

export class Details {
  #opened = false;
  #pane = null;

  constructor(dialog, page) {
    this.dialog = dialog;
    this.page = page;
    dialog.addEventListener("close", () => this.#closed());
  }

  /** Go to a request; pane: the one whose list it is from. */
  open(id, pane) {
    this.#pane = pane;
    if (current().request !== id) {
      this.#opened = !this.dialog.open || this.#opened;
      if (this.dialog.open) this.#replace({ request: id, compare: "" });
      else go({ request: id });
    } else this.follow(current());
  }

  /** Show the request of an address, or close the dialog. */
  async follow({ request, compare }) {
    if (!request) {
      if (this.dialog.open) this.dialog.close();
      return;
    }
    try {
      const entries = await Promise.all([request, compare].filter(Boolean).map((id) => call("GET", `/requests/${encodeURIComponent(id)}`)));
      if (current().request !== request) return;
      if (entries.length > 1) compareRequests(this.dialog, ...entries, this);
      else showExchange(this.dialog, entries[0], this.#shown.world, this, this.#shown.timeOf(entries[0]));
    } catch (error) {
      this.page.notice(error);
    }
  }

  /** Go to the request above or below in the list. */
  step(by) {
    const id = this.#shown.requests.adjacent(current().request, by);
    if (id) this.open(id, this.#shown);
  }

  /** Tell whether there is a request above or below. */
  hasAdjacent(by) {
    return this.#shown.requests.adjacent(current().request, by) !== null;
  }

  /** Show two requests side by side. */
  compare(other) {
    this.#replace({ compare: other });
  }

  /** The requests that one can be compared with: those of the list, newest first. */
  get others() {
    return this.#shown.requests.listed.filter((entry) => entry.id !== current().request && !entry.in_progress);
  }

  /** Put a request into the form, to change it and send it again. */
  edit(entry) {
    const { order } = this.#shown;
    this.dialog.close();
    order.fill(entry.fields);
  }

  get #shown() {
    return this.#pane ?? this.page.pane;
  }

  #replace(changes) {
    amend(changes);
    this.follow(current());
  }

  /** The dialog was closed by its own means: Escape, its button, or a click beside it. */
  #closed() {
    if (!current().request) return;
    if (this.#opened) history.back();
    else go({ request: "", compare: "" });
    this.#opened = false;
  }
}
