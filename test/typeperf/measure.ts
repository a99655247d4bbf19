// Counts the type instantiations that a fixture costs above a program that only loads the same modules.
// Stands on the native compiler with one checker, whose counts are the same on every run and machine.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, posix, relative } from 'node:path';
import ts from 'typescript';
import { diagnostics, ROOT, tsc } from '../types/harness/compiler.ts';

const CACHE = `${ROOT}node_modules/.cache/cotangent-typeperf`;

/** Instantiations per fixture, by its name without extension. */
export type Counts = Readonly<Record<string, number>>;

/** A fixture's text, its name, and the ceiling its first lines may state (`// @budget 10000`), which no update can lift. */
export interface Fixture {
  readonly name: string;
  readonly path: string;
  readonly modules: readonly string[];
  readonly budget: number | undefined;
}

/** Reads what a fixture loads and what it may cost at most. */
export function fixture(path: string, text: string): Fixture {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  const modules = file.statements.flatMap((statement) =>
    ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier) ? [statement.moduleSpecifier.text] : []);
  const budget = /^\/\/ @budget (\d+)$/m.exec(text)?.[1];
  return {
    name: basename(path, '.ts'), path,
    modules: [...new Set(modules.map((specifier) => (specifier.startsWith('.') ? posix.join(dirname(path), specifier) : specifier)))].sort(),
    budget: budget === undefined ? undefined : Number(budget),
  };
}

/** Counts every fixture, two compilers at a time. A fixture that does not compile throws: its count would mean nothing. */
export async function measure(fixtures: readonly Fixture[]): Promise<Counts> {
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(`${CACHE}/run-`);
  try {
    const bases = new Map<string, string>();
    for (const { modules } of fixtures) {
      const key = modules.join('\n');
      if (!bases.has(key)) bases.set(key, writeBase(`${directory}/base-${bases.size}.ts`, modules));
    }
    const counts = await countAll([...bases.values(), ...fixtures.map(({ path }) => `${ROOT}${path}`)], directory);
    const cost = ({ path, modules }: Fixture): number =>
      (counts.get(`${ROOT}${path}`) ?? Number.NaN) - (counts.get(bases.get(modules.join('\n')) ?? '') ?? Number.NaN);
    return Object.fromEntries(fixtures.map((one) => [one.name, cost(one)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function writeBase(path: string, modules: readonly string[]): string {
  const specifier = (module: string): string => (module.endsWith('.ts') ? relative(dirname(path), `${ROOT}${module}`) : module);
  writeFileSync(path, `${modules.map((module) => `import '${specifier(module)}';`).join('\n')}\nexport {};\n`);
  return path;
}

async function countAll(paths: readonly string[], directory: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const queue = paths.entries();
  const work = async (): Promise<void> => {
    for (const [serial, path] of queue) counts.set(path, await instantiations(path, `${directory}/project-${serial}.json`));
  };
  await Promise.all([work(), work()]);
  return counts;
}

async function instantiations(path: string, project: string): Promise<number> {
  writeFileSync(project, JSON.stringify({
    extends: `${ROOT}tsconfig.json`,
    compilerOptions: { noUnusedLocals: false, skipLibCheck: true },
    files: [path], include: [], exclude: [],
  }));
  const { output } = await tsc(['-p', project, '--noEmit', '--extendedDiagnostics', '--checkers', '1']);
  const wrong = diagnostics(output).find((one) => path.endsWith(one.path));
  if (wrong !== undefined) throw new Error(`${wrong.path}:${wrong.line}: ${wrong.text}`);
  const count = /^Instantiations:\s+(\d+)$/m.exec(output)?.[1];
  if (count === undefined) throw new Error(`no count for ${path}: ${output.slice(0, 400)}`);
  return Number(count);
}

/** How far a count may grow before someone has to look: a tenth, and never less than 50, which is noise between modules. */
const GROWTH = 0.1;
const SLACK = 50;

/** What is wrong with the counts, one line each: growth, a broken budget, a fixture without a committed count, a count without a fixture. */
export function judge(counts: Counts, committed: Counts, fixtures: readonly Fixture[]): readonly string[] {
  return [
    ...fixtures.flatMap(({ name, budget }) => {
      const count = counts[name] ?? Number.NaN;
      const before = committed[name];
      if (before === undefined) return [`${name}: ${count} instantiations, none committed (UPDATE=1 writes them)`];
      return [
        ...(count <= Math.max(before * (1 + GROWTH), before + SLACK) ? [] : [`${name}: ${count} instantiations, ${before} committed`]),
        ...(budget === undefined || count <= budget ? [] : [`${name}: ${count} instantiations, ${budget} are its budget`]),
      ];
    }),
    ...Object.keys(committed).filter((name) => fixtures.every((one) => one.name !== name)).map((name) => `${name}: committed, but there is no such fixture`),
  ];
}
