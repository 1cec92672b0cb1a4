// The form that sends generate-image to the emulated API, as a client of this world does.

import { el, formatJson, part, setText } from "./dom.js";

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
    const { token, problem } = await this.#token();
    if (problem) return this.#showAnswer(el("p", { class: "problem" }, problem));
    this.#addRunning(1);
    const since = performance.now();
    try {
      const response = await fetch(this.form.dataset.path, { method: "POST", ...this.#request(token) });
      this.#showResponse(response, await response.text(), performance.now() - since);
    } catch {
      this.#showAnswer(el("p", { class: "problem" }, "The connection closed before the response arrived."));
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

  #request(token) {
    const headers = { authorization: `Bearer ${token}` };
    const values = [[this.chooser.name, this.chooser.value], ...this.#values()];
    if (values.some(([, value]) => value instanceof File)) {
      const body = new FormData();
      for (const [name, value] of values) body.append(name, value);
      return { headers, body };
    }
    return { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(Object.fromEntries(values)) };
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

  #showResponse(response, body, took) {
    const id = response.headers.get("x-mock-request-id");
    const kind = response.ok ? "good" : response.status >= 500 ? "failed" : "refused";
    this.#showAnswer(
      el("p", { "data-kind": kind }, el("span", { class: "status" }, String(response.status)), ` after ${Math.round(took)} ms `,
        id ? el("button", { type: "button", class: "link", click: () => this.open(id) }, "Details") : null),
      el("pre", {}, formatJson(body)));
  }

  #showAnswer(...children) {
    const answer = part(this.root, "answer");
    answer.hidden = false;
    answer.replaceChildren(...children);
  }
}
