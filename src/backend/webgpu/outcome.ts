// What came of something that the device was asked for, which it tells after the call: whether it took the commands, and has the memory. Floor 6.

export class Outcome {
  /** The kernels that it may be about. */
  readonly kernels: () => readonly { readonly name: string; readonly shader: { readonly code: string } }[];
  /** Why there is nothing; null where nothing is known against it. */
  error: Error | null = null;
  /** Settles when all is known that was asked about so far; null from then on. Never rejects. */
  answered: Promise<void> | null = null;
  constructor(kernels: Outcome['kernels'] = () => []) { this.kernels = kernels; }

  /** It fails where one of the answers is an error. */
  needs(answers: readonly Promise<Error | null>[]): void {
    if (answers.length === 0) return;
    const { answered } = this;
    const known = Promise.all(answered === null ? answers : [answered.then(() => null), ...answers]).then(all => {
      this.error ??= all.find(e => e !== null) ?? null;
      if (this.answered === known) this.answered = null;
    });
    this.answered = known;
  }
  /** It fails where one of these does, of which nothing is known yet. Values of one run share theirs. */
  follows(values: readonly { readonly outcome: Outcome }[]): void {
    const open: Outcome[] = [];
    for (const { outcome } of values) if (outcome.answered !== null && outcome !== this && !open.includes(outcome)) open.push(outcome);
    if (open.length > 0) this.needs(open.map(async other => { await other.answered; return other.error; }));
  }
}
