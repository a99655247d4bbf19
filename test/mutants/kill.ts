// Runs what must notice a mutant, in a process of its own, and says what it noticed. Knows trees and killers; makes no mutants.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Killer } from './mutant.ts';

/** What the process of laws prints. */
export interface LawFinding { readonly broken: string | null; readonly message: string }
/** `noticed` names the law or the test that failed, or is null where all held. `trouble` says why nothing could be said. */
export interface Outcome { readonly noticed: string | null; readonly trouble: string | null; readonly report: string; readonly milliseconds: number }

/** A mutant under which its killer does not end in this time (ms) is noticed, too. A killer takes a few seconds; other work may slow it down. */
const patience = 240_000;

interface Ended { readonly code: number | null; readonly out: string; readonly late: boolean }
function runNode(cwd: string, args: readonly string[], seed: number, limit: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // What a test runner above has put into the environment is not for the one below.
    const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('VITEST') && key !== 'NODE_OPTIONS' && key !== 'NODE_ENV' && key !== 'TEST'));
    // What tests draw is the same each time, so that a mutant is noticed always or never.
    env['SEED'] = String(seed);
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let late = false;
    const timer = setTimeout(() => { late = true; child.kill('SIGKILL'); }, limit);
    child.stdout.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { out += chunk.toString(); });
    child.on('error', reject);
    child.on('close', code => { clearTimeout(timer); resolve({ code, out, late }); });
  });
}

const recordOf = (k: Killer): string => k.startsWith('laws.primitive:') ? k.slice('laws.primitive:'.length) : k;
const isLaws = (k: Killer): boolean => k.startsWith('laws.');

/** Runs killers of one kind (all laws, or all files of tests) in the tree at `root`. */
export async function runKillers(root: string, killers: readonly Killer[], seed: number): Promise<Outcome> {
  const start = performance.now();
  const laws = killers.every(isLaws);
  const ended = await runNode(root, laws
    ? ['--import', 'tsx', join('test', 'mutants', 'laws.ts'), String(seed), ...killers.map(recordOf)]
    : [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--bail=1', '--reporter=json', ...killers], seed, patience * killers.length);
  const milliseconds = performance.now() - start;
  if (ended.late) return { noticed: 'it does not end', trouble: null, report: ended.out, milliseconds };
  return { ...(laws ? readLaws(ended) : readTests(ended)), report: ended.out, milliseconds };
}

type Reading = Pick<Outcome, 'noticed' | 'trouble'>;
/** The last line that is JSON. */
function lastJson(out: string): unknown {
  for (const line of out.trimEnd().split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    try { return JSON.parse(line) as unknown; } catch { continue; }
  }
  return null;
}
function readLaws({ out }: Ended): Reading {
  const finding = lastJson(out);
  const broken = typeof finding === 'object' && finding !== null && 'broken' in finding ? finding.broken : undefined;
  if (broken !== null && typeof broken !== 'string') return { noticed: null, trouble: 'the laws could not be tried' };
  return { noticed: broken, trouble: null };
}

/** What JavaScript and its tools say of sources that are wrong in themselves. */
const unreadable = /is not (?:defined|a function|a constructor|iterable|exported)|[Cc]annot (?:find|read|resolve|access|set)|[Uu]nexpected|[Ff]ailed to|does not provide|[Tt]ransform failed|Expected /;
/** What the report says of a test that took longer than it may: its own stack, from where the test was described. */
const late = /^Error: (?:STACK_TRACE_ERROR|Test timed out in)/;
interface TestReport { readonly numFailedTests: number; readonly numPassedTests: number; readonly testResults: readonly { readonly message: string; readonly assertionResults: readonly { readonly status: string; readonly fullName: string; readonly failureMessages: readonly string[] }[] }[] }
const isTestReport = (x: unknown): x is TestReport => typeof x === 'object' && x !== null && 'numFailedTests' in x && 'testResults' in x;
function readTests({ code, out }: Ended): Reading {
  const report = lastJson(out);
  if (!isTestReport(report)) return { noticed: null, trouble: 'the tests could not be run' };
  const failed = report.testResults.flatMap(f => f.assertionResults).find(t => t.status === 'failed');
  // Under a mutant a test may wait for ever; on a busy machine it may only be late: the word tells who reads on.
  if (failed !== undefined) return { noticed: `${failed.failureMessages.some(m => late.test(m)) ? 'late: ' : ''}${failed.fullName}`, trouble: null };
  // A file that cannot even be loaded has no failed test in it. Where the system itself refused what the file does while it is loaded, it noticed.
  const refused = report.testResults.find(f => f.message !== '' && !unreadable.test(f.message));
  if (refused !== undefined) return { noticed: `while it is loaded: ${refused.message}`, trouble: null };
  return { noticed: null, trouble: code === 0 && report.numPassedTests > 0 ? null : 'a file of tests could not be loaded' };
}
