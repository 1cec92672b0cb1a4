// Which worlds there are, what they are called, and which of their tokens this page knows.

import { call } from "./api.js";
import { el, arrange } from "./dom.js";

const KEPT = "aiimage-mock-tokens";
const MOST = 200;

/** The tokens that were typed in this tab, by the name of their world. They go when the tab does. */
export const typed = {
  all() {
    try {
      return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
    } catch {
      return {};
    }
  },
  keep(name, token) {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...this.all(), [name]: token }));
  },
};

export class Worlds {
  #seen = new Map();
  #heard = new Set();

  /** accounts: the ready-made ones, {token, credits} by the name of their world; credits: what other worlds begin with. */
  constructor(accounts, credits) {
    this.accounts = accounts;
    this.credits = credits;
  }

  async load() {
    const { worlds } = await call("GET", "/worlds");
    this.#heard = new Set([...this.#heard].slice(-MOST));
    this.#seen = new Map(worlds.slice(0, MOST).map((world) => [world.world, world]));
  }

  /** Return the name of the world to begin with: the one used last, else the first account. */
  get first() {
    return this.#seen.keys().next().value ?? this.accounts.keys().next().value ?? null;
  }

  /** Return a name to compare with another one. */
  beside(name) {
    return [...this.#seen.keys(), ...this.accounts.keys()].find((each) => each !== name) ?? name;
  }

  /** Tell whether a world is heard of for the first time, and remember it. Nobody's requests have the name "". */
  isNew(name) {
    if (!name || this.#seen.has(name) || this.#heard.has(name) || this.accounts.has(name)) return false;
    this.#heard.add(name);
    return true;
  }

  /** Return a world by name. token: null where the page does not know it; typed: what the user has called it by. */
  get(name) {
    const account = this.accounts.get(name);
    const own = typed.all()[name];
    const token = account?.token ?? own ?? null;
    return { name, token, typed: account ? undefined : own, label: token ?? this.#masked(name), credits: account?.credits ?? this.credits };
  }

  #masked(name) {
    return `${this.#seen.get(name)?.token ?? "unknown"} · ${name.slice(0, 6)}`;
  }

  /** Open the world of a token and return its name; throw a Refusal. */
  async open(token) {
    const { world } = await call("GET", `/worlds/${encodeURIComponent(token)}`);
    if (!this.accounts.has(world)) typed.keep(world, token);
    return world;
  }

  /** Have a picker's group offer all worlds beside the accounts. */
  offer(group, chosen) {
    const names = new Set([...this.#seen.keys(), ...this.#heard, ...Object.keys(typed.all()), chosen]);
    const others = [...names].filter((name) => name && !this.accounts.has(name));
    arrange(group, others.map((name) => this.#option(group, name)));
  }

  #option(group, name) {
    const there = [...group.children].find((each) => each.value === name);
    const label = this.get(name).label;
    if (there?.textContent === label) return there;
    return el("option", { value: name }, label);
  }
}
