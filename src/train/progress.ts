// What a person sees of training: a bar on a terminal, plain lines elsewhere. Floor 7; pure but for the stream it is given.

/** A place that text is written to, as Node's `process.stdout`. */
export interface Stream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Where training stands. */
export interface Status {
  readonly step: number;
  readonly steps: number;
  /** How many epochs are over. */
  readonly epoch: number;
  /** Of how many, where that is known. */
  readonly epochs?: number;
  readonly loss: number;
  /** Since this run began. */
  readonly seconds: number;
  /** Steps that this run has made: fewer than `step` where it was resumed. */
  readonly made: number;
  readonly metrics: { readonly [name: string]: number };
}

/**
 * A time in hours, minutes and seconds.
 *
 * @example
 * import { train } from 'cotangent';
 * train.duration(3723); // -> '1:02:03'
 */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '-:--';
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${String(s).padStart(2, '0')}` : `${m}:${String(s).padStart(2, '0')}`;
}

/** A number in about five characters. */
export const short = (x: number): string => !Number.isFinite(x) ? String(x) : x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5) ? x.toExponential(2) : x.toPrecision(4);

const rate = ({ made, seconds }: Status): number => seconds > 0 ? made / seconds : 0;
const metricsText = ({ metrics }: Status): string => Object.entries(metrics).map(([name, value]) => `  ${name} ${short(value)}`).join('');

/**
 * One line that says where training stands.
 *
 * @example
 * import { train } from 'cotangent';
 * train.statusLine({ step: 50, steps: 200, epoch: 1, loss: 0.125, seconds: 10, made: 50, metrics: {} }); // -> 'epoch 1  step  50/200  loss 0.1250  5.0 steps/s'
 */
export const statusLine = (s: Status): string => `${position(s)}${metricsText(s)}  ${speed(s)}`;
const position = (s: Status): string => {
  // The epoch that is being made; after the last one, the last one.
  const epoch = s.epochs === undefined ? String(s.epoch) : `${Math.min(s.epoch + 1, s.epochs)}/${s.epochs}`;
  return `epoch ${epoch}  step ${String(s.step).padStart(String(s.steps).length)}/${s.steps}  loss ${short(s.loss)}`;
};
const speed = (s: Status): string => `${rate(s).toFixed(rate(s) < 10 ? 1 : 0)} steps/s`;

/**
 * The line with a bar and the time that is left, no wider than the terminal: where it is narrow, the bar is left out first, then metrics, then the speed.
 *
 * @example
 * import { train } from 'cotangent';
 * train.statusBar({ step: 50, steps: 200, epoch: 1, loss: 0.125, seconds: 10, made: 50, metrics: {} }, 60); // -> '[==     ] 25%  epoch 1  step  50/200  loss 0.1250  ETA 0:30'
 */
export function statusBar(s: Status, columns: number): string {
  const share = s.steps === 0 ? 1 : Math.min(1, s.step / s.steps);
  const left = rate(s) > 0 ? duration((s.steps - s.step) / rate(s)) : '-:--';
  const texts = [statusLine(s), `${position(s)}  ${speed(s)}`, position(s)].map(line => ` ${Math.floor(100 * share)}%  ${line}  ETA ${left}`);
  const text = texts.find(line => line.length < columns) ?? texts.at(-1) ?? '';
  const room = Math.min(30, columns - 1 - text.length - 2);
  const filled = Math.round(share * room);
  return `${room >= 5 ? `[${'='.repeat(filled)}${' '.repeat(room - filled)}]` : ''}${text}`.slice(0, Math.max(0, columns - 1));
}

/** Shows a run on a stream: on a terminal a bar that is drawn over, elsewhere a line now and then. */
export interface Reporter {
  readonly show: (status: Status, final: boolean) => void;
  readonly line: (text: string) => void;
}

/**
 * A reporter of runs on a stream. `every` is how many seconds pass between plain lines.
 *
 * @example
 * import { train } from 'cotangent';
 * const written: string[] = [];
 * train.reporter({ write: text => written.push(text) }).show({ step: 50, steps: 200, epoch: 1, loss: 0.125, seconds: 10, made: 50, metrics: {} }, true);
 * written; // -> ['epoch 1  step  50/200  loss 0.1250  5.0 steps/s\n']
 */
export function reporter(stream: Stream, every = 5): Reporter {
  const terminal = stream.isTTY === true;
  let drawn = false;
  let shown = -Infinity;
  const clear = (): void => { if (drawn) stream.write('\r\u001b[2K'); drawn = false; };
  return {
    show(status, final) {
      if (!final && status.seconds - shown < (terminal ? 0.1 : every)) return;
      shown = status.seconds;
      if (!terminal) { stream.write(`${statusLine(status)}\n`); return; }
      clear();
      stream.write(statusBar(status, stream.columns ?? 80));
      drawn = true;
      if (final) { stream.write('\n'); drawn = false; }
    },
    line(text) { clear(); stream.write(`${text}\n`); },
  };
}

/** Where progress is shown by default: null where there is no terminal nor file to write to. */
export const standardOutput = (): Stream | null => typeof process === 'undefined' || process.stdout === undefined ? null : process.stdout;
