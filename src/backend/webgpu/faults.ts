// What went wrong on a device, and who has heard of it: who reads the values that it concerns, whoever reads next, and where nobody reads, the
// end of the process or the page. Floor 6: knows errors, not what they are about.

/** What is used of a process of Node. */
interface NodeProcess { once(event: 'beforeExit', f: () => void): unknown }
const isNodeProcess = (x: unknown): x is NodeProcess => typeof x === 'object' && x !== null && 'once' in x && 'versions' in x;
const nodeProcess = (): NodeProcess | null => { const process: unknown = Reflect.get(globalThis, 'process'); return isNodeProcess(process) ? process : null; };
const isReport = (x: unknown): x is (error: Error) => void => typeof x === 'function';
/** Milliseconds that a page has to read what went wrong. */
const patience = 1000;

export class Faults {
  /** What the device said to nobody in particular, and what went wrong where the host looked (a callback, a violation): whoever reads next hears of it. */
  #complaint: Error | null = null;
  #unheard: Error | null = null;
  /** What no reader has heard so far. */
  readonly #untold = new Set<Error>();
  #endsWithError = false;
  readonly #isRead: () => boolean;
  /** `isRead`: whether somebody waits for a value, who may hear of it yet. */
  constructor(isRead: () => boolean) { this.#isRead = isRead; }

  /** Nobody's value: whoever reads next hears of it. */
  complain(error: Error): void {
    this.#complaint ??= error;
    this.note(error);
  }
  /** Takes what the device said. */
  complaint(): Error | null {
    const complaint = this.#complaint;
    this.#complaint = null;
    return complaint;
  }
  /** Whoever reads next hears of it, whatever is read. */
  tell(error: Error): void {
    this.#unheard ??= error;
    this.note(error);
  }
  /** What is told to who reads a value with which nothing is wrong; `spared` it is not told. */
  beside(spared: Error | null): Error | null { return spared === this.#unheard ? null : this.#unheard; }
  /** A reader has heard of it. */
  heard(error: Error | null): void {
    if (error === null) return;
    if (error === this.#unheard) this.#unheard = null;
    if (error === this.#complaint) this.#complaint = null;
    this.#untold.delete(error);
  }
  /** The values that it concerns tell it. Where nobody reads them a process ends with it, and a page reports it as what a callback has thrown. */
  note(error: Error): void {
    if (this.#untold.has(error)) return;
    this.#untold.add(error);
    const process = nodeProcess();
    if (process === null) setTimeout(() => { this.#report(error); }, patience);
    else if (!this.#endsWithError) {
      this.#endsWithError = true;
      process.once('beforeExit', () => { for (const untold of this.#untold) throw untold; });
    }
  }
  #report(error: Error): void {
    if (!this.#untold.has(error)) return;
    if (this.#isRead()) { setTimeout(() => { this.#report(error); }, patience); return; }
    this.#untold.delete(error);
    const report: unknown = Reflect.get(globalThis, 'reportError');
    if (isReport(report)) report(error);
  }
}
