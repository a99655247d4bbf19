// Finds the example programs that people read: `@example` in docstrings of what a module exports, and `ts` blocks of Markdown.
// Stands on text and parser: neither compiles nor runs anything. Each row remembers the line it came from.
import ts from 'typescript';
import { parse } from '../architecture/imports.ts';

/** One line of an example and its one-based line in the file that holds it. */
export interface Row {
  readonly text: string;
  readonly line: number;
}

/** One example program: where it stands and whose it is. */
export interface Example {
  readonly path: string;
  readonly subject: string;
  readonly rows: readonly Row[];
}

/** An exported declaration with its docstring's rows (empty where there is none), stripped of asterisks. */
export interface Documented {
  readonly name: string;
  readonly line: number;
  readonly callable: boolean;
  readonly docstring: readonly Row[];
}

/** Every exported declaration of a module, methods of exported classes and interfaces left out. */
export function documented(path: string, text: string): readonly Documented[] {
  const file = parse(path, text);
  return file.statements.flatMap((statement) => {
    const exported = ts.canHaveModifiers(statement)
      && (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (!exported) return [];
    const docstring = docstringOf(file, statement);
    return declared(statement).map(({ name, callable }) => ({
      name, callable, docstring, line: file.getLineAndCharacterOfPosition(statement.getStart(file)).line + 1,
    }));
  });
}

function declared(statement: ts.Statement): readonly { readonly name: string; readonly callable: boolean }[] {
  if (ts.isFunctionDeclaration(statement)) return [{ name: statement.name?.text ?? '', callable: true }];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name, initializer }) => ({
      name: name.getText(),
      callable: initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)),
    }));
  }
  const named = ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
  return named && statement.name !== undefined ? [{ name: statement.name.text, callable: false }] : [];
}

function docstringOf(file: ts.SourceFile, statement: ts.Statement): readonly Row[] {
  const comment = ts.getLeadingCommentRanges(file.text, statement.getFullStart())?.at(-1);
  if (comment === undefined || !file.text.startsWith('/**', comment.pos)) return [];
  const first = file.getLineAndCharacterOfPosition(comment.pos).line + 1;
  return file.text.slice(comment.pos + '/**'.length, comment.end - '*/'.length).split('\n')
    .map((row, index) => ({ text: row.replace(/^\s*\* ?/, '').trimEnd(), line: first + index }));
}

/** The examples in a docstring: what follows `@example` up to the next tag, or the `ts` fences within it. */
export function examplesOf(docstring: readonly Row[]): readonly (readonly Row[])[] {
  const found: (readonly Row[])[] = [];
  for (let at = 0; at < docstring.length; at += 1) {
    const rest = /^\s*@example\b ?(.*)$/.exec(docstring[at]?.text ?? '')?.[1];
    if (rest === undefined) continue;
    const end = docstring.findIndex(({ text }, index) => index > at && /^\s*@[a-z]/.test(text));
    const body = docstring.slice(at + 1, end < 0 ? docstring.length : end);
    const fenced = fences(body);
    const head = { text: rest, line: docstring[at]?.line ?? 0 };
    found.push(...(fenced.length > 0 ? fenced : [[head, ...body].filter(({ text }) => text.trim() !== '')]));
  }
  return found;
}

/** The bodies of ```` ```ts ```` fences. */
export function fences(rows: readonly Row[]): readonly (readonly Row[])[] {
  const found: Row[][] = [];
  let open: Row[] | undefined;
  let foreign = false;
  for (const row of rows) {
    const fence = /^\s*```(\w*)/.exec(row.text);
    if (fence === null) {
      open?.push(row);
    } else if (open !== undefined) {
      found.push(open);
      open = undefined;
    } else if (foreign) {
      foreign = false;
    } else if (fence[1] === 'ts' || fence[1] === 'typescript') {
      open = [];
    } else {
      foreign = true;
    }
  }
  return found;
}

/** All examples of a TypeScript module. */
export const examplesOfModule = (path: string, text: string): readonly Example[] =>
  documented(path, text).flatMap(({ name, docstring }) => examplesOf(docstring).map((rows) => ({ path, subject: name, rows })));

/** All examples of a Markdown page. */
export const examplesOfPage = (path: string, text: string): readonly Example[] =>
  fences(text.split('\n').map((row, index) => ({ text: row, line: index + 1 })))
    .map((rows) => ({ path, subject: `block at line ${rows[0]?.line ?? 0}`, rows }));
