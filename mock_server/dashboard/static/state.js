// The state of a world, changed at a click: figures in place, the lock, and what the next request gets.

import { el, part, setChildren, setText } from "./dom.js";
import { grouped } from "./words.js";

// One click each, for one request.
const NEXT = [
  { label: "409", title: "a 409, as while a generation runs", fault: { fault: "status", code: 409 } },
  { label: "419", title: "a 419, as without credits", fault: { fault: "status", code: 419 } },
  { label: "429", title: "a 429, as over the daily limit", fault: { fault: "status", code: 429 } },
  { label: "lost reply", title: "no reply, after everything was done and charged", fault: { fault: "lost-response", at: "recorded" } },
  { label: "slow", title: "its reply 5 s later", fault: { fault: "delay", seconds: 5 } },
  { label: "500", title: "a 500", fault: { fault: "http-error", code: 500 } },
];

export class State {
  #view = null;
  #faults = [];

  /** change: changes the world, (fields); faults: sends a call about faults, (method, query, body). */
  constructor(root, { change, faults }) {
    this.root = root;
    this.change = change;
    this.sendFaults = faults;
    for (const button of root.querySelectorAll("[data-edit]")) button.addEventListener("click", () => this.#edit(button));
    part(root, "hold").addEventListener("click", () => this.change({ lock: this.#view?.lock ? "none" : "forever" }));
    this.buttons = NEXT.map((next) => el("button", { type: "button", title: `The next request gets ${next.title}`, "aria-pressed": "false", click: () => this.#toggle(next) }, next.label));
    setChildren(part(root, "next"), this.buttons);
  }

  show(view, world) {
    this.#view = view;
    const { root } = this;
    setText(part(root, "credits"), grouped(view.credits));
    setText(part(root, "used"), grouped(view.used_today));
    setText(part(root, "limit"), grouped(view.daily_limit));
    setMeter(part(root, "credits-meter"), view.credits, Math.max(world.credits, view.credits));
    setMeter(part(root, "used-meter"), view.used_today, view.daily_limit);
    setText(part(root, "running"), view.running ? `${grouped(view.running)} running` : "idle");
    setText(part(root, "takes"), view.generation_time ?? Number(document.getElementById("worlds").dataset.seconds));
    setText(part(this.root, "hold"), view.lock ? "Free" : "Hold");
  }

  /** Show which of the next answers are prepared. */
  showFaults(active) {
    this.#faults = active;
    NEXT.forEach((next, place) => this.buttons[place].setAttribute("aria-pressed", String(Boolean(this.#prepared(next)))));
  }

  #prepared({ fault }) {
    const same = (each) => Object.entries(fault).every(([name, value]) => each[name] === value);
    return this.#faults.find((each) => same(each) && each.times === 1 && each.applied === 0);
  }

  #toggle(next) {
    const prepared = this.#prepared(next);
    if (prepared) this.sendFaults("DELETE", `?id=${prepared.id}`);
    else this.sendFaults("POST", "", [{ ...next.fault, times: 1 }]);
  }

  /** Replace a figure by a field until Enter, Escape or a click elsewhere. */
  #edit(button) {
    const name = button.dataset.edit;
    const input = el("input", { type: "number", min: "0", step: name === "generation_time" ? "any" : "1", value: this.#view?.[name] ?? "", class: "editing", "aria-label": button.getAttribute("aria-label") });
    let done = false;
    const end = (keep, stays) => {
      if (done) return;
      done = true;
      input.replaceWith(button);
      if (stays) button.focus();
      const changed = input.value !== String(this.#view?.[name] ?? "");
      if (keep && changed && (input.value !== "" || name === "generation_time")) this.change({ [name]: input.value === "" ? null : input.valueAsNumber });
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        end(event.key === "Enter", true);
      }
    });
    input.addEventListener("blur", () => end(true, false));
    button.replaceWith(input);
    input.select();
  }
}

function setMeter(node, value, max) {
  node.max = Math.max(1, max);
  node.value = value;
}
