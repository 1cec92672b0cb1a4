// What the mock says of the client: rule by rule, with the requests that show it.

import { arrange, el, part, write } from "./dom.js";

const WORDS = { held: "held", violated: "violated", not_exercised: "not exercised" };
const ORDER = ["violated", "held", "not_exercised"];
const MOST = 5;

export class Verdict {
  #items = new Map();

  /** open: called with the id of a request that somebody wants to see. */
  constructor(root, open) {
    this.root = root;
    this.open = open;
  }

  show({ verdict, rules }) {
    const word = part(this.root, "verdict-word");
    write(word, verdict);
    word.dataset.verdict = verdict;
    const sorted = [...rules].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
    arrange(part(this.root, "verdict"), sorted.map((rule) => this.#item(rule)));
  }

  #item(rule) {
    const item = this.#items.get(rule.id) ?? blank(rule);
    this.#items.set(rule.id, item);
    item.dataset.verdict = rule.verdict;
    write(part(item, "word"), WORDS[rule.verdict]);
    write(part(item, "reason"), rule.reason);
    const ids = rule.verdict === "violated" ? rule.requests.flat().slice(0, MOST) : [];
    const links = part(item, "links");
    const there = new Map([...links.children].map((link) => [link.dataset.id, link]));
    arrange(links, ids.map((id, place) => there.get(id) ?? this.#link(id, place)));
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
