// The page of examples/browser as people use it: built, served by a plain static host under its strict policy, trained, drawn on with the mouse and
// with the keyboard, given files; on WebAssembly and on WebGPU. Throws what is not as it should be; knows nothing of how tests are counted.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { built, policy } from '../../examples/browser/vite.ts';
import type { Chromium, Page } from './chromium.ts';
import { serveFiles } from './server.ts';

/** What a part of it may take, in milliseconds, on a machine that is busy. */
const patience = 120_000;
/** Where the picture of the page lies afterwards. */
const pictures = new URL('../../node_modules/.cache/browser/', import.meta.url).pathname;

type Stroke = readonly (readonly [x: number, y: number])[];
/** An arc of an ellipse; degrees from the right, downwards. */
const arc = (cx: number, cy: number, rx: number, ry: number, from: number, to: number): Stroke => Array.from({ length: 17 }, (_, k) => {
  const t = (from + (to - from) * k / 16) * Math.PI / 180;
  return [cx + rx * Math.cos(t), cy + ry * Math.sin(t)] as const;
});
/** Digits in a hand of its own: not the strokes that the training digits are made of. */
const hand: readonly (readonly Stroke[])[] = [
  [arc(0.5, 0.5, 0.2, 0.3, -80, 285)],
  [[[0.4, 0.32], [0.53, 0.2], [0.52, 0.8]]],
  [[...arc(0.5, 0.35, 0.16, 0.14, 190, 380), [0.6, 0.5], [0.36, 0.78], [0.68, 0.78]]],
  [[...arc(0.48, 0.35, 0.15, 0.14, 210, 430), ...arc(0.48, 0.64, 0.17, 0.16, -80, 150)]],
  [[[0.42, 0.2], [0.34, 0.55], [0.68, 0.55]], [[0.6, 0.38], [0.58, 0.82]]],
  [[[0.42, 0.22], [0.4, 0.45], ...arc(0.49, 0.61, 0.16, 0.17, -110, 130)], [[0.42, 0.22], [0.66, 0.2]]],
  [[...arc(0.62, 0.5, 0.26, 0.3, 265, 160), ...arc(0.5, 0.65, 0.13, 0.14, 170, -190)]],
  [[[0.34, 0.22], [0.66, 0.22], [0.46, 0.8]]],
  [arc(0.5, 0.35, 0.13, 0.14, -90, 270), arc(0.5, 0.65, 0.16, 0.16, -90, 270)],
  [[...arc(0.5, 0.37, 0.14, 0.15, -20, -380), [0.62, 0.5], [0.58, 0.82]]],
];

