// Work that is asked for often and done seldom.

export class Task {
  #asked = false;
  #running = false;
  #timer = 0;

  /** work: an async function; pause: milliseconds between one run and the next; failed: told what it throws. */
  constructor(work, pause, failed) {
    this.work = work;
    this.pause = pause;
    this.failed = failed;
  }

  /** Have it done soon: at once where it has rested long enough, and never twice at a time. */
  ask() {
    this.#asked = true;
    if (!this.#running && !this.#timer) this.#run();
  }

  async #run() {
    this.#asked = false;
    this.#running = true;
    try {
      await this.work();
    } catch (error) {
      this.failed(error);
    }
    this.#running = false;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#asked) this.#run();
    }, this.pause);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = -1;
    this.#asked = false;
  }
}
