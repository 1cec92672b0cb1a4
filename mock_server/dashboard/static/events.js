// What happens on the server, as it happens. While nobody looks at the page, it does not listen.

import { address } from "./api.js";

const AGAIN_MS = 1000;

export class Events {
  #source = null;
  #retry = 0;

  /** heard: called with each event; begun: called when from now on none is missed; state: "live" or "reconnecting". */
  constructor({ heard, begun, state }) {
    this.heard = heard;
    this.begun = begun;
    this.state = state;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop() : this.listen()));
  }

  listen() {
    if (this.#source) return;
    const source = new EventSource(address("/events"));
    this.#source = source;
    source.addEventListener("open", () => {
      this.state("live");
      this.begun();
    });
    source.addEventListener("error", () => {
      this.state("reconnecting");
      this.#again();
    });
    for (const kind of ["request", "world", "reset", "lost"]) {
      source.addEventListener(kind, (event) => this.heard(JSON.parse(event.data)));
    }
  }

  #again() {
    this.#stop();
    this.#retry = setTimeout(() => this.listen(), AGAIN_MS);
  }

  #stop() {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }
}
