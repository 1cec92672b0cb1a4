// The clock of a world as a chart: the lock as a band, generations as bars, other requests as ticks, charges, faults, and
// the edge of the day.

import { part, setText } from "./dom.js";
import { outcome, seconds, summarize, timeOf } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const GUTTER = 104; // for the names of the lanes
const GENERATION = "generateImage";
const LANES = { lock: 16, generations: 40, others: 74 };
const HEIGHT = 112;
const MIN_SPAN_MS = 1000, MAX_SPAN_MS = 3 * 86_400_000, FIRST_SPAN_MS = 60_000;
const MAX_DRAWN = 300;
const MAX_TICKS = 8;
const STEPS_MS = [1, 2, 5, 10, 30, 60, 300, 900, 3600, 10_800, 43_200, 86_400].map((each) => each * 1000);
const DAY_MS = 86_400_000;
const ROOM = 1.04; // of the newest moment, so that it is not at the very edge

export class Chart {
  #entries = [];
  #view = null;
  #span = FIRST_SPAN_MS;
  #end = null; // null: the newest moment
  #frame = 0;

  /** open: called with the id of a request to show; now: returns the time of the world in milliseconds. */
  constructor(root, open, now) {
    this.root = root;
    this.now = now;
    this.box = part(root, "chart-box");
    this.svg = part(root, "chart");
    this.lifetime = Number(document.getElementById("worlds").dataset.lock) * 1000;
    this.box.addEventListener("toggle", () => this.draw());
    this.svg.addEventListener("click", (event) => event.target.dataset.id && open(event.target.dataset.id));
    this.svg.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    for (const button of root.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => this.#act(button.dataset.zoom));
  }

  /** Show requests, those in progress included. */
  showRequests(entries) {
    this.#entries = entries;
    this.draw();
  }

  /** Show the lock of the world. */
  showWorld(view) {
    this.#view = view;
    this.draw();
  }

  draw() {
    if (this.box.open) this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paint();
    });
  }

  #act(what) {
    const end = this.#end ?? this.#newest();
    if (what === "in" || what === "out") this.#span = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, this.#span * (what === "in" ? 0.5 : 2)));
    else if (what === "all") this.#fit();
    else this.#end = end + this.#span * (what === "earlier" ? -0.5 : 0.5);
    if (this.#end >= this.#newest()) this.#end = null;
    this.draw();
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.shiftKey) return; // the page scrolls
    event.preventDefault();
    this.#act(event.ctrlKey ? (event.deltaY < 0 ? "in" : "out") : event.deltaY < 0 ? "earlier" : "later");
  }

  #fit() {
    const first = Math.min(...this.#entries.map((entry) => Date.parse(entry.at)), this.#newest());
    this.#end = null;
    this.#span = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, (this.#newest() - first) * ROOM));
  }

  #newest() {
    const until = this.#view?.lock && this.#view.lock.until !== "forever" ? Date.parse(this.#view.lock.until) : 0;
    return Math.max(this.now() ?? 0, until, ...this.#entries.slice(0, 1).map(endOf));
  }

  #paint() {
    const end = this.#end ?? this.#newest(), start = end - this.#span;
    const width = Math.max(300, this.svg.clientWidth);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const x = (moment) => GUTTER + Math.max(0, (moment - start) / (this.#span * ROOM)) * (width - GUTTER);
    const shown = this.#entries.filter((entry) => (entry.in_progress || endOf(entry) >= start) && Date.parse(entry.at) <= end).slice(0, MAX_DRAWN);
    this.svg.replaceChildren(...axis(start, end, x), ...this.#present(x, start, end), ...labels(), ...this.#locks(shown, x), ...this.#held(x, start), ...shown.flatMap((entry) => this.#marks(entry, x)));
    this.svg.setAttribute("aria-label", `The clock of the world from ${instant(start)} to ${instant(end)}: ${shown.length} requests. The list below has them all.`);
    setText(part(this.root, "chart-span"), `${instant(start)} to ${instant(end)}`);
  }

  /** A line at the present time. */
  #present(x, start, end) {
    const now = this.now();
    return now === null || now < start || now > end ? [] : [shape("line", { class: "now", x1: x(now), x2: x(now), y1: 4, y2: HEIGHT - 16 })];
  }

  /** The lock that each generation took: until it ended, or for its lifetime. */
  #locks(entries, x) {
    const took = entries.filter((entry) => entry.operation === GENERATION && (entry.in_progress || entry.made.length || (entry.status ?? 500) >= 500));
    return took.map((entry) => {
      const from = Date.parse(entry.at), to = Math.min(from + this.lifetime, this.#endNow(entry));
      return box("lock", x(from), LANES.lock, x(to) - x(from), 12, `Lock: ${instant(from)}, ${seconds((to - from) / 1000)}`, entry.id);
    });
  }

  /** The lock as it is now. */
  #held(x, start) {
    const lock = this.#view?.lock;
    if (!lock || this.now() === null) return [];
    const to = lock.until === "forever" ? this.#newest() : Date.parse(lock.until);
    // It was taken its lifetime before its end, by a request that may have ended since.
    const from = Math.max(start, Math.min(this.now(), to - (lock.until === "forever" ? 0 : this.lifetime)));
    return [box("lock held", x(from), LANES.lock, Math.max(2, x(to) - x(from)), 12, `Lock: held ${lock.until === "forever" ? "forever" : `until ${instant(to)}`}`)];
  }

  #marks(entry, x) {
    const from = Date.parse(entry.at), to = this.#endNow(entry);
    const { kind, text } = outcome(entry);
    const title = `${timeOf(entry.at)} ${text} ${entry.operation ?? entry.path}, ${seconds((to - from) / 1000)}\n${summarize(entry)}`;
    const lane = entry.operation === GENERATION ? LANES.generations : LANES.others;
    const marks = [box(`bar ${kind}`, x(from), lane, Math.max(4, x(to) - x(from)), 14, title, entry.id)];
    if (entry.made.length) marks.push(letter(x(to), lane - 3, `−${entry.made.length}`, "charge"));
    if (entry.faults.length) marks.push(letter(x(from), lane - 3, "⚡", "fault"));
    return marks;
  }

  #endNow(entry) {
    return entry.in_progress ? Math.max(Date.parse(entry.at), this.now() ?? 0) : endOf(entry);
  }
}

