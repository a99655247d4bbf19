// Programs that must not compile, with the compiler's exact words above each wrong line:
//   // @error TS2345: Argument of type 'A' is not assignable to parameter of type 'B'.
//   //   Type 'A' is not assignable to type 'B'.
//   wrong(a);
// Stands on plain text and diagnostics: runs no compiler. A bare `// @error` is a marker whose words are still to be filled in.
import type { Diagnostic } from './compiler.ts';

/** An expected error: the one-based line that must be wrong, the rows of its comment, and the words (`''` where still open). */
export interface Expectation {
  readonly line: number;
  readonly first: number;
  readonly last: number;
  readonly words: string;
}

const MARKER = /^\s*\/\/ @error\b ?(.*)$/;
const CONTINUED = /^\s*\/\/ (\s{2,}\S.*)$/;

/** The expectations that stand in a fixture, in order. Stacked comments speak of the same line. */
export function expectations(source: string): readonly Expectation[] {
  const rows = source.split('\n');
  const found: Expectation[] = [];
  let waiting: Omit<Expectation, 'line'>[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const words = MARKER.exec(rows[at] ?? '')?.[1];
    if (words === undefined) {
      found.push(...waiting.map((one) => ({ ...one, line: at + 1 })));
      waiting = [];
      continue;
    }
    const first = at;
    let text = words;
    for (let more = continued(rows[at + 1]); more !== undefined; more = continued(rows[at + 1])) {
      text += `\n${more}`;
      at += 1;
    }
    waiting.push({ first: first + 1, last: at + 1, words: text });
  }
  return found;
}

const continued = (row: string | undefined): string | undefined => CONTINUED.exec(row ?? '')?.[1];

/** The words of a diagnostic, as an expectation writes them. */
export const wordsOf = (diagnostic: Diagnostic): string => `${diagnostic.code}: ${diagnostic.text}`;

/** What differs between the expected and the actual errors of one fixture, one entry each; empty when they agree. */
export function mismatches(source: string, actual: readonly Diagnostic[]): readonly string[] {
  const expected = expectations(source);
  const lines = [...new Set([...expected, ...actual].map(({ line }) => line))].sort((a, b) => a - b);
  return lines.flatMap((line) => {
    const wanted = expected.filter((one) => one.line === line).map(({ words }) => words);
    const given = actual.filter((one) => one.line === line).map(wordsOf);
    const missing = wanted.filter((words) => !given.includes(words));
    const extra = given.filter((words) => !wanted.includes(words));
    return [
      ...missing.map((words) => `line ${line}: expected ${words === '' ? 'an error' : words}`),
      ...extra.map((words) => `line ${line}: the compiler says ${words}`),
      ...(missing.length + extra.length === 0 && wanted.length !== given.length
        ? [`line ${line}: expected ${wanted.length} errors, the compiler has ${given.length}`] : []),
    ];
  });
}

/**
 * The fixture with the compiler's present words in its comments. Only words change: a line without a marker gets none, and a marker whose
 * line compiles stays, so that neither a new error nor a lost one can be blessed by accident.
 */
export function updated(source: string, actual: readonly Diagnostic[]): string {
  const rows = source.split('\n');
  for (const one of [...expectations(source)].reverse()) {
    const siblings = expectations(source).filter(({ line }) => line === one.line);
    const given = actual.filter(({ line }) => line === one.line);
    const mine = given[siblings.findIndex(({ first }) => first === one.first)];
    if (mine === undefined || siblings.length !== given.length) continue;
    const indent = /^\s*/.exec(rows[one.first - 1] ?? '')?.[0] ?? '';
    const comment = wordsOf(mine).split('\n').map((words, row) => `${indent}// ${row === 0 ? '@error ' : ''}${words}`);
    rows.splice(one.first - 1, one.last - one.first + 1, ...comment);
  }
  return rows.join('\n');
}
