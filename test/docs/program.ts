// Turns an example into a module that checks itself: imports that the example leaves out are added, and each result stated in a
// comment becomes a check on the same line. Knows the shape of examples, not what the library computes.
//   add(1, 2); // -> 3            the value, or how it prints (long ones go on the next row, and on)
//   concat(a, b); // throws no    an error whose message contains these words
import { posix } from 'node:path';
import ts from 'typescript';
import { parse } from '../architecture/imports.ts';
import type { Sources } from '../architecture/sources.ts';
import { bound, exportsOf, type Export } from './exports.ts';
import type { Example } from './extract.ts';

/** Names that any example may use without importing them, beside the exports of its own module and of `cotangent`. */
const KNOWN: Readonly<Record<string, string>> = {
  laws: "import * as laws from 'cotangent/laws';",
  fc: "import fc from 'fast-check';",
};

const ENTRY = 'src/index.ts';
const CHECK = 'test/docs/check.ts';

/**
 * The module for an example, to be placed in `directory` (from the root). Its first row holds the added imports, the example's own rows follow
 * one to one, so that row `n` of the module is row `n - 1` of the example.
 */
export function program(example: Example, sources: Sources, directory: string): string {
  const text = example.rows.map((row) => row.text).join('\n');
  const file = parse('example.ts', text);
  return `${header(file, example, sources, directory)}\n${withChecks(file, text)}\nexport {};\n`;
}

function header(file: ts.SourceFile, example: Example, sources: Sources, directory: string): string {
  const own = example.path.endsWith('.ts') ? exportsOf(example.path, sources) : new Map<string, Export>();
  const face = exportsOf(ENTRY, sources);
  const fromOwn: string[] = [];
  const fromFace: string[] = [];
  const rest: string[] = [];
  for (const name of freeNames(file)) {
    const mine = own.get(name);
    const known = KNOWN[name];
    const public_ = face.get(name);
    if (mine !== undefined) fromOwn.push(mine.kind === 'type' ? `type ${name}` : name);
    else if (public_ !== undefined) fromFace.push(public_.kind === 'type' ? `type ${name}` : name);
    else if (known !== undefined) rest.push(known);
  }
  return [
    `import { result as __result, throws as __throws } from '${posix.relative(directory, CHECK)}';`,
    // For what loading the library registers; an example of a lower floor alone may need it.
    ...(sources.has(ENTRY) ? ["import 'cotangent';"] : []),
    ...(fromOwn.length > 0 ? [`import { ${fromOwn.join(', ')} } from '${posix.relative(directory, example.path)}';`] : []),
    ...(fromFace.length > 0 ? [`import { ${fromFace.join(', ')} } from 'cotangent';`] : []),
    ...rest,
    'void __result; void __throws;',
  ].join(' ');
}

/** Names that an example mentions but neither declares nor imports, members and property names left out. */
function freeNames(file: ts.SourceFile): readonly string[] {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isMemberName(node)) used.add(node.text);
    if (ts.isVariableDeclaration(node) || ts.isParameter(node)) for (const name of bound(node.name)) declared.add(name);
    if ((ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)
      || ts.isTypeParameterDeclaration(node) || ts.isImportSpecifier(node) || ts.isNamespaceImport(node) || ts.isImportClause(node))
      && node.name !== undefined) declared.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...used].filter((name) => !declared.has(name)).sort();
}

function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (ts.isPropertyAccessExpression(parent) && parent.name === node)
    || (ts.isQualifiedName(parent) && parent.right === node)
    || (ts.isPropertyAssignment(parent) && parent.name === node)
    || (ts.isPropertySignature(parent) && parent.name === node)
    || (ts.isNamedTupleMember(parent) && parent.name === node)
    || (ts.isImportSpecifier(parent) && parent.propertyName === node);
}

/** A stated result: where the comment starts, what it says (continued on following comment rows), whether it speaks of an error. */
interface Statement {
  readonly says: string;
  readonly error: boolean;
}

function withChecks(file: ts.SourceFile, text: string): string {
  let out = text;
  let serial = 0;
  const stated = file.statements.map((statement) => ({ statement, says: statedAfter(text, statement.end) }));
  const count = [...text.matchAll(/\/\/ (?:->|throws) /g)].length;
  const understood = stated.filter(({ says }) => says !== undefined).length;
  if (count !== understood) throw new Error(`${count} results are stated, ${understood} stand behind a statement at the top level`);
  for (const { statement, says } of stated.reverse()) {
    if (says === undefined) continue;
    const [start, end] = [statement.getStart(file), statement.end];
    out = out.slice(0, start) + checked(statement, file, says, `__${serial++}`) + out.slice(end);
  }
  return out;
}

function checked(statement: ts.Statement, file: ts.SourceFile, { says, error }: Statement, fresh: string): string {
  const words = JSON.stringify(says);
  if (ts.isExpressionStatement(statement)) {
    const expression = printed(statement.expression).getText(file);
    if (error) return `await __throws(async () => (${expression}), ${words});`;
    return `const ${fresh} = (${expression}); await __result(${fresh}, ${words});`;
  }
  if (ts.isVariableStatement(statement) && !error) {
    const names = statement.declarationList.declarations.map(({ name }) => name.getText(file));
    return `${statement.getText(file).replace(/;$/, '')}; await __result((${names.at(-1) ?? ''}), ${words});`;
  }
  throw new Error(`a result is stated behind what has none: ${statement.getText(file)}`);
}

// `console.log(x)` stands for x, and is not called: a test prints nothing.
function printed(expression: ts.Expression): ts.Expression {
  const isLog = ts.isCallExpression(expression) && expression.expression.getText() === 'console.log';
  return (isLog ? expression.arguments[0] : undefined) ?? expression;
}

// The comment stands behind the statement or on the next row; rows that only continue it are indented by three blanks or more.
function statedAfter(text: string, end: number): Statement | undefined {
  const first = /^;?\s*\/\/ (->|throws) (.*)((?:\n\s*\/\/ {3,}.*)*)/.exec(text.slice(end));
  if (first === null || /\n\s*\n/.test(text.slice(end, end + first[0].indexOf('//')))) return undefined;
  const more = (first[3] ?? '').split('\n').map((row) => row.replace(/^\s*\/\//, '')).join('\n');
  return { says: `${first[2] ?? ''}${more}`, error: first[1] === 'throws' };
}
