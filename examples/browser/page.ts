// The page: what is set and drawn goes to the worker, what it tells is shown. Nothing is computed here, so nothing here ever waits.
import { barsIn, paintDigit, percent, samplesIn, showCurve } from './figures.ts';
import { isReport, type Command, type Report } from './messages.ts';
import { padOf } from './pad.ts';

/** The element of that id and kind: index.html has it. */
function the<E extends Element>(id: string, kind: abstract new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`index.html has no ${kind.name} #${id}`);
}
const show = (id: string, words: string): void => {
  const element = the(id, HTMLElement);
  if (element.textContent !== words) element.textContent = words;
};
const button = (id: string): HTMLButtonElement => the(id, HTMLButtonElement);
const input = (id: string): HTMLInputElement => the(id, HTMLInputElement);

const worker = new Worker(new URL('./worker/worker.ts', import.meta.url), { type: 'module', name: 'training' });
const send = (command: Command, transfer: Transferable[] = []): void => { worker.postMessage(command, transfer); };

const problem = the('problem', HTMLElement);
const fail = (message: string | null): void => {
  problem.hidden = message === null;
  problem.textContent = message ?? '';
};

// Training.
const [start, backends] = [button('start'), the('backends', HTMLSelectElement)];
let [running, begun] = [false, false];
function setRunning(now: boolean): void {
  running = now;
  start.textContent = now ? 'Pause' : begun ? 'Go on' : 'Start training';
  start.classList.toggle('primary', !now);
}
start.addEventListener('click', () => {
  begun = true;
  setRunning(!running);
  fail(null);
  send({ kind: 'run', running });
});

/** The learning rate goes by tenths of powers of ten. */
const rateOf = (): number => Number((10 ** input('rate').valueAsNumber).toPrecision(2));
const seedOf = (): number | null => input('seed').validity.valid && Number.isInteger(input('seed').valueAsNumber) ? input('seed').valueAsNumber : null;
function begin(): void {
  const seed = seedOf();
  if (seed === null) { input('seed').reportValidity(); return; }
  const model = new FormData(the('settings', HTMLFormElement)).get('model') === 'mlp' ? 'mlp' : 'lenet';
  begun = false;
  fail(null);
  send({ kind: 'reset', settings: { model, seed, backend: backends.value } });
}
button('reset').addEventListener('click', begin);
the('settings', HTMLFormElement).addEventListener('submit', event => { event.preventDefault(); begin(); });
the('settings', HTMLFormElement).addEventListener('change', event => { if (event.target !== input('rate')) begin(); });
input('rate').addEventListener('input', () => {
  const value = rateOf();
  show('rate-value', String(value));
  input('rate').setAttribute('aria-valuetext', String(value));
  send({ kind: 'rate', rate: value });
});

// Drawing. One question at a time; whatever has changed by its answer is the next one.
const setBars = barsIn(the('bars', HTMLOListElement));
const showSamples = samplesIn(the('samples', HTMLUListElement));
let [asking, stale] = [false, false];
/** Answers are said aloud once the pen rests, not at every move. */
let [timer, words, due]: [ReturnType<typeof setTimeout> | undefined, string, boolean] = [undefined, '', false];
const say = (): void => { if (due && !asking && !stale) { show('spoken', words); due = false; } };
const pad = padOf(the('pad', HTMLCanvasElement), () => {
  const empty = pad.strokes().length === 0;
  button('undo').disabled = button('clear').disabled = empty;
  the('hint', HTMLElement).hidden = !empty;
  [words, due] = ['', false];
  show('spoken', '');
  clearTimeout(timer);
  if (!empty) timer = setTimeout(() => { due = true; say(); }, 700);
  ask();
});
function ask(): void {
  const strokes = pad.strokes();
  if (strokes.length === 0) { nothingDrawn(); return; }
  if (asking) { stale = true; return; }
  [asking, stale] = [true, false];
  send({ kind: 'strokes', strokes });
}
function nothingDrawn(): void {
  setBars(null);
  paintDigit(the('seen', HTMLCanvasElement), new Uint8Array(784));
  show('guess', '?');
  show('sure', 'nothing drawn yet');
}
function answered({ image, probabilities }: Extract<Report, { readonly kind: 'answer' }>): void {
  asking = false;
  if (pad.strokes().length === 0) { nothingDrawn(); return; }
  const best = probabilities.indexOf(Math.max(...probabilities));
  const sure = probabilities[best] ?? 0;
  setBars(probabilities);
  paintDigit(the('seen', HTMLCanvasElement), image);
  show('guess', String(best));
  show('sure', !begun ? 'a guess: it has learned nothing yet' : `${sure > 0.9 ? 'sure' : sure > 0.6 ? 'rather sure' : 'not sure'}, ${percent(sure)}`);
  words = `Read as ${best}, ${percent(sure)}`;
  if (stale) ask(); else say();
}
button('undo').addEventListener('click', pad.undo);
button('clear').addEventListener('click', pad.clear);

