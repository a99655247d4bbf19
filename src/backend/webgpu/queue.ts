// What happens on the device happens in the order in which it was asked for: jobs run at once where nothing stands before them, else when
// what they wait for (pipelines, a value read back, the device's own queue) is done. Floor 6.

export class OrderedQueue {
  /** Settles when all jobs so far have run; null where none waits. */
  #tail: Promise<void> | null = null;

  get idle(): boolean { return this.#tail === null; }
  /** A job reports its own failures: it never throws. */
  add(job: () => void | Promise<void>): void {
    const after = this.#tail;
    if (after === null) {
      const waiting = job();
      if (waiting !== undefined) this.#await(waiting);
      return;
    }
    this.#await(after.then(job));
  }
  #await(waiting: Promise<void>): void {
    const tail = waiting.finally(() => { if (this.#tail === tail) this.#tail = null; });
    this.#tail = tail;
  }
  /** When all that has been asked for so far has been given to the device. */
  drained(): Promise<void> { return this.#tail ?? Promise.resolve(); }
}
