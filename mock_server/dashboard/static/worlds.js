// The known worlds, their labels, and the tokens that this page knows.

import { call } from "./api.js";
import { el, setChildren } from "./dom.js";
import { visible } from "./words.js";

const STORAGE_KEY = "aiimage-mock-tokens";
const MAX_WORLDS = 50;
const MAX_ANNOUNCED = 200;

/** The tokens typed in this tab, by the name of their world, kept until the tab is closed. */
export const typed = {
  all() {
    try {
      return JSON.parse(sessionStorage.getItem(STORAGE_KEY)) ?? {};
    } catch {
      return {};
    }
  },
  keep(name, token) {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ ...this.all(), [name]: token }));
  },
};

export class Worlds {
  #listed = new Map();
  #announced = new Set();
  #seen = new Map();

  /** accounts: the ready-made accounts, {token, credits} by the name of their world; credits: the initial balance of others. */
  constructor(accounts, credits) {
    this.accounts = accounts;
    this.credits = credits;
  }

  async load() {
    const { worlds } = await call("GET", `/worlds?limit=${MAX_WORLDS}`);
    this.#announced.clear();
    this.#listed = new Map(worlds.map((world) => [world.world, world]));
  }

  /** Note the token of a world that is not among the listed ones; return whether it was unknown. */
  learn({ world, token }) {
    if (this.#seen.get(world) === token || this.#listed.has(world)) return false;
    this.#seen.set(world, token);
    return true;
  }

  /** Return the name of the world to show first: the most recently used one, else the first account. */
  get first() {
    return this.#listed.keys().next().value ?? this.accounts.keys().next().value ?? null;
  }

  /** Return the name of a world to compare with another one. */
  beside(name) {
    return [...this.#listed.keys(), ...this.accounts.keys()].find((each) => each !== name) ?? name;
  }

  /** Return whether the page sees a world for the first time, and remember it. Requests without a world have the name "". */
  isNew(name) {
    if (!name || this.#listed.has(name) || this.#announced.has(name) || this.accounts.has(name)) return false;
    if (this.#announced.size >= MAX_ANNOUNCED) this.#announced.clear();
    this.#announced.add(name);
    return true;
  }

  /** Return a world by name. token: null if the page does not know it; typed: the token that the user typed. */
  get(name) {
    const account = this.accounts.get(name);
    const own = typed.all()[name];
    const token = account?.token ?? own ?? null;
    return { name, token, typed: account ? undefined : own, label: visible(this.#listed.get(name)?.label || token || this.#masked(name)), credits: account?.credits ?? this.credits };
  }

  #masked(name) {
    return `${this.#listed.get(name)?.token ?? this.#seen.get(name) ?? "…"} · ${name.slice(0, 6)}`;
  }

  /** Return the name of a token's world; throw an ApiError. */
  async open(token) {
    const { world } = await call("GET", `/worlds/${encodeURIComponent(token)}`);
    if (!this.accounts.has(world)) typed.keep(world, token);
    return world;
  }

  /** Fill the group of a picker with all worlds that belong to no account. */
  fillGroup(group, chosen) {
    const names = new Set([...this.#listed.keys(), ...Object.keys(typed.all()), chosen]);
    const others = [...names].filter((name) => name && !this.accounts.has(name));
    setChildren(group, others.map((name) => this.#option(group, name)));
  }

  #option(group, name) {
    const present = [...group.children].find((each) => each.value === name);
    const label = this.get(name).label;
    if (present?.textContent === label) return present;
    return el("option", { value: name }, label);
  }
}
