// Words that may not stand in shipped sources: `any`, double casts, silenced checks, text run as code.
// Stands on the parser, so a comment or a string that mentions such a word is no breach.
import ts from 'typescript';
import { lineOf, parse } from './imports.ts';
import type { Sources } from './sources.ts';

/** Every forbidden construct in the sources, one line each, empty when there is none. */
export function forbidden(sources: Sources): readonly string[] {
  return [...sources].flatMap(([path, text]) => {
    const file = parse(path, text);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      const reason = reasonAgainst(node);
      if (reason !== undefined) found.push(`${path}:${lineOf(file, node)}: ${reason}`);
      ts.forEachChild(node, visit);
    };
    visit(file);
    return [...found, ...silencers(path, text)];
  });
}

function reasonAgainst(node: ts.Node): string | undefined {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return 'any';
  if (ts.isAsExpression(node) && castsUnknown(node.expression)) return 'as unknown as';
  if (ts.isNonNullExpression(node)) return 'non-null !';
  if (ts.isExportAssignment(node) || isDefaultExport(node)) return 'default export';
  if (ts.isCallExpression(node) && isNamed(node.expression, 'eval')) return 'eval()';
  if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && isNamed(node.expression, 'Function')) return 'Function()';
  return undefined;
}

function castsUnknown(expression: ts.Expression): boolean {
  const inner = ts.isParenthesizedExpression(expression) ? expression.expression : expression;
  return ts.isAsExpression(inner) && inner.type.kind === ts.SyntaxKind.UnknownKeyword;
}

const isDefaultExport = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword);

// `globalThis.eval(...)` is as bad as `eval(...)`.
const isNamed = (expression: ts.Expression, name: string): boolean =>
  ts.isIdentifier(expression) ? expression.text === name
  : ts.isPropertyAccessExpression(expression) && ts.isIdentifier(expression.expression)
    && expression.expression.text === 'globalThis' && expression.name.text === name;

// The linter may be asked to pass over one rule on one line, with a reason. (It reports an excuse that excuses nothing.)
const EXCUSED = /^\s*\/\/ oxlint-disable-next-line [a-z/-]+ -- \S/;

// Only comments can silence the compiler or the linter, and comments are not nodes: a scan of the lines.
// Inside a docstring (a line that starts with an asterisk) they silence nothing: an example may show a compile error.
function silencers(path: string, text: string): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trimStart().startsWith('*') || EXCUSED.test(line)) return [];
    const found = /\/[/*]\s*(@ts-ignore|@ts-nocheck|@ts-expect-error|(?:ox|es)lint-disable)/.exec(line)?.[1];
    return found === undefined ? [] : [`${path}:${index + 1}: ${found}`];
  });
}