// Data.
const give = (list: readonly File[]): void => {
  begun = false;
  fail(null);
  Promise.all(list.map(async file => ({ name: file.name, bytes: await file.arrayBuffer() })))
    .then(given => { send({ kind: 'data', files: given }, given.map(({ bytes }) => bytes)); button('drawn').hidden = given.length === 0; })
    .catch((error: unknown) => { fail(`the files cannot be read: ${String(error)}`); });
};
input('files').addEventListener('change', () => { give([...input('files').files ?? []]); input('files').value = ''; });
button('drawn').addEventListener('click', () => { give([]); });
const drop = the('drop', HTMLElement);
for (const kind of ['dragover', 'dragleave', 'drop'] as const) {
  // Anywhere on the page: a file that misses its place must not replace it.
  addEventListener(kind, event => {
    event.preventDefault();
    drop.classList.toggle('over', kind === 'dragover');
    if (kind === 'drop') give([...event.dataTransfer?.files ?? []]);
  });
}

// What the worker tells.
const names = new Map([['webgpu', 'WebGPU'], ['wasm', 'WebAssembly'], ['reference', 'plain JavaScript (slow)']]);
const nameOf = (backend: string): string => names.get(backend) ?? backend;
function offer(list: readonly string[]): void {
  for (const backend of list) {
    if ([...backends.options].some(({ value }) => value === backend)) continue;
    backends.add(new Option(nameOf(backend), backend));
  }
}
let about = '';
function hear(report: Report): void {
  switch (report.kind) {
    case 'style': {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(report.sheet);
      document.adoptedStyleSheets = [sheet];
      return;
    }
    case 'ready':
      show('backend', nameOf(report.backend));
      offer(report.backends);
      show('data', report.data);
      about = `${report.parameters.toLocaleString('en')} parameters, 64 digits a step, Adam.`;
      show('about', about);
      start.disabled = button('reset').disabled = false;
      if (report.note !== null) { fail(report.note); backends.value = 'auto'; }
      ask();
      return;
    case 'progress':
      show('step', report.step.toLocaleString('en'));
      show('loss', report.loss === null ? '–' : report.loss.toFixed(report.loss < 0.1 ? 3 : 2));
      show('accuracy', report.accuracy === null ? '–' : `${(100 * report.accuracy).toFixed(1)} %`);
      show('pace', report.rate > 0 ? report.rate.toFixed(report.rate < 10 ? 1 : 0) : '–');
      if (report.first !== null) show('about', `${about} The first step, compiled on the way, took ${(report.first / 1000).toFixed(2)}\u00a0s.`);
      // The drawn digit is read anew by what has been learned since.
      if (pad.strokes().length > 0) ask();
      return;
    case 'curves':
      showCurve(the('loss-curve', HTMLElement), report.loss);
      showCurve(the('accuracy-curve', HTMLElement), report.accuracy);
      return;
    case 'judged':
      showSamples(report.judged, report.step > 0);
      return;
    case 'answer':
      answered(report);
      return;
    case 'paused':
      setRunning(false);
      return;
    case 'problem':
      fail(report.message);
      asking = false;
      return;
    default: report satisfies never;
  }
}
worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => { if (isReport(data)) hear(data); });
worker.addEventListener('error', ({ message }) => { fail(`the worker has stopped: ${message || 'it could not be loaded'}`); });

const room = new ResizeObserver(([entry]) => {
  const width = Math.round(entry?.contentRect.width ?? 0);
  if (width > 0) send({ kind: 'room', width, height: 210 });
});
room.observe(the('loss-curve', HTMLElement));
begin();
