// The faults of a world: which are on, and switching them on and off.

import { arrange, complain, el, part, write } from "./dom.js";
import { count } from "./words.js";

const BINDING = new Set(["fault", "operation", "times", "after", "probability", "seen", "applied"]);

export class Faults {
  #kinds = new Map();
  #items = new Map();

  /** change: sends a call about faults, (method, query, body). */
  constructor(root, change) {
    this.root = root;
    this.change = change;
    this.form = part(root, "fault-form");
    this.form.elements.fault.addEventListener("change", () => this.#describe());
    this.form.addEventListener("submit", (event) => this.#switchOn(event));
    part(root, "faults-off").addEventListener("click", () => this.#do("DELETE", ""));
  }

  /** Offer the faults that there are. */
  offer(kinds) {
    this.#kinds = new Map(kinds.map((kind) => [kind.fault, kind]));
    arrange(this.form.elements.fault, kinds.map((kind) => el("option", {}, kind.fault)));
    this.#describe();
  }

  show(active) {
    write(part(this.root, "faults-on"), active.length);
    part(this.root, "faults-off").disabled = active.length === 0;
    const items = new Map();
    active.forEach((fault, place) => {
      const key = `${place} ${fault.fault} ${bound(fault)}`;
      const item = this.#items.get(key) ?? this.#item(fault);
      write(part(item, "applied"), `applied to ${fault.applied} of ${count(fault.seen, "request")}`);
      items.set(key, item);
    });
    this.#items = items;
    arrange(part(this.root, "faults"), [...items.values()]);
  }

  #item(fault) {
    const off = el("button", { type: "button", "aria-label": `Switch ${fault.fault} off`, click: () => this.#do("DELETE", `?fault=${fault.fault}`) }, "Off");
    return el("li", {},
      el("div", {}, el("span", { class: "chip fault" }, fault.fault), ` ${bound(fault)}`,
        el("div", { class: "note", "data-part": "applied" })),
      off);
  }

  #describe() {
    const kind = this.#kinds.get(this.form.elements.fault.value);
    if (!kind) return;
    write(part(this.root, "fault-about"), kind.description);
    arrange(part(this.root, "fault-parameters"), kind.parameters.map(parameter));
    const every = el("option", { value: "" }, kind.operations.length > 1 ? "all that it can strike" : kind.operations[0]);
    const others = kind.operations.length > 1 ? kind.operations.map((each) => el("option", {}, each)) : [];
    arrange(this.form.elements.operation, [every, ...others]);
    complain(part(this.root, "fault-problem"), "");
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
    this.#do("POST", "", [plan]);
  }

  async #do(method, query, body) {
    try {
      await this.change(method, query, body);
      complain(part(this.root, "fault-problem"), "");
    } catch (error) {
      complain(part(this.root, "fault-problem"), error.message);
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

/** Return in words what a fault is bound to. */
function bound(fault) {
  const parameters = Object.entries(fault).filter(([name]) => !BINDING.has(name)).map(([name, value]) => `${name} ${value}`);
  const where = fault.operation ?? "every operation that it can strike";
  const often = fault.times === null ? [] : [`${fault.times}×`];
  const after = fault.after ? [`after ${fault.after}`] : [];
  const chance = fault.probability < 1 ? [`with probability ${fault.probability}`] : [];
  return [...parameters, `on ${where}`, ...often, ...after, ...chance].join(", ");
}