function endOf(entry) {
  return Date.parse(entry.at) + entry.seconds * 1000;
}

function instant(moment) {
  return new Date(moment).toISOString().slice(11, 19);
}

/** Lines at round times, and one for each edge of a day. */
function axis(start, end, x) {
  const step = STEPS_MS.find((each) => (end - start) / each <= MAX_TICKS) ?? DAY_MS;
  const lines = [];
  for (let moment = Math.ceil(start / step) * step; moment <= end; moment += step) {
    const isDay = moment % DAY_MS === 0;
    lines.push(shape("line", { class: isDay ? "day" : "tick", x1: x(moment), x2: x(moment), y1: 4, y2: HEIGHT - 16 }));
    lines.push(letter(x(moment), HEIGHT - 3, isDay ? new Date(moment).toISOString().slice(0, 10) : instant(moment), "time"));
  }
  return lines;
}

function labels() {
  return Object.entries({ lock: "lock", generations: "generations", others: "other requests" }).map(([lane, text]) => letter(2, LANES[lane] + 10, text, "lane"));
}

function box(kind, x, y, width, height, title, id) {
  const node = shape("rect", { class: kind, x, y, width, height, rx: 2, ...(id ? { "data-id": id } : {}) });
  const words = document.createElementNS(SVG, "title");
  words.textContent = title;
  node.append(words);
  return node;
}

function letter(x, y, text, kind) {
  const node = shape("text", { class: kind, x, y });
  node.textContent = text;
  return node;
}

function shape(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
