// What deletes a world: its reset, and scenarios. A snapshot taken before undoes it.

import { call, download, reference } from "./api.js";
import { el, part, setChildren } from "./dom.js";

export class Resets {
  /** world: returns the world; notice: shows a message with an action; done: called after the world was changed. */
  constructor(root, { world, notice, done }) {
    this.world = world;
    this.notice = notice;
    this.done = done;
    this.select = part(root, "scenario-form").elements.scenario;
    part(root, "scenario-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#start();
    });
    part(root, "reset").addEventListener("click", () => this.#change("PUT", "", {}, (label) => `The world of ${label} was reset.`));
    this.#loadScenarios();
  }

  #start() {
    const [{ textContent: title }] = this.select.selectedOptions;
    this.#change("PUT", "/scenario", { name: this.select.value }, (label) => `The world of ${label} was reset into the scenario “${title}”.`);
  }

  async #change(method, path, body, sentence) {
    const world = this.world();
    const query = `?token=${reference(world)}`;
    try {
      await undoable(`/snapshot${query}`, () => call(method, `/worlds/${reference(world)}${path}`, body), () => sentence(world.label), this.notice);
    } catch (error) {
      this.notice(error);
    }
    this.done();
  }

  async #loadScenarios() {
    const { scenarios } = await call("GET", "/scenarios").catch(() => ({ scenarios: [] }));
    setChildren(this.select, scenarios.map((each) => el("option", { value: each.name, title: each.description }, each.title)));
  }
}

/** Make a change that deletes, and offer to undo it. snapshot: the path of what it deletes; sentence: returns what was done,
 * given the result of the change.
 */
export async function undoable(snapshot, change, sentence, notice) {
  const before = await download(snapshot);
  const result = await change();
  notice(sentence(result), { label: "Undo", act: () => call("PUT", snapshot, before).then(() => notice("Undone."), notice) });
}
