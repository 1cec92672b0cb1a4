// The stream of server-sent events. A hidden tab does not listen.

import { address, call } from "./api.js";

const RETRY_MS = 1000;
// However many requests there are, the page receives one event in so many seconds.
const GATHER_SECONDS = 0.25;

export class Events {
  #source = null;
  #timer = 0;

  /** onEvent: called with what has changed; onOpen: called once no further event can be missed; onState: called with "live" or "reconnecting". */
  constructor({ onEvent, onOpen, onState }) {
    this.onEvent = onEvent;
    this.onOpen = onOpen;
    this.onState = onState;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop() : this.listen()));
  }

  listen() {
    if (this.#source) return;
    const source = new EventSource(address(`/events?gather=${GATHER_SECONDS}`));
    this.#source = source;
    source.addEventListener("open", () => {
      this.onState("live");
      this.onOpen();
    });
    source.addEventListener("error", () => {
      this.onState("reconnecting");
      // Not the stream: a script does not see its status. A 401 leads to the login.
      call("GET", "/worlds?limit=1").catch(() => {});
      this.#retryLater();
    });
    source.addEventListener("changes", (event) => this.onEvent(JSON.parse(event.data)));
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