/** What a test does with the page. */
class Visitor {
  readonly #page: Page;
  constructor(page: Page) { this.#page = page; }
  async text(id: string): Promise<string> { return String(await this.#page.evaluate(`document.getElementById(${JSON.stringify(id)}).textContent`)); }
  /** Waits for what is true in the page sooner or later; a problem that the page tells ends it. */
  async until(condition: string, problems = false): Promise<void> {
    await this.#page.evaluate(`new Promise((resolve, reject) => {
      const begun = performance.now();
      const look = () => {
        const problem = document.getElementById('problem');
        if (${condition}) resolve();
        else if (${String(!problems)} && !problem.hidden) reject(new Error('the page says: ' + problem.textContent));
        else if (performance.now() - begun > ${patience}) reject(new Error(${JSON.stringify(`it did not come to be: ${condition}`)}));
        else setTimeout(look, 15);
      };
      look();
    })`);
  }
  async #box(selector: string): Promise<readonly [x: number, y: number, width: number, height: number]> {
    const box = await this.#page.evaluate(`(e => { e.scrollIntoView({ block: 'center' }); const r = e.getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })(document.querySelector(${JSON.stringify(selector)}))`);
    const [x = 0, y = 0, width = 0, height = 0] = Array.isArray(box) ? box.map(Number) : [];
    return [x, y, width, height];
  }
  async click(selector: string): Promise<void> {
    const [x, y, width, height] = await this.#box(selector);
    for (const type of ['mousePressed', 'mouseReleased'] as const) await this.#page.mouse(type, x + width / 2, y + height / 2);
  }
  async draw(strokes: readonly Stroke[]): Promise<void> {
    const [left, top, width, height] = await this.#box('#pad');
    for (const stroke of strokes) {
      const places = stroke.map(([x, y]) => [left + x * width, top + y * height] as const);
      for (const [k, [x, y]] of places.entries()) await this.#page.mouse(k === 0 ? 'mousePressed' : 'mouseMoved', x, y);
      await this.#page.mouse('mouseReleased', ...places.at(-1) ?? [left, top]);
    }
  }
  /** What is read, once the page has said it aloud: the pen rests, the answer is of all that was drawn. */
  async read(): Promise<string> {
    await this.until("document.getElementById('spoken').textContent !== ''");
    return this.text('guess');
  }
  async press(...keys: readonly string[]): Promise<void> { for (const key of keys) await this.#page.press(key); }
  async focus(selector: string): Promise<void> { await this.#page.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`); }
  /** Chooses of a list what has the value. */
  async choose(id: string, value: string): Promise<void> {
    await this.#page.evaluate(`{ const list = document.getElementById(${JSON.stringify(id)}); list.value = ${JSON.stringify(value)}; list.dispatchEvent(new Event('change', { bubbles: true })); }`);
  }
  /** Gives files as if they had been chosen. */
  async give(files: { readonly [name: string]: readonly number[] }): Promise<void> {
    await this.#page.evaluate(`{
      const given = new DataTransfer();
      for (const [name, bytes] of Object.entries(${JSON.stringify(files)})) given.items.add(new File([Uint8Array.from(bytes)], name));
      const input = document.getElementById('files');
      input.files = given.files;
      input.dispatchEvent(new Event('change'));
    }`);
  }
}

function expect(what: string, got: unknown, good: boolean): void {
  if (!good) throw new Error(`${what}: ${String(got)}`);
}
const number = (words: string): number => Number(words.replace(/[,%\s]/g, ''));
const stepsAtLeast = (steps: number): string => `Number(document.getElementById('step').textContent.replace(',', '')) >= ${steps}`;
/** An IDX file of bytes. */
const idx = (shape: readonly number[], bytes: readonly number[]): number[] => [0, 0, 8, shape.length, ...shape.flatMap(d => [0, 0, d >> 8, d & 255]), ...bytes];

/** Opens the page that was built, uses it and closes it; what went wrong, one line each. */
async function using(chromium: Chromium, use: (page: Page, visitor: Visitor, said: readonly string[]) => Promise<void>): Promise<readonly string[]> {
  const server = await serveFiles(built, policy);
  const said: string[] = [];
  // Where there is no GPU, the browser says so when it is asked for one.
  const page = await chromium.open(server.address, line => { if (line !== 'No available adapters.') said.push(line); });
  const failures: string[] = [];
  try {
    await page.look({ width: 1280, height: 1075 });
    const visitor = new Visitor(page);
    const used = visitor.until("!document.getElementById('start').disabled && document.querySelector('#accuracy-curve > svg') !== null").then(() => use(page, visitor, said));
    await Promise.race([used, page.broken.then(words => { used.catch(() => { /* What it waits for will not come. */ }); throw new Error(`the page threw: ${words}`); })]);
  } catch (error) {
    failures.push([error instanceof Error ? error.message : String(error), ...said.slice(-5)].join('\n'));
  }
  await page.close();
  await server.close();
  return failures;
}
async function take(page: Page, name: string): Promise<void> {
  const png = await page.screenshot();
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, name), png);
  expect('the picture has bytes', png.length, png.length > 20_000);
}

/** Uses the page that was built where there is no GPU. */
export const useLivePage = (chromium: Chromium): Promise<readonly string[]> => using(chromium, async (page, visitor, said) => {
  expect('no adapter: the backend', await visitor.text('backend'), await visitor.text('backend') === 'WebAssembly');
  const before = number(await visitor.text('accuracy'));
  expect('untrained, it reads right', before, before < 40);

  await visitor.click('#start');
  await visitor.until("document.getElementById('loss').textContent !== '–'");
  const first = number(await visitor.text('loss'));
  await visitor.until(stepsAtLeast(300));
  const [loss, accuracy] = [number(await visitor.text('loss')), number(await visitor.text('accuracy'))];
  expect('the loss fell', `${first} to ${loss}`, loss < first / 2 && loss < 0.6);
  expect('the accuracy rose', `${before} to ${accuracy}`, accuracy > 90);
  // Drawn on while it learns, then when it rests.
  await visitor.draw(hand[3] ?? []);
  expect('a three, drawn while it learns, is read as', await visitor.text('guess'), await visitor.read() === '3');
  await take(page, 'page.png');
  await visitor.click('#start');
  await visitor.until("document.getElementById('start').textContent === 'Go on'");
  for (const [digit, strokes] of hand.entries()) {
    await visitor.click('#clear');
    expect('cleared, it says', await visitor.text('sure'), await visitor.text('sure') === 'nothing drawn yet');
    await visitor.draw(strokes);
    const read = await visitor.read();
    expect(`a ${digit} is read as`, read, read === String(digit));
  }

  await visitor.click('#clear');
  await visitor.focus('#pad');
  await visitor.press(' ', ...Array.from({ length: 13 }, () => 'ArrowDown'), ' ');
  const bar = await visitor.read();
  expect('a bar, drawn with the keys, is read as', bar, bar === '1');
  await visitor.press('Backspace');
  expect('undone, it says', await visitor.text('guess'), await visitor.text('guess') === '?');

  // Another network, from the beginning; then files, bad and good.
  const parameters = await visitor.text('about');
  await visitor.click('.choice label:first-of-type');
  await visitor.until(`document.getElementById('step').textContent === '0' && document.getElementById('about').textContent.slice(0, 4) !== ${JSON.stringify(parameters.slice(0, 4))}`);
  await visitor.click('#start');
  await visitor.until(stepsAtLeast(40));
  await visitor.give({ 'train-images-idx3-ubyte': [1, 2, 3] });
  await visitor.until("!document.getElementById('problem').hidden", true);
  const told = await visitor.text('problem');
  expect('of a bad file, it says', told, told === 'train-images-idx3-ubyte: holds train-images-idx3-ubyte but no train-labels-idx1-ubyte (or .gz)');
  const ten = Array.from({ length: 10 }, (_, k) => k);
  await visitor.give({ 'train-images-idx3-ubyte': idx([10, 28, 28], ten.flatMap(k => Array.from({ length: 784 }, (_, p) => (p * (k + 1)) % 256))), 'train-labels-idx1-ubyte': idx([10], ten) });
  await visitor.until("document.getElementById('data').textContent.startsWith('The files that you gave: 8 ')");
  await visitor.click('#start');
  await visitor.until(stepsAtLeast(5));
  // Nothing was refused by the policy, nothing thrown.
  expect('the page said nothing', [...new Set(said)].slice(0, 3).join('\n'), said.length === 0);
  expect('its policy stands in it', policy, readFileSync(join(built, 'index.html'), 'utf8').includes(policy.replaceAll("'", '&#39;')) || readFileSync(join(built, 'index.html'), 'utf8').includes(policy));
});

/** Ten images, each of bars of its own, and what they are. */
const bars = {
  'train-images-idx3-ubyte': idx([10, 28, 28], Array.from({ length: 7840 }, (_, i) => Math.floor(i / 28) % 28 % 10 === Math.floor(i / 784) ? 255 : 0)),
  'train-labels-idx1-ubyte': idx([10], Array.from({ length: 10 }, (_, k) => k)),
};
/** Uses the page that was built where the browser has an adapter: its network learns and reads on WebGPU. In software a step takes seconds: there are few, of few examples. */
export const useLivePageOnWebGpu = (chromium: Chromium): Promise<readonly string[]> => using(chromium, async (page, visitor, said) => {
  expect('an adapter of software is not what the page chooses by itself', await visitor.text('backend'), await visitor.text('backend') === 'WebAssembly');
  await visitor.give(bars);
  await visitor.until("document.getElementById('data').textContent.startsWith('The files that you gave: 8 ')");
  await visitor.click('.choice label:first-of-type');
  await visitor.choose('backends', 'webgpu');
  await visitor.until("document.getElementById('backend').textContent === 'WebGPU' && document.getElementById('accuracy').textContent !== '–'");
  await visitor.click('#start');
  await visitor.until("document.getElementById('loss').textContent !== '–'");
  const first = number(await visitor.text('loss'));
  // The mean of all steps so far, of however many have passed by then.
  await visitor.until(`Number(document.getElementById('loss').textContent) < ${0.75 * first}`);
  await visitor.click('#start');
  await visitor.until("document.getElementById('start').textContent === 'Go on'");
  await visitor.draw(hand[7] ?? []);
  const read = await visitor.read();
  expect('a drawing is read as', read, /^\d$/.test(read));
  await take(page, 'page-webgpu.png');
  expect('the backend in the end', await visitor.text('backend'), await visitor.text('backend') === 'WebGPU');
  expect('the page said nothing', [...new Set(said)].slice(0, 3).join('\n'), said.length === 0);
  // The device goes away while nothing is computed: the page says what to do, and that helps.
  await chromium.crashGpu();
  await visitor.click('#start');
  await visitor.until("!document.getElementById('problem').hidden", true);
  const told = await visitor.text('problem');
  expect('of a lost device, it says', told, told === 'the graphics device went away, and the network with it: press Reset to begin anew');
  await visitor.click('#reset');
  await visitor.until("document.getElementById('step').textContent === '0' && document.getElementById('problem').hidden");
  await visitor.click('#start');
  await visitor.until(stepsAtLeast(1));
});
