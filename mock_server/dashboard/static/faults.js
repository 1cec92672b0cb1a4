// The faults of a world: the list of active ones, and the form that switches them on and off.

import { el, part, setChildren, setText, showError } from "./dom.js";
import { count } from "./words.js";

const COMMON = new Set(["id", "fault", "operation", "times", "after", "probability", "seen", "applied"]);

export class Faults {
  #kinds = new Map();
  #items = new Map();

  /** change: sends a call of the control API, (method, query, body). */
  constructor(root, change) {
    this.root = root;
    this.change = change;
    this.form = part(root, "fault-form");
    this.form.elements.fault.addEventListener("change", () => this.#describe());
    this.form.addEventListener("submit", (event) => this.#switchOn(event));
    part(root, "faults-off").addEventListener("click", () => this.#send("DELETE", ""));
  }

  /** Fill the form with the kinds of faults. */
  setKinds(kinds) {
    this.#kinds = new Map(kinds.map((kind) => [kind.fault, kind]));
    setChildren(this.form.elements.fault, kinds.map((kind) => el("option", {}, kind.fault)));
    this.#describe();
  }

  show(active) {
    setText(part(this.root, "faults-on"), active.length);
    part(this.root, "faults-off").disabled = active.length === 0;
    const items = new Map();
    active.forEach((fault) => {
      const key = `${fault.id} ${fault.fault} ${conditions(fault)}`;
      const item = this.#items.get(key) ?? this.#item(fault);
      setText(part(item, "applied"), `applied to ${fault.applied} of ${count(fault.seen, "request")}`);
      items.set(key, item);
    });
    this.#items = items;
    setChildren(part(this.root, "faults"), [...items.values()]);
  }

  #item(fault) {
    const off = el("button", { type: "button", "aria-label": `Switch ${fault.fault} off`, click: () => this.#send("DELETE", `?id=${fault.id}`) }, "Off");
    return el("li", {},
      el("div", {}, el("span", { class: "chip fault" }, fault.fault), ` ${conditions(fault)}`,
        el("div", { class: "note", "data-part": "applied" })),
      off);
  }

  #describe() {
    const kind = this.#kinds.get(this.form.elements.fault.value);
    if (!kind) return;
    setText(part(this.root, "fault-about"), kind.description);
    setChildren(part(this.root, "fault-parameters"), kind.parameters.map(parameter));
    const every = el("option", { value: "" }, kind.operations.length > 1 ? "all supported operations" : kind.operations[0]);
    const others = kind.operations.length > 1 ? kind.operations.map((each) => el("option", {}, each)) : [];
    setChildren(this.form.elements.operation, [every, ...others]);
    showError(part(this.root, "fault-problem"), "");
  }

  #switchOn(event) {
    event.preventDefault();
    const { fault, operation, times, after, probability } = this.form.elements;
    const plan = { fault: fault.value };
    if (operation.value) plan.operation = operation.value;
    for (const field of [times, after, probability]) if (field.value) plan[field.name] = Number(field.value);
    for (const each of this.#kinds.get(fault.value).parameters) {
      const { value } = this.form.elements[`parameter-${each.name}`];
      if (value !== "") plan[each.name] = each.numeric ? Number(value) : value;
    }
    this.#send("POST", "", [plan]);
  }

  async #send(method, query, body) {
    try {
      await this.change(method, query, body);
      showError(part(this.root, "fault-problem"), "");
    } catch (error) {
      showError(part(this.root, "fault-problem"), error.message);
    }
  }
}

function parameter(each) {
  const name = `parameter-${each.name}`;
  const preset = each.default === null ? "" : String(each.default);
  const options = each.values?.map((value) => el("option", { selected: value === each.default }, String(value)));
  const input = options ? el("select", { name }, ...options)
    : el("input", { name, placeholder: preset, required: each.required, title: each.takes, ...(each.numeric ? { type: "number", step: "any" } : {}) });
  return el("label", {}, el("span", {}, el("code", {}, each.name), el("span", { class: "note" }, ` ${each.takes}`)), input);
}

/** Return the parameters and conditions of a fault as text. */
function conditions(fault) {
  const parameters = Object.entries(fault).filter(([name]) => !COMMON.has(name)).map(([name, value]) => `${name} ${value}`);
  const operation = fault.operation ?? "all supported operations";
  const times = fault.times === null ? [] : [`${fault.times}×`];
  const after = fault.after ? [`after ${fault.after}`] : [];
  const probability = fault.probability < 1 ? [`with probability ${fault.probability}`] : [];
  return [...parameters, `on ${operation}`, ...times, ...after, ...probability].join(", ");
}
