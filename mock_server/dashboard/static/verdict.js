// The client verdict, rule by rule, with the requests that it is based on.

import { el, part, setChildren, setText } from "./dom.js";

const LABELS = { passed: "passed", violated: "violated", not_exercised: "not exercised" };
const ORDER = ["violated", "passed", "not_exercised"];
const MAX_LINKS = 5;

export class Verdict {
  #items = new Map();

  /** open: called with the id of a request to show. */
  constructor(root, open) {
    this.root = root;
    this.open = open;
  }

  show({ verdict, rules }) {
    const word = part(this.root, "verdict-word");
    setText(word, verdict);
    const chip = part(this.root, "verdict-chip");
    setText(chip, verdict);
    for (const each of [word, chip]) each.dataset.verdict = verdict;
    const sorted = [...rules].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
    setChildren(part(this.root, "verdict"), sorted.map((rule) => this.#item(rule)));
  }

  #item(rule) {
    const item = this.#items.get(rule.id) ?? blank(rule);
    this.#items.set(rule.id, item);
    item.dataset.verdict = rule.verdict;
    setText(part(item, "word"), LABELS[rule.verdict]);
    setText(part(item, "reason"), rule.reason);
    const ids = rule.verdict === "violated" ? rule.requests.flat().slice(0, MAX_LINKS) : [];
    const links = part(item, "links");
    const present = new Map([...links.children].map((link) => [link.dataset.id, link]));
    setChildren(links, ids.map((id, place) => present.get(id) ?? this.#link(id, place)));
    return item;
  }

  #link(id, place) {
    return el("button", { type: "button", class: "link", "data-id": id, click: () => this.open(id) }, `request ${place + 1}`);
  }
}

function blank(rule) {
  return el("li", {},
    el("div", {}, el("span", { class: "chip", "data-part": "word" }), ` ${rule.title} `, el("code", {}, rule.id)),
    el("div", { class: "note", "data-part": "reason" }),
    el("div", { class: "actions", "data-part": "links" }));
}
