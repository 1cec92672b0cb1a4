// The requests of a pane, read from the journal: the new ones, and those that began long ago.

import { call } from "./api.js";
import { part } from "./dom.js";

const MAX_REQUESTS = 1000;
// Shown at once; the rest follows.
const FIRST_REQUESTS = 100;
// More than were announced: the journal may have grown since.
const SPARE_REQUESTS = 20;
const MAX_SINGLE_REQUESTS = 20;
// So that the list costs at most 25 KB/s, whatever the traffic.
const PAUSE_MS_PER_REQUEST = 4;

export class Feed {
  #whole = true;
  #pending = FIRST_REQUESTS;

  /** pane: the pane that shows the requests; list: the RequestList. */
  constructor(pane, list) {
    this.pane = pane;
    this.list = list;
  }

  /** Read everything the next time: the newest first, so that they show at once. */
  restart() {
    this.#pending = FIRST_REQUESTS;
    this.#whole = true;
  }

  /** Note how many requests there were, by world; return whether that concerns the pane. more: of further worlds too. */
  announce(requests, more) {
    const counts = this.#allWorlds ? Object.values(requests) : [requests[this.pane.name] ?? 0];
    const count = counts.reduce((sum, each) => sum + each, more ? MAX_REQUESTS : 0);
    this.#pending += count;
    return count > 0;
  }

  /** Read what is new; return for how many milliseconds to pause. */
  async load() {
    const { name } = this.pane;
    const limit = Math.min(MAX_REQUESTS, this.#pending + SPARE_REQUESTS);
    const whole = this.#whole;
    this.#pending = 0;
    this.#whole = false;
    try {
      const found = await call("GET", `/requests?detail=summary&limit=${limit}${this.#filter}`);
      if (name === this.pane.name) this.#show(found, whole || limit === MAX_REQUESTS, limit);
      return found.requests.length * PAUSE_MS_PER_REQUEST;
    } catch (error) {
      this.restart();
      throw error;
    }
  }

  get #allWorlds() {
    return part(this.pane.root, "filters").elements.scope.value === "all";
  }

  get #filter() {
    return this.#allWorlds ? "" : `&${this.pane.query}`;
  }

  #show({ requests, total, in_progress: begun }, whole, limit) {
    if (whole) this.list.set(requests);
    else this.list.add(requests);
    const ended = this.list.setBegun(begun);
    const missing = limit < MAX_REQUESTS && this.list.length + ended.length < Math.min(total, MAX_REQUESTS);
    if (missing || ended.length > MAX_SINGLE_REQUESTS) {
      this.#pending = MAX_REQUESTS;
      this.pane.tasks.requests.ask();
    } else if (ended.length) this.#insert(ended);
  }

  /** Add requests that ended long after they arrived: they may be older than those that were read. */
  async #insert(ids) {
    const { name } = this.pane;
    const fetching = (id) => call("GET", `/requests/${encodeURIComponent(id)}?detail=summary`).catch(() => null);
    const entries = await Promise.all(ids.map(fetching));
    if (name !== this.pane.name) return;
    for (const entry of entries) if (entry && !entry.in_progress) this.list.insert(entry);
  }
}
