// The form that sends generate-image to the emulated API, by the control API: what it sends is not taken for the client's.

import { call } from "./api.js";
import { el, formatJson, part, setText } from "./dom.js";
import { encoded } from "./encoding.js";
import { outcome, visible } from "./words.js";

export class OrderForm {
  #running = 0;

  /** world: returns the world; check: tells whether a token belongs to that world; open: shows a request. */
  constructor(root, { world, check, open }) {
    this.root = root;
    this.form = part(root, "order");
    if (!this.form) return;
    this.world = world;
    this.check = check;
    this.open = open;
    this.chooser = this.form.elements[this.form.dataset.chooser];
    this.form.addEventListener("change", () => this.#showFields());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#showFields();
  }

  /** Show the token field where the page does not know the token. */
  show(world) {
    if (!this.form) return;
    const unknown = world.token === null;
    part(this.root, "sender").hidden = !unknown;
    this.form.elements["order-token"].disabled = !unknown;
  }

  /** The address that clients use as a base. */
  get base() {
    return document.getElementById("worlds").dataset.base;
  }

  /** An example of a request, as the form is filled. */
  get example() {
    const path = this.form?.dataset.path;
    const headers = [["authorization", "***"]];
    if (!path) return { method: "GET", path: this.base, query: "", headers, fields: {} };
    const values = [[this.chooser.name, this.chooser.value], ...this.#values()].filter(([, value]) => !(value instanceof File));
    return { method: "POST", path, query: "", headers, fields: Object.fromEntries(values) };
  }

  /** Fill the form with the fields of a request. Files cannot be filled in. */
  fill(fields) {
    const engine = fields[this.chooser.name];
    if ([...this.chooser.options].some((each) => each.value === engine)) this.chooser.value = engine;
    this.#showFields();
    for (const input of this.#fields.querySelectorAll("input:not([type=file]), select")) {
      const value = fields[input.name];
      input.value = value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
    }
    this.#showFields();
    this.form.scrollIntoView({ block: "center" });
    this.chooser.focus();
  }

  /** Hide the answer: it belongs to another world. */
  clear() {
    if (this.form) part(this.root, "answer").hidden = true;
  }

  get #fields() {
    return this.form.querySelector("fieldset:not([hidden])");
  }

  /** Show the fields of the selected engine that apply to its other selected values. */
  #showFields() {
    for (const fieldset of this.form.querySelectorAll("fieldset")) {
      fieldset.hidden = fieldset.disabled = fieldset.dataset.engine !== this.chooser.value;
      for (const label of fieldset.querySelectorAll("label[data-chooser]:not([data-chooser=''])")) {
        const chosen = fieldset.querySelector(`[name="${label.dataset.chooser}"]`).value;
        label.hidden = !JSON.parse(label.dataset.only).includes(chosen);
        label.querySelector("input, select").disabled = label.hidden;
      }
    }
  }

  async #send() {
    const { name } = this.world();
    const { token, problem } = await this.#token();
    if (problem) return this.#showAnswer(el("p", { class: "problem" }, problem));
    this.#addRunning(1);
    const since = performance.now();
    try {
      const reply = await call("POST", "/requests", await this.#request(token));
      if (name === this.world().name) this.#showReply(reply, performance.now() - since);
    } catch (error) {
      this.#showAnswer(el("p", { class: "problem" }, error.message));
    } finally {
      this.#addRunning(-1);
    }
  }

  async #token() {
    const known = this.world().token;
    if (known !== null) return { token: known };
    const token = this.form.elements["order-token"].value.trim();
    if (!token) return { problem: "Enter the token of this world first." };
    return (await this.check(token)) ? { token } : { problem: "This token belongs to another world." };
  }

  /** Return the request, for the mock to send: a browser would send it again if a fault closes the connection. */
  async #request(token) {
    const sender = this.form.elements["as-client"].checked ? "client" : "page";
    const request = { method: "POST", path: this.form.dataset.path, token, sender };
    return { ...request, ...(await encoded([[this.chooser.name, this.chooser.value], ...this.#values()])) };
  }

  /** Return the filled fields. Empty ones are left out, so that the mock reports what is missing. */
  #values() {
    const inputs = [...this.#fields.querySelectorAll("input, select")].filter((input) => !input.disabled);
    return inputs.flatMap((input) => {
      if (input.type === "file") return input.files.length ? [[input.name, input.files[0]]] : [];
      if (input.value === "") return [];
      if (input.type === "number") return [[input.name, input.valueAsNumber]];
      return [[input.name, "json" in input.dataset ? JSON.parse(input.value) : input.value]];
    });
  }

  #addRunning(change) {
    this.#running += change;
    setText(part(this.root, "in-progress"), this.#running ? `${this.#running} in progress` : "");
  }

  #showReply({ id, status, complete, body }, took) {
    const { kind, text } = outcome({ status, complete });
    const lost = status === null ? "The connection closed without a response. The mock may have done what was asked, and charged for it." : "The connection closed before the end of the response.";
    this.#showAnswer(
      el("p", { "data-kind": kind }, el("span", { class: "status" }, text), ` after ${Math.round(took)} ms `,
        id ? el("button", { type: "button", class: "link", click: () => this.open(id) }, "Details") : null),
      complete ? null : el("p", { class: "problem" }, lost),
      body ? el("pre", {}, visible(formatJson(body))) : null);
  }

  #showAnswer(...children) {
    const answer = part(this.root, "answer");
    answer.hidden = false;
    answer.replaceChildren(...children.filter(Boolean));
  }
}
