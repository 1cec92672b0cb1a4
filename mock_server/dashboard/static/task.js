// Work that is requested often and done rarely.

export class Task {
  #asked = false;
  #running = false;
  #timer = 0;

  /** work: an async function, which may return milliseconds to pause longer; pause: milliseconds between two runs; failed: called with an error of the work. */
  constructor(work, pause, failed) {
    this.work = work;
    this.pause = pause;
    this.failed = failed;
  }

  /** Request a run: at once, or after the pause since the last run. Runs never overlap. */
  ask() {
    this.#asked = true;
    if (!this.#running && !this.#timer) this.#run();
  }

  async #run() {
    this.#asked = false;
    this.#running = true;
    let longer = 0;
    try {
      longer = (await this.work()) ?? 0;
    } catch (error) {
      this.failed(error);
    }
    this.#running = false;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#asked) this.#run();
    }, this.pause + longer);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = -1;
    this.#asked = false;
  }
}
