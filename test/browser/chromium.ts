// A headless Chromium from npm alone (linux-x64): unpacked from the tarball of @sparticuz/chromium with the libraries that it brings, spoken to
// through a pipe in the DevTools protocol. Nothing is installed on the machine, nothing is fetched, no port is opened.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { brotliDecompressSync } from 'node:zlib';
import { unpackTar, writeWhole } from '../../examples/software-gpu.ts';

const root = new URL('../../', import.meta.url).pathname;
const packed = join(root, 'node_modules/@sparticuz/chromium/bin');
const unpacked = join(root, 'node_modules/.cache/browser');

/** Why there is no Chromium on this machine, or null where there is one. */
export const whyNoChromium = (): string | null => process.platform === 'linux' && process.arch === 'x64' ? null
  : `the Chromium that npm brings is for linux-x64, this machine is ${process.platform}-${process.arch}`;

interface Files { readonly executable: string; readonly libraries: string; readonly fonts: string }
function unpack(): Files {
  if (!existsSync(packed)) throw new Error('@sparticuz/chromium is not in node_modules: run `npm ci`');
  const version = JSON.parse(readFileSync(join(packed, '../package.json'), 'utf8')) as { readonly version: string };
  const directory = join(unpacked, version.version);
  const files = { executable: join(directory, 'chromium'), libraries: join(directory, 'lib'), fonts: join(directory, 'fonts') };
  // What came last is there: all is.
  if (existsSync(join(files.fonts, 'fonts.conf'))) return files;
  const read = (name: string): Buffer => brotliDecompressSync(readFileSync(join(packed, name)));
  mkdirSync(files.libraries, { recursive: true });
  mkdirSync(files.fonts, { recursive: true });
  // What a bare Debian lacks (NSS and its kin) and the software renderer that Chromium looks for beside itself.
  unpackTar(read('al2023.tar.br'), files.libraries);
  unpackTar(read('swiftshader.tar.br'), directory);
  const part = `${files.executable}.${process.pid}`;
  writeFileSync(part, read('chromium.br'));
  chmodSync(part, 0o755);
  renameSync(part, files.executable);
  unpackTar(read('fonts.tar.br'), files.fonts);
  // The one in the archive names the places of another machine.
  writeWhole(join(files.fonts, 'fonts.conf'), Buffer.from(`<?xml version="1.0"?><fontconfig><dir>${files.fonts}</dir><cachedir>${files.fonts}</cachedir></fontconfig>`));
  return files;
}

interface Reply { readonly id?: number; readonly method?: string; readonly params?: unknown; readonly result?: unknown; readonly error?: { readonly message: string } }
/** How a page is looked at. */
export interface View { readonly width: number; readonly height: number; readonly dark?: boolean; /** Pixels of the picture for one of the page; default 1. */ readonly scale?: number }
export interface Page {
  /** The value of an expression in the page, awaited; throws what it throws. */
  evaluate(expression: string): Promise<unknown>;
  look(view: View): Promise<void>;
  /** What a mouse does at a place in the window. */
  mouse(type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', x: number, y: number): Promise<void>;
  /** A key, pressed and released. */
  press(key: string): Promise<void>;
  /** The picture of the page, as PNG. */
  screenshot(): Promise<Uint8Array>;
  /** Settles with its words if the page crashes, or throws what nobody in it catches: nothing more is to be expected of it. */
  readonly broken: Promise<string>;
  close(): Promise<void>;
}
export interface Chromium {
  /** Opens the address in a page of its own; what the page throws and warns of is told. */
  open(address: string, told: (line: string) => void): Promise<Page>;
  /** Ends the process in which the browser speaks to graphics hardware; it starts another one. */
  readonly crashGpu: () => Promise<void>;
  close(): Promise<void>;
}

const isObject = (x: unknown): x is { readonly [name: string]: unknown } => typeof x === 'object' && x !== null;
const field = (x: unknown, ...path: readonly string[]): unknown => path.reduce((v: unknown, name) => isObject(v) ? v[name] : undefined, x);
const text = (x: unknown, ...path: readonly string[]): string => { const v = field(x, ...path); return typeof v === 'string' ? v : ''; };
const fromRemote = (v: unknown): string => text(v, 'description') || String(field(v, 'value'));
const wordsOf = (method: string, params: unknown): string | null => {
  if (method === 'Runtime.exceptionThrown') return text(params, 'exceptionDetails', 'exception', 'description') || text(params, 'exceptionDetails', 'text');
  if (method === 'Log.entryAdded') return text(params, 'entry', 'text');
  if (method === 'Inspector.targetCrashed') return 'the page crashed';
  if (method !== 'Runtime.consoleAPICalled') return null;
  const args = field(params, 'args');
  return Array.isArray(args) ? args.map(fromRemote).join(' ') : null;
};

/** Starts the browser, with flags beside those it needs, or throws with what it said. */
export async function startChromium(flags: readonly string[] = []): Promise<Chromium> {
  const { executable, libraries, fonts } = unpack();
  const profile = mkdtempSync(join(tmpdir(), 'cotangent-browser-'));
  const child = spawn(executable, [
    '--headless', '--no-sandbox', '--remote-debugging-pipe', `--user-data-dir=${profile}`, '--disable-dev-shm-usage', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', '--window-size=720,480', ...flags,
  ], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    // Its own libraries first, and a home of its own: nothing is left behind.
    env: { ...process.env, LD_LIBRARY_PATH: [libraries, process.env['LD_LIBRARY_PATH'] ?? ''].filter(p => p !== '').join(':'), HOME: profile, FONTCONFIG_PATH: fonts },
  });
  const [, , complaints, requests, replies] = child.stdio;
  if (!(requests instanceof Writable) || !(replies instanceof Readable)) throw new Error('chromium: no pipes');
  let said = '';
  complaints?.on('data', (d: unknown) => { said = (said + String(d)).slice(-4000); });
  requests.on('error', () => { /* It ended: that is told below. */ });

