// The import graph of a set of sources: every way one module can name another, types included.
// Stands on the TypeScript parser alone: knows nothing of floors.
import { posix } from 'node:path';
import ts from 'typescript';
import type { Sources } from './sources.ts';

/** One mention of another module. `target` is a path from the root for relative specifiers, the specifier itself otherwise. */
export interface Import {
  readonly from: string;
  readonly line: number;
  readonly specifier: string;
  readonly target: string;
  readonly relative: boolean;
  /** Nothing is loaded for it at run time. */
  readonly typeOnly: boolean;
}

/** Every import, re-export, `import()` call, `import('...')` type and `import = require` of every source. */
export function importsOf(sources: Sources): readonly Import[] {
  const found: Import[] = [];
  for (const [path, text] of sources) {
    const file = parse(path, text);
    const visit = (node: ts.Node): void => {
      const name = moduleName(node);
      if (name !== undefined) {
        const relative = name.text.startsWith('.');
        found.push({
          from: path, specifier: name.text, relative, typeOnly: isTypeOnly(node),
          line: lineOf(file, name),
          target: relative ? posix.join(posix.dirname(path), name.text) : name.text,
        });
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return found;
}

/** Parses one source with parent links. */
export const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);

/** The one-based line where a node starts. */
export const lineOf = (file: ts.SourceFile, node: ts.Node): number =>
  file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;

// A template literal without holes counts as a name: otherwise import(`x`) would slip through.
function moduleName(node: ts.Node): ts.StringLiteralLike | undefined {
  const name = nameNode(node);
  return name !== undefined && ts.isStringLiteralLike(name) ? name : undefined;
}

function nameNode(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return node.arguments[0];
  return undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
  return ts.isExportDeclaration(node) ? node.isTypeOnly : ts.isImportTypeNode(node);
}

/** The modules reached from the entries by relative imports, entries included. */
export function closure(entries: readonly string[], imports: readonly Import[]): ReadonlySet<string> {
  const next = byModule(imports);
  const reached = new Set<string>();
  const pending = [...entries];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { target } of next.get(path) ?? []) pending.push(target);
  }
  return reached;
}

/**
 * The strongly connected groups of more than one module, and the modules that import themselves: each is a cycle.
 * Tarjan's algorithm, recursive: an import graph is not deep.
 */
export function cycles(imports: readonly Import[]): readonly (readonly string[])[] {
  const next = byModule(imports);
  const index = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];
  const visit = (path: string): number => {
    const order = index.size;
    let lowest = order;
    index.set(path, order);
    stack.push(path);
    for (const { target } of next.get(path) ?? []) {
      if (!index.has(target)) lowest = Math.min(lowest, visit(target));
      else if (stack.includes(target)) lowest = Math.min(lowest, index.get(target) ?? order);
    }
    if (lowest === order) {
      const group = stack.splice(stack.indexOf(path));
      const selfImport = (next.get(path) ?? []).some(({ target }) => target === path);
      if (group.length > 1 || selfImport) groups.push(group.sort());
    }
    return lowest;
  };
  for (const path of next.keys()) if (!index.has(path)) visit(path);
  return groups;
}

function byModule(imports: readonly Import[]): ReadonlyMap<string, readonly Import[]> {
  const next = new Map<string, Import[]>();
  for (const one of imports) {
    if (!one.relative) continue;
    const row = next.get(one.from);
    if (row === undefined) next.set(one.from, [one]);
    else row.push(one);
  }
  return next;
}
