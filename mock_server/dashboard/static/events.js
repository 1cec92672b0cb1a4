// The stream of server-sent events. A hidden tab does not listen.

import { address } from "./api.js";

const RETRY_MS = 1000;

export class Events {
  #source = null;
  #timer = 0;

  /** onEvent: called with each event; onOpen: called once no further event can be missed; onState: called with "live" or "reconnecting". */
  constructor({ onEvent, onOpen, onState }) {
    this.onEvent = onEvent;
    this.onOpen = onOpen;
    this.onState = onState;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop() : this.listen()));
  }

  listen() {
    if (this.#source) return;
    const source = new EventSource(address("/events"));
    this.#source = source;
    source.addEventListener("open", () => {
      this.onState("live");
      this.onOpen();
    });
    source.addEventListener("error", () => {
      this.onState("reconnecting");
      this.#retryLater();
    });
    for (const kind of ["request", "world", "reset", "lost"]) {
      source.addEventListener(kind, (event) => this.onEvent(JSON.parse(event.data)));
    }
  }

  #retryLater() {
    this.#stop();
    this.#timer = setTimeout(() => this.listen(), RETRY_MS);
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }
}
