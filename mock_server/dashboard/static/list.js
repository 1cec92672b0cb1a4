// The requests of a world, newest first. Only the visible rows are in the page.

import { Counts } from "./counts.js";
import { el, part, setChildren, setText } from "./dom.js";
import { haystack, row, showElapsed, showTimes } from "./row.js";
import { grouped } from "./words.js";

const MAX_ENTRIES = 1000;
const SPARE_ROWS = 6;
const TICK_MS = 200;
const TICKS_PER_SECOND = 5;
let lists = 0;
// A request has another row once it has ended.
const keyOf = (entry) => (entry.in_progress ? `begun-${entry.id}` : entry.id);

export class RequestList {
  #entries = [];
  #begun = [];
  #shown = [];
  #rows = new Map();
  #active = null;
  #frame = 0;
  #ticks = 0;
  #scope = null;
  #printed = new AbortController();
  onShown = () => {};

  /** open: called with the entry to show; world: returns the name of the world; now: returns its time in milliseconds;
   * showEmpty: called with whether the world has no request at all.
   */
  constructor(root, { open, world, now, showEmpty }) {
    this.root = root;
    this.open = open;
    this.world = world;
    this.now = now;
    this.showEmpty = showEmpty;
    this.name = `row-${(lists += 1)}-`;
    this.list = part(root, "timeline");
    this.filters = part(root, "filters");
    this.counts = new Counts(part(root, "counts"), this.filters.elements.status);
    this.canvas = el("div", { class: "canvas", role: "presentation" });
    this.list.append(this.canvas);
    this.list.addEventListener("scroll", () => this.#scheduleDraw());
    this.list.addEventListener("keydown", (event) => this.#key(event));
    this.list.addEventListener("click", (event) => this.#click(event));
    this.filters.addEventListener("input", () => this.#filter());
    this.filters.addEventListener("submit", (event) => event.preventDefault());
    this.size = new ResizeObserver(() => this.#scheduleDraw());
    this.size.observe(this.list);
    this.timer = setInterval(() => this.#tick(), TICK_MS);
    // On paper there is no scrolling: all of them are in the page.
    addEventListener("beforeprint", () => this.#draw(true), this.#printed);
    addEventListener("afterprint", () => this.#scheduleDraw(), this.#printed);
  }

  stop() {
    clearInterval(this.timer);
    this.#printed.abort();
    this.size.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  get length() {
    return this.#entries.length;
  }

  /** Replace the entries, newest first. */
  set(entries) {
    this.#entries = entries.slice(0, MAX_ENTRIES);
    this.#filter();
  }

  /** Add the newest entries. */
  add(newest) {
    const ids = new Set(newest.map((entry) => entry.id));
    this.set([...newest, ...this.#entries.filter((entry) => !ids.has(entry.id))]);
  }

  /** Show the requests in progress, newest first; return the ids of those that have ended since, and are not in the list. */
  setBegun(begun) {
    const known = new Set([...begun, ...this.#entries].map((entry) => entry.id));
    const ended = this.#begun.map((entry) => entry.id).filter((id) => !known.has(id));
    this.#begun = begun;
    this.#filter();
    return ended;
  }

  /** Add a request that ended long after it arrived, in its place. */
  insert(entry) {
    const place = this.#entries.findIndex((each) => each.at <= entry.at);
    this.#entries.splice(place < 0 ? this.#entries.length : place, 0, entry);
    this.#filter();
  }

  /** The entries that the filters show, newest first. */
  get listed() {
    return this.#shown;
  }

  /** Return the id of the entry `by` rows below one, null if there is none. */
  adjacent(id, by) {
    const place = this.#shown.findIndex((entry) => entry.id === id);
    return (place >= 0 && this.#shown[place + by]?.id) || null;
  }

  /** Select the entry `by` rows below the selected one. */
  step(by) {
    this.list.focus();
    this.#go(this.#shown.findIndex((entry) => entry.id === this.#active) + by);
  }

  #filter() {
    const { operation, status, text } = this.filters.elements;
    this.counts.offer(this.#entries);
    const needle = text.value.trim().toLowerCase();
    const before = this.#shown.length && this.list.scrollTop > 0 ? this.#shown[this.#first()] : null;
    const all = this.#entries.length;
    const ended = new Set(this.#entries.map((entry) => entry.id));
    const begun = this.#begun.filter((entry) => !ended.has(entry.id));
    this.#shown = [...begun, ...this.#entries].filter(
      (entry) =>
        (!operation.value || (entry.operation ?? "none") === operation.value) &&
        (!status.value || String(entry.status ?? "none") === status.value) &&
        (!needle || haystack(entry).includes(needle)),
    );
    const some = this.#shown.filter((entry) => !entry.in_progress).length;
    setText(part(this.root, "count"), some === all ? grouped(all) : `${grouped(some)} of ${grouped(all)}`);
    const chip = part(this.root, "begun");
    chip.hidden = begun.length === 0;
    setText(chip, `${grouped(begun.length)} running`);
    const empty = part(this.root, "no-requests");
    empty.hidden = this.#shown.length > 0;
    const none = all === 0 && begun.length === 0;
    const own = !this.#isOfAll;
    setText(empty, none ? "No requests yet." : "No request matches the filters.");
    if (none && own) empty.hidden = true;
    this.list.hidden = none;
    this.showEmpty(none && own);
    this.counts.show(this.#entries);
    if (before) this.#keepPosition(before);
    this.onShown(this.#shown);
    this.#scheduleDraw();
  }

  #first() {
    return Math.min(this.#shown.length - 1, Math.floor(this.list.scrollTop / this.#height()));
  }

  /** Keep the scroll position at an entry when rows are added at the top. */
  #keepPosition(entry) {
    const place = this.#shown.findIndex((each) => each.id === entry.id);
    if (place < 0) return;
    const within = this.list.scrollTop % this.#height();
    this.canvas.style.height = `${this.#shown.length * this.#height()}px`;
    this.list.scrollTop = place * this.#height() + within;
  }

  #height() {
    return parseFloat(getComputedStyle(this.list).getPropertyValue("--row"));
  }

  #scheduleDraw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #draw(all = false) {
    const height = this.#height();
    const first = all ? 0 : Math.max(0, Math.floor(this.list.scrollTop / height) - SPARE_ROWS);
    const visible = Math.ceil((this.list.scrollTop + this.list.clientHeight) / height);
    const last = all ? this.#shown.length : Math.min(this.#shown.length, visible + SPARE_ROWS);
    const scope = this.#isOfAll ? null : this.world();
    if (scope !== this.#scope) this.#rows.clear(); // they look different
    this.#scope = scope;
    const rows = new Map();
    for (let place = first; place < last; place += 1) {
      const entry = this.#shown[place];
      const node = this.#rows.get(keyOf(entry)) ?? row(entry, this.name, scope);
      node.style.transform = `translateY(${place * height}px)`;
      node.setAttribute("aria-posinset", place + 1);
      node.setAttribute("aria-setsize", this.#shown.length);
      node.setAttribute("aria-selected", entry.id === this.#active);
      rows.set(keyOf(entry), node);
    }
    this.#rows = rows;
    this.canvas.style.height = `${this.#shown.length * height}px`;
    setChildren(this.canvas, [...rows.values()]);
    this.#showTimes();
    if (this.#shown.slice(first, last).some((entry) => entry.id === this.#active)) this.list.setAttribute("aria-activedescendant", this.name + this.#active);
    else this.list.removeAttribute("aria-activedescendant");
  }

  /** Show for how long requests have been in progress, and once a second how long ago the others are. */
  #tick() {
    this.#ticks += 1;
    if (this.#ticks % TICKS_PER_SECOND === 0) this.#showTimes();
    else for (const entry of this.#begun) this.#withRow(entry, (node, now) => showElapsed(node, entry, now));
  }

  #showTimes() {
    const drawn = new Set([...this.#rows.values()].map((node) => node.dataset.id));
    for (const entry of this.#shown) if (drawn.has(entry.id)) this.#withRow(entry, (node, now) => showTimes(node, entry, now));
  }

  /** Call a function with the row of an entry, and with the time of its world where that is known. */
  #withRow(entry, show) {
    const node = this.#rows.get(keyOf(entry));
    if (node) show(node, entry.world === this.world() ? this.now() : null);
  }

  get #isOfAll() {
    return this.filters.elements.scope.value === "all";
  }

  #key(event) {
    const place = this.#shown.findIndex((entry) => entry.id === this.#active);
    const page = Math.max(1, Math.floor(this.list.clientHeight / this.#height()) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -MAX_ENTRIES, End: MAX_ENTRIES };
    if (event.key in steps) this.#go(place + steps[event.key]);
    else if (event.key === "Enter" && place >= 0) this.open(this.#shown[place]);
    else return;
    event.preventDefault();
  }

  #go(place) {
    if (!this.#shown.length) return;
    const to = Math.max(0, Math.min(this.#shown.length - 1, place));
    const height = this.#height();
    this.#active = this.#shown[to].id;
    this.list.scrollTop = Math.max((to + 1) * height - this.list.clientHeight, Math.min(this.list.scrollTop, to * height));
    this.#scheduleDraw();
  }

  #click(event) {
    const id = event.target.closest("[role=option]")?.dataset.id;
    const entry = this.#shown.find((each) => each.id === id);
    if (!entry) return;
    this.#active = id;
    this.#scheduleDraw();
    this.open(entry);
  }
}
