// What a module exports, re-exports followed, by the parser alone: names for the imports that an example leaves out, and the
// declarations that make up the public face. Knows nothing of examples.
import { posix } from 'node:path';
import ts from 'typescript';
import { parse } from '../architecture/imports.ts';
import type { Sources } from '../architecture/sources.ts';

/** One exported name: whether it exists at run time, and the module and name of its declaration (a namespace names a module only). */
export interface Export {
  readonly kind: 'value' | 'type' | 'namespace';
  readonly module: string;
  readonly name: string;
}

const known = new WeakMap<Sources, Map<string, ReadonlyMap<string, Export>>>();

/** The exports of a module by their public names. A name that leads nowhere (a package, a missing file) is left out. */
export function exportsOf(path: string, sources: Sources): ReadonlyMap<string, Export> {
  const memo = known.get(sources) ?? new Map<string, ReadonlyMap<string, Export>>();
  known.set(sources, memo);
  const before = memo.get(path);
  if (before !== undefined) return before;
  // Stands for the result while it is being found: a cycle of re-exports ends here.
  memo.set(path, new Map());
  const found = findExports(path, sources);
  memo.set(path, found);
  return found;
}

function findExports(path: string, sources: Sources): ReadonlyMap<string, Export> {
  const text = sources.get(path);
  const found = new Map<string, Export>();
  if (text === undefined) return found;
  const file = parse(path, text);
  const target = (specifier: ts.Expression): string =>
    ts.isStringLiteral(specifier) ? posix.join(posix.dirname(path), specifier.text) : '';
  const below = (specifier: ts.Expression): ReadonlyMap<string, Export> => exportsOf(target(specifier), sources);
  const imported = importedNames(file, below, target);

  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause, moduleSpecifier, isTypeOnly } = statement;
      if (exportClause === undefined) {
        if (moduleSpecifier !== undefined) for (const [name, one] of below(moduleSpecifier)) found.set(name, typed(one, isTypeOnly));
      } else if (ts.isNamespaceExport(exportClause)) {
        if (moduleSpecifier !== undefined) found.set(exportClause.name.text, { kind: 'namespace', module: target(moduleSpecifier), name: '' });
      } else {
        for (const element of exportClause.elements) {
          const inner = (element.propertyName ?? element.name).text;
          const one = moduleSpecifier === undefined ? imported.get(inner) ?? localExport(file, path, inner) : below(moduleSpecifier).get(inner);
          if (one !== undefined) found.set(element.name.text, typed(one, isTypeOnly || element.isTypeOnly));
        }
      }
    } else {
      for (const [name, kind] of declaredNames(statement)) {
        if (isExported(statement)) found.set(name, { kind: found.get(name)?.kind === 'value' ? 'value' : kind, module: path, name });
      }
    }
  }
  return found;
}

const typed = (one: Export, typeOnly: boolean): Export => (typeOnly ? { ...one, kind: 'type' } : one);

function importedNames(
  file: ts.SourceFile, below: (specifier: ts.Expression) => ReadonlyMap<string, Export>, target: (specifier: ts.Expression) => string,
): ReadonlyMap<string, Export> {
  const found = new Map<string, Export>();
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const bindings = statement.importClause?.namedBindings;
    if (bindings === undefined) continue;
    if (ts.isNamespaceImport(bindings)) {
      found.set(bindings.name.text, { kind: 'namespace', module: target(statement.moduleSpecifier), name: '' });
    } else {
      for (const element of bindings.elements) {
        const one = below(statement.moduleSpecifier).get((element.propertyName ?? element.name).text);
        if (one !== undefined) found.set(element.name.text, typed(one, element.isTypeOnly || statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword));
      }
    }
  }
  return found;
}

function localExport(file: ts.SourceFile, path: string, name: string): Export | undefined {
  for (const statement of file.statements) {
    const kind = declaredNames(statement).get(name);
    if (kind !== undefined) return { kind, module: path, name };
  }
  return undefined;
}

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** The names that one statement declares at the top of a module. */
function declaredNames(statement: ts.Statement): ReadonlyMap<string, 'value' | 'type'> {
  if (ts.isVariableStatement(statement)) {
    return new Map(statement.declarationList.declarations.flatMap(({ name }) => bound(name)).map((name) => [name, 'value']));
  }
  if ((ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) && statement.name !== undefined) {
    return new Map([[statement.name.text, 'value']]);
  }
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return new Map([[statement.name.text, 'type']]);
  return new Map();
}

/** The identifiers that a binding pattern binds. */
export function bound(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : bound(element.name)));
}

/** The declarations that people reach from an entry, namespaces entered: public path (`np.sum`) to declaration. */
export function publicFace(entry: string, sources: Sources, prefix = ''): ReadonlyMap<string, Export> {
  const found = new Map<string, Export>();
  for (const [name, one] of exportsOf(entry, sources)) {
    if (one.kind === 'namespace') for (const [inner, deep] of publicFace(one.module, sources, `${prefix}${name}.`)) found.set(inner, deep);
    else found.set(`${prefix}${name}`, one);
  }
  return found;
}
