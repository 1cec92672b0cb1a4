// The form that sends a request for images, as a client of this world would, to the emulated API itself.

import { el, part, readable, write } from "./dom.js";

export class OrderForm {
  #underWay = 0;

  /** world: tells whose token to send; check: tells whether a typed token opens that world; open: shows a request. */
  constructor(root, { world, check, open }) {
    this.root = root;
    this.form = part(root, "order");
    if (!this.form) return;
    this.world = world;
    this.check = check;
    this.open = open;
    this.chooser = this.form.elements[this.form.dataset.chooser];
    this.form.addEventListener("change", () => this.#fit());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#fit();
  }

  /** Ask for the token where the page does not know it. */
  show(world) {
    if (!this.form) return;
    const unknown = world.token === null;
    part(this.root, "sender").hidden = !unknown;
    this.form.elements["order-token"].disabled = !unknown;
  }

  get #fields() {
    return this.form.querySelector("fieldset:not([hidden])");
  }

  /** Show what the chosen engine takes, and of that what goes with its other choices. */
  #fit() {
    for (const fieldset of this.form.querySelectorAll("fieldset")) {
      fieldset.hidden = fieldset.disabled = fieldset.dataset.engine !== this.chooser.value;
      for (const label of fieldset.querySelectorAll("label[data-chooser]:not([data-chooser=''])")) {
        const chosen = fieldset.querySelector(`[name="${label.dataset.chooser}"]`).value;
        label.hidden = !label.dataset.only.split(" ").includes(chosen);
        label.querySelector("input, select").disabled = label.hidden;
      }
    }
  }

  async #send() {
    const { token, problem } = await this.#token();
    if (problem) return this.#answer(el("p", { class: "problem" }, problem));
    this.#count(1);
    const since = performance.now();
    try {
      const reply = await fetch(this.form.dataset.path, { method: "POST", ...this.#request(token) });
      this.#show(reply, await reply.text(), performance.now() - since);
    } catch {
      this.#answer(el("p", { class: "problem" }, "The connection closed before the answer had come."));
    } finally {
      this.#count(-1);
    }
  }

  async #token() {
    const known = this.world().token;
    if (known !== null) return { token: known };
    const token = this.form.elements["order-token"].value.trim();
    if (!token) return { problem: "Type the token of this world first." };
    return (await this.check(token)) ? { token } : { problem: "That token opens another world." };
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

  /** Return what was filled in; what was left empty is left out, so that the mock can say what it misses. */
  #values() {
    const inputs = [...this.#fields.querySelectorAll("input, select")].filter((input) => !input.disabled);
    return inputs.flatMap((input) => {
      if (input.type === "file") return input.files.length ? [[input.name, input.files[0]]] : [];
      if (input.value === "") return [];
      return [[input.name, input.type === "number" ? input.valueAsNumber : input.value]];
    });
  }

  #count(more) {
    this.#underWay += more;
    write(part(this.root, "under-way"), this.#underWay ? `${this.#underWay} under way` : "");
  }

  #show(reply, body, took) {
    const id = reply.headers.get("x-mock-request-id");
    const kind = reply.ok ? "good" : reply.status >= 500 ? "failed" : "refused";
    this.#answer(
      el("p", { "data-kind": kind }, el("span", { class: "status" }, String(reply.status)), ` after ${Math.round(took)} ms `,
        id ? el("button", { type: "button", class: "link", click: () => this.open(id) }, "see it in full") : null),
      el("pre", {}, readable(body)));
  }

  #answer(...children) {
    const answer = part(this.root, "answer");
    answer.hidden = false;
    answer.replaceChildren(...children);
  }
}
