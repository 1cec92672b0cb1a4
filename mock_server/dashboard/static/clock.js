// The clock of a world: its time, the remaining time of the lock, and the controls.

import { part, setText } from "./dom.js";

const TICK_MS = 100;
const REDUCED_MOTION_TICK_MS = 1000;
const STALE_MS = 1000;

const expires = (lock) => Boolean(lock) && lock.until !== "forever";

export class Clock {
  #view = null;
  #at = 0;

  /** post: sends a clock command; stale: requests the world again. */
  constructor(root, { post, stale }) {
    this.root = root;
    this.post = post;
    this.stale = stale;
    this.reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
    this.#addListeners();
    this.#tick();
  }

  /** Return the world's time in milliseconds, null before it is known. */
  get now() {
    if (!this.#view) return null;
    const passed = this.#view.clock.mode === "real" ? performance.now() - this.#at : 0;
    return Date.parse(this.#view.clock.now) + passed;
  }

  show(view) {
    this.#view = view;
    this.#at = performance.now();
    const frozen = view.clock.mode === "frozen";
    setText(part(this.root, "mode"), frozen ? "frozen" : "running");
    setText(part(this.root, "freeze"), frozen ? "Run" : "Freeze");
    this.#enableEdge("lock-expiry", expires(view.lock));
    this.#enableEdge("generation-end", view.running > 0);
    this.#paint();
  }

  stop() {
    clearTimeout(this.timer);
  }

  #addListeners() {
    part(this.root, "freeze").addEventListener("click", () => this.post({ freeze: this.#view?.clock.mode === "real" }));
    part(this.root, "advance").addEventListener("submit", (event) => {
      event.preventDefault();
      this.post({ advance: event.target.elements.seconds.valueAsNumber });
    });
    for (const button of this.root.querySelectorAll("[data-edge]")) {
      button.addEventListener("click", () => this.post({ advance_to: button.dataset.edge }));
    }
  }

  #enableEdge(name, enabled) {
    this.root.querySelector(`[data-edge="${name}"]`).disabled = !enabled;
  }

  #tick() {
    this.#paint();
    const view = this.#view;
    const moving = view?.clock.mode === "real" && (expires(view.lock) || view.running);
    if (moving && performance.now() - this.#at > STALE_MS) this.stale();
    this.timer = setTimeout(() => this.#tick(), this.reducedMotion.matches ? REDUCED_MOTION_TICK_MS : TICK_MS);
  }

  #paint() {
    const now = this.now;
    if (now === null) return;
    const time = new Date(now).toISOString();
    const node = part(this.root, "now");
    setText(node, `${time.slice(0, 10)} ${time.slice(11, 19)}`);
    node.dateTime = time;
    setText(part(this.root, "lock"), this.#lockText(now));
    part(this.root, "lock-card").classList.toggle("locked", Boolean(this.#view.lock));
  }

  #lockText(now) {
    const lock = this.#view.lock;
    if (!lock) return "free";
    if (!expires(lock)) return "held forever";
    return `${Math.max(0, (Date.parse(lock.until) - now) / 1000).toFixed(1)} s`;
  }
}
