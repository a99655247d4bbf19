// The floors of the house as a table, and the rules that hold imports to it.
// Stands on the import graph: judges who imports whom, never what a module contains.
import { builtinModules } from 'node:module';
import { closure, cycles, importsOf, type Import } from './imports.ts';
import type { Sources } from './sources.ts';

/**
 * Where each path stands: imports go to the same number or a lower one.
 * Fractions order rooms of one floor: `ir` below `trace`, the public face above the namespaces that it gathers.
 */
const FLOORS: readonly (readonly [prefix: string, floor: number])[] = [
  ['src/error.ts', 0], ['src/fp.ts', 0], ['src/shape/', 0], ['src/dtype/', 0], ['src/tree/', 0],
  ['src/ir/', 1], ['src/trace/', 1.5],
  ['src/primitive/', 2],
  ['src/transform/', 3],
  ['src/pass/', 4],
  ['src/compile/', 5], ['kernels/', 5],
  ['src/backend/', 6],
  ['src/inspect/', 7], ['src/lax/', 7], ['src/numpy/', 7], ['src/nn/', 7], ['src/optim/', 7], ['src/random/', 7], ['src/data/', 7],
  ['src/io/', 7], ['src/train/', 7], ['src/plot/', 7],
  ['src/index.ts', 7.5],
  ['laws/', 8],
  ['examples/', 9],
  ['test/', 10],
];

/** The modules that `package.json` exports. What they reach runs in a browser. */
export const ENTRIES: readonly string[] = ['src/index.ts', 'laws/index.ts'];

/** Packages that a top-level directory may name; tests and examples may name any. */
const PACKAGES: Readonly<Record<string, RegExp>> = {
  src: /^(fp-ts\/lib\/\w+\.js|ts-pattern|node:\w+(\/\w+)*)$/,
  kernels: /^$/,
  laws: /^(fast-check|node:\w+(\/\w+)*)$/,
};

const BUILTINS: ReadonlySet<string> = new Set(builtinModules);

/** The floor of a path, `undefined` where the table has no row for it. */
export function floorOf(path: string): number | undefined {
  return FLOORS.find(([prefix]) => (prefix.endsWith('/') ? path.startsWith(prefix) : path === prefix))?.[1];
}

/** Every breach of the floors in the sources, one line each, empty when the house stands. */
export function floorViolations(sources: Sources): readonly string[] {
  const imports = importsOf(sources);
  return [
    ...[...sources.keys()].filter((path) => floorOf(path) === undefined).map((path) => `${path}: stands on no floor`),
    ...imports.flatMap((one) => (one.relative ? relativeViolations(one, sources) : packageViolations(one))),
    ...cycles(imports).map((group) => `cycle: ${group.join(' <-> ')}`),
    ...nodeViolations(imports),
  ];
}

function relativeViolations(one: Import, sources: Sources): readonly string[] {
  if (!sources.has(one.target)) return [`${at(one)}: ${one.specifier} is no source file (write the .ts extension)`];
  const from = floorOf(one.from);
  const to = floorOf(one.target);
  if (from === undefined || to === undefined || to <= from) return [];
  return [`${at(one)}: floor ${from} imports ${one.target} of floor ${to}`];
}

function packageViolations(one: Import): readonly string[] {
  const directory = one.from.split('/')[0] ?? '';
  const allowed = PACKAGES[directory];
  if (one.specifier.startsWith('fp-ts') && one.from.startsWith('src/') && one.from !== 'src/fp.ts') {
    return [`${at(one)}: ${one.specifier} goes through src/fp.ts`];
  }
  return allowed === undefined || allowed.test(one.specifier) ? [] : [`${at(one)}: ${directory}/ may not import ${one.specifier}`];
}

// Types of Node may be named inside a module; that no declaration mentions them is what compiling a consumer without them shows.
function nodeViolations(imports: readonly Import[]): readonly string[] {
  return ENTRIES.flatMap((entry) => {
    const reached = closure([entry], imports);
    return imports
      .filter((one) => reached.has(one.from) && !one.typeOnly && isNodeModule(one.specifier))
      .map((one) => `${at(one)}: ${one.specifier} is reached from ${entry}, which runs in browsers`);
  });
}

const isNodeModule = (specifier: string): boolean =>
  specifier.startsWith('node:') || BUILTINS.has(specifier);

const at = (one: Import): string => `${one.from}:${one.line}`;
