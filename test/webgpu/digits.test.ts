// The main example on WebGPU as people run it: the same numbers as elsewhere, the same bits from the same seed, also after an interruption; and a guess.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { getBackend, io, setBackend } from 'cotangent';
import { main as predict } from '../../examples/digits-predict.ts';
import { main as start } from '../../examples/digits.ts';
import { drawDigits } from '../../src/data/digits.ts';
import { runsKernels } from './software.ts';

interface Run { readonly code: number | null; readonly out: readonly string[]; readonly error: readonly string[] }
const folder = mkdtempSync(join(tmpdir(), 'cotangent-webgpu-digits-'));
const at = (...path: readonly string[]): string => join(folder, ...path);
const before = getBackend();
afterAll(async () => { await setBackend(before); rmSync(folder, { recursive: true }); });

const { images, labels } = drawDigits({ count: 120, seed: 5, size: 14 });
writeFileSync(at('few.csv'), Array.from(labels, (label, i) => [...images.subarray(i * 196, (i + 1) * 196), label].join()).join('\n'));
const settings = ['--model', 'mlp', '--data', at('few.csv'), '--batch', '16', '--epochs', '2'];

/** `npm start`, in a process of its own. */
const startAlone = (...args: readonly string[]): Promise<Run> => new Promise(done => {
  const lines = (text: string): string[] => text.split('\n').filter(line => line !== '');
  const child = execFile(process.execPath, ['--import', 'tsx', 'examples/digits.ts', ...args], { cwd: new URL('../../', import.meta.url).pathname }, (_error, stdout, stderr) => { done({ code: child.exitCode, out: lines(stdout), error: lines(stderr) }); });
});
/** A command inside this process; `onProgress` hears each line about its steps, the first of them after the first step. */
async function within(command: (argv: readonly string[]) => Promise<number>, args: readonly string[], onProgress: () => void = () => undefined): Promise<Run> {
  const [out, error]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: unknown) => { out.push(String(line)); }),
    vi.spyOn(console, 'error').mockImplementation((line: unknown) => { error.push(String(line)); }),
    vi.spyOn(process.stdout, 'write').mockImplementation(text => { if (String(text).startsWith('epoch ')) onProgress(); return true; }),
  ];
  try { return { code: await command(args), out, error }; } finally { for (const spy of spies) spy.mockRestore(); }
}
const bits = (run: string): Buffer => readFileSync(at(run, 'checkpoint.safetensors'));
const lossesOf = (run: string): number[] => readFileSync(at(run, 'metrics.jsonl'), 'utf8').split('\n').flatMap(line => { const loss = /"loss":([^,}]*)/.exec(line)?.[1]; return loss === undefined ? [] : [Number(loss)]; });

// Where there is no software adapter nothing is trained.
describe('npm start -- --backend webgpu', () => {
  it('trains as wasm does', async () => {
    if (!runsKernels) return;
    const [whole, same] = [await startAlone(...settings, '--backend', 'webgpu', '--out', at('whole')), await within(start, [...settings, '--backend', 'wasm', '--out', at('wasm')])];
    expect([whole.code, whole.error, same.code]).toEqual([0, [], 0]);
    expect(whole.out.join('\n')).toMatch(/2 epochs of 5 steps, .* backend webgpu$/m);
    const [got, want] = [lossesOf('whole'), lossesOf('wasm')];
    expect(got).toHaveLength(10);
    // Ten steps of sums in other orders.
    got.forEach((loss, i) => { expect(Math.abs(loss - (want[i] ?? NaN)), `step ${i + 1}`).toBeLessThan(1e-4); });
  });
  it('an interrupted run that is resumed in another process ends in the same bits', async () => {
    if (!runsKernels) return;
    const stopped = await within(start, [...settings, '--backend', 'webgpu', '--out', at('part')], () => { process.emit('SIGINT'); });
    expect([stopped.code, stopped.error]).toEqual([130, []]);
    expect(stopped.out).toContain(`stopped after step 1 of 10; to go on: npm start -- --resume ${at('part')}`);
    expect(bits('part').equals(bits('whole'))).toBe(false);
    // The backend is one of the run's settings.
    const rest = await within(start, ['--resume', at('part')]);
    expect([rest.code, rest.error, getBackend()]).toEqual([0, [], 'webgpu']);
    expect(bits('part').equals(bits('whole'))).toBe(true);
  });
  it('npm run predict sees what wasm sees', async () => {
    if (!runsKernels) return;
    writeFileSync(at('digit.png'), await io.writePng({ height: 14, width: 14, channels: 1, data: images.subarray(0, 196) }));
    const [webgpu, wasm] = [await within(predict, ['--checkpoint', at('whole'), '--image', at('digit.png'), '--backend', 'webgpu']), await within(predict, ['--checkpoint', at('whole'), '--image', at('digit.png'), '--backend', 'wasm'])];
    expect([webgpu.code, webgpu.error]).toEqual([0, []]);
    const shares = (r: Run): number[] => r.out.flatMap(line => { const share = /^ +\d +(\d+\.\d) %/.exec(line)?.[1]; return share === undefined ? [] : [Number(share)]; });
    expect(shares(webgpu)).toHaveLength(10);
    // Shares are told to a tenth of a percent.
    shares(webgpu).forEach((s, i) => { expect(Math.abs(s - (shares(wasm)[i] ?? NaN))).toBeLessThan(0.11); });
  });
});
