// What the emitted declarations must not hold: `any` in what a user can reach, and specifiers that lead nowhere.
// Stands on the TypeScript 6 checker; knows nothing of how the package was built.
import { posix } from 'node:path';
import ts from 'typescript';
import { importsOf, lineOf, parse } from '../architecture/imports.ts';
import type { Sources } from '../architecture/sources.ts';

/** Every written `any` in the declarations, one line each. */
export function writtenAny(declarations: Sources): readonly string[] {
  return [...declarations].flatMap(([path, text]) => {
    const file = parse(path, text);
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${path}:${lineOf(file, node)}: any`);
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  });
}

/** Relative specifiers for which no declaration file exists, one line each. */
export function danglingSpecifiers(declarations: Sources): readonly string[] {
  return importsOf(declarations)
    .filter(({ relative, target }) => relative && !declarations.has(target.replace(/\.(ts|js)$/, '.d.ts')))
    .map(({ from, line, specifier }) => `${from}:${line}: ${specifier}`);
}

/**
 * Exported functions, of the entries and of the namespaces they export, in whose types the checker finds `any`: written, inferred, or what is
 * left of a name that does not resolve. Types of the standard library and of other packages are not entered.
 */
export function reachableAny(entries: readonly string[], options: ts.CompilerOptions): readonly string[] {
  const program = ts.createProgram(entries, options);
  const checker = program.getTypeChecker();
  const found: string[] = [];
  const namespaces = new Set<ts.Symbol>();

  const inspectModule = (module: ts.Symbol, prefix: string): void => {
    if (namespaces.has(module)) return;
    namespaces.add(module);
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported);
      const name = `${prefix}${exported.name}`;
      if ((symbol.flags & ts.SymbolFlags.Module) !== 0) inspectModule(symbol, `${name}.`);
      else if ((symbol.flags & ts.SymbolFlags.Value) !== 0) {
        const where = anyWithin(checker.getTypeOfSymbol(symbol), checker, program);
        if (where !== undefined) found.push(`${name}${where}`);
      }
    }
  };
  for (const entry of entries) {
    const file = program.getSourceFile(entry);
    const module = file === undefined ? undefined : checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${entry} is no module`);
    inspectModule(module, `${posix.basename(entry)} `);
  }
  return found;
}

function anyWithin(root: ts.Type, checker: ts.TypeChecker, program: ts.Program): string | undefined {
  const seen = new Set<ts.Type>();
  const foreign = (symbol: ts.Symbol | undefined): boolean => (symbol?.declarations ?? []).some((declaration) => {
    const file = declaration.getSourceFile();
    return program.isSourceFileDefaultLibrary(file) || program.isSourceFileFromExternalLibrary(file);
  });
  const enter = (type: ts.Type, where: string): string | undefined => {
    if ((type.flags & ts.TypeFlags.Any) !== 0) return `${where}: any`;
    if (seen.has(type)) return undefined;
    seen.add(type);
    const parts: [ts.Type, string][] = [];
    if (type.isUnionOrIntersection()) for (const part of type.types) parts.push([part, where]);
    for (const argument of type.aliasTypeArguments ?? []) parts.push([argument, `${where}<>`]);
    if (isReference(type)) for (const argument of checker.getTypeArguments(type)) parts.push([argument, `${where}<>`]);
    if (type.isTypeParameter()) {
      const constraint = type.getConstraint();
      if (constraint !== undefined) parts.push([constraint, `${where} extends`]);
    }
    if ((type.flags & ts.TypeFlags.Object) !== 0 && !foreign(type.symbol)) {
      for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
        for (const parameter of signature.getParameters()) parts.push([checker.getTypeOfSymbol(parameter), `${where}(${parameter.name})`]);
        for (const parameter of signature.getTypeParameters() ?? []) parts.push([parameter, `${where}<${parameter.symbol.name}>`]);
        parts.push([signature.getReturnType(), `${where}()`]);
      }
      for (const property of type.getProperties()) parts.push([checker.getTypeOfSymbol(property), `${where}.${property.name}`]);
      for (const index of checker.getIndexInfosOfType(type)) parts.push([index.type, `${where}[]`]);
    }
    for (const [part, place] of parts) {
      const found = enter(part, place);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return enter(root, '');
}

const isReference = (type: ts.Type): type is ts.TypeReference =>
  (type.flags & ts.TypeFlags.Object) !== 0 && 'objectFlags' in type && typeof type.objectFlags === 'number'
  && (type.objectFlags & ts.ObjectFlags.Reference) !== 0;
