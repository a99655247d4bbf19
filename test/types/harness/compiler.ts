// Runs the native compiler as a user would, and reads what it prints.
// Shared by the tests of messages, instantiation counts, documentation and package; knows nothing of any of them.
import { spawn } from 'node:child_process';
import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root directory. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** One error with its whole chain: `text` holds one line per link, indented as the compiler prints it. */
export interface Diagnostic {
  readonly path: string;
  readonly line: number;
  readonly code: string;
  readonly text: string;
}

/** What a run of a program left behind. */
export interface Run {
  readonly status: number;
  readonly output: string;
}

/** Runs a program of Node to its end; never throws for its exit status. */
export function node(args: readonly string[], cwd: string = ROOT): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => { output += chunk; });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => { output += chunk; });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

/** Runs TypeScript 7 (`tsc`) with plain output. */
export const tsc = (args: readonly string[], cwd: string = ROOT): Promise<Run> =>
  node([`${ROOT}node_modules/@typescript/native/bin/tsc`, '--pretty', 'false', ...args], cwd);

const LOCATED = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/;

/**
 * The diagnostics in the compiler's plain output, paths from the root with forward slashes. Errors without a place (a bad option, a
 * missing file) throw: they mean that nothing was checked.
 */
export function diagnostics(output: string, cwd: string = ROOT): readonly Diagnostic[] {
  const found: { path: string; line: number; code: string; text: string }[] = [];
  for (const raw of output.split('\n')) {
    const line = raw.replaceAll(ROOT, '');
    const [, path, row, code, text] = LOCATED.exec(raw) ?? [];
    const last = found.at(-1);
    if (path !== undefined && row !== undefined && code !== undefined && text !== undefined) {
      const absolute = path.startsWith('/') ? path : `${cwd}/${path}`;
      found.push({ path: relative(ROOT, absolute).split(sep).join('/'), line: Number(row), code, text: text.replaceAll(ROOT, '') });
    } else if (line.startsWith('  ') && last !== undefined) {
      last.text += `\n${line}`;
    } else if (/^error TS\d+/.test(line)) {
      throw new Error(`the compiler did not run: ${line}`);
    }
  }
  return found;
}