  const waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (e: Error) => void }>();
  const listeners = new Map<string, (method: string, params: unknown) => void>();
  let [serial, rest, over] = [0, '', false];
  const gone = new Promise<void>(resolve => {
    const end = (): void => {
      over = true;
      for (const w of waiting.values()) w.reject(new Error(`chromium ended (${child.exitCode ?? child.signalCode ?? 'not started'}): ${said.trim()}`));
      waiting.clear();
      resolve();
    };
    child.on('exit', end);
    child.on('error', e => { said += e.message; end(); });
  });
  const receive = (message: string): void => {
    const reply = JSON.parse(message) as Reply & { readonly sessionId?: string };
    if (reply.id === undefined) { listeners.get(reply.sessionId ?? '')?.(reply.method ?? '', reply.params); return; }
    const w = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.error === undefined) w?.resolve(reply.result); else w?.reject(new Error(`chromium: ${reply.error.message}`));
  };
  replies.setEncoding('utf8');
  replies.on('data', (d: unknown) => {
    const messages = (rest + String(d)).split('\0');
    rest = messages.pop() ?? '';
    messages.forEach(receive);
  });
  const send = (method: string, params: object, sessionId?: string): Promise<unknown> => new Promise((resolve, reject) => {
    if (over) { reject(new Error(`chromium ended: ${said.trim()}`)); return; }
    const id = ++serial;
    waiting.set(id, { resolve, reject });
    requests.write(`${JSON.stringify({ id, method, params, ...sessionId === undefined ? {} : { sessionId } })}\0`);
  });

  const open = async (address: string, told: (line: string) => void): Promise<Page> => {
    const targetId = text(await send('Target.createTarget', { url: 'about:blank' }), 'targetId');
    const session = text(await send('Target.attachToTarget', { targetId, flatten: true }), 'sessionId');
    const broken = new Promise<string>(resolve => {
      listeners.set(session, (method, params) => {
        const line = wordsOf(method, params);
        if (line !== null) told(line);
        if (line !== null && (method === 'Inspector.targetCrashed' || method === 'Runtime.exceptionThrown')) resolve(line);
      });
    });
    for (const domain of ['Runtime', 'Log', 'Page', 'Inspector']) await send(`${domain}.enable`, {}, session);
    await send('Page.navigate', { url: address }, session);
    const ask = (method: string, params: object): Promise<unknown> => send(method, params, session);
    return {
      broken,
      evaluate: async expression => {
        const reply = await ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
        const thrown = field(reply, 'exceptionDetails');
        if (thrown !== undefined) throw new Error(text(thrown, 'exception', 'description') || text(thrown, 'text'));
        return field(reply, 'result', 'value');
      },
      look: async ({ width, height, dark = false, scale = 1 }) => {
        await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: false });
        await ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }] });
      },
      mouse: async (type, x, y) => { await ask('Input.dispatchMouseEvent', { type, x, y, button: 'left', buttons: type === 'mouseReleased' ? 0 : 1, clickCount: type === 'mouseMoved' ? 0 : 1 }); },
      press: async key => {
        const code = key === ' ' ? 'Space' : key;
        for (const type of ['keyDown', 'keyUp']) await ask('Input.dispatchKeyEvent', { type, key, code, ...key.length === 1 && type === 'keyDown' ? { text: key } : {} });
      },
      screenshot: async () => Buffer.from(text(await ask('Page.captureScreenshot', { format: 'png' }), 'data'), 'base64'),
      close: async () => { listeners.delete(session); await send('Target.closeTarget', { targetId }); },
    };
  };
  const close = async (): Promise<void> => {
    const asked = send('Browser.close', {}).catch(() => { /* It may end before it answers. */ });
    const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
    await Promise.all([asked, gone]);
    clearTimeout(patience);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try { await send('Browser.getVersion', {}); } catch (e) { rmSync(profile, { recursive: true, force: true }); throw e; }
  return { open, close, crashGpu: async () => { await send('Browser.crashGpuProcess', {}); } };
}
