// Every public function that takes options, and the options it takes: read from the types, so that none can be forgotten.
import ts from 'typescript';
import { ROOT } from '../types/harness/compiler.ts';

/** What the type says an option is; `other` is judged where it is used (axes, dtypes, tensors, trees). */
export type Stated = 'flag' | 'number' | 'text' | 'function' | 'words' | 'other';
export interface PublicOptions {
  readonly name: string;
  /** Which parameter they are. */
  readonly index: number;
  readonly options: ReadonlyMap<string, Stated>;
}
/** What the options are called where they are declared; a parameter all of whose properties may be left out is found whatever it is called. */
const called = new Set(['options', 'given', 'scaling', 'tolerance']);

export function publicOptions(): readonly PublicOptions[] {
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(`${ROOT}tsconfig.json`, path => ts.sys.readFile(path)).config, ts.sys, ROOT);
  const entries = [['', `${ROOT}src/index.ts`], ['laws.', `${ROOT}laws/index.ts`]] as const;
  const program = ts.createProgram(entries.map(([, path]) => path), { ...config.options, noEmit: true });
  const checker = program.getTypeChecker();
  return entries.flatMap(([prefix, path]) => {
    const source = program.getSourceFile(path);
    const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    return source === undefined || module === undefined ? [] : optionsBelow(module, prefix, source, checker);
  });
}

function optionsBelow(module: ts.Symbol, prefix: string, at: ts.Node, checker: ts.TypeChecker): readonly PublicOptions[] {
  return checker.getExportsOfModule(module).flatMap(exported => {
    const symbol = (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported);
    if ((symbol.flags & ts.SymbolFlags.ValueModule) !== 0) return optionsBelow(symbol, `${prefix}${exported.name}.`, at, checker);
    if ((symbol.flags & ts.SymbolFlags.Value) === 0) return [];
    const found = optionsOfFunction(checker.getTypeOfSymbolAtLocation(symbol, at), at, checker);
    return found === null ? [] : [{ name: `${prefix}${exported.name}`, ...found }];
  });
}

function optionsOfFunction(type: ts.Type, at: ts.Node, checker: ts.TypeChecker): Omit<PublicOptions, 'name'> | null {
  const options = new Map<string, Stated>();
  let index = -1;
  for (const signature of type.getCallSignatures()) {
    signature.parameters.forEach((parameter, i) => {
      for (const part of parts(checker.getNonNullableType(checker.getTypeOfSymbolAtLocation(parameter, at)), checker)) {
        const properties = (part.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0 || checker.isArrayLikeType(part) || part.getCallSignatures().length > 0 ? [] : checker.getPropertiesOfType(part);
        const optional = properties.filter(p => (p.flags & ts.SymbolFlags.Optional) !== 0).length;
        if (properties.length === 0 || properties.some(p => p.name === 'shape') || !(called.has(parameter.name) || optional === properties.length)) continue;
        index = Math.max(index, i);
        for (const p of properties) {
          const stated = kindOf(checker.getTypeOfSymbolAtLocation(p, at), checker);
          const before = options.get(p.name);
          options.set(p.name, before === undefined || before === stated ? stated : 'other');
        }
      }
    });
  }
  return index < 0 ? null : { index, options };
}
const parts = (type: ts.Type, checker: ts.TypeChecker): readonly ts.Type[] => {
  const bound = (type.flags & ts.TypeFlags.TypeParameter) === 0 ? type : checker.getBaseConstraintOfType(type) ?? type;
  return bound.isUnion() ? bound.types : [bound];
};
function kindOf(type: ts.Type, checker: ts.TypeChecker): Stated {
  const all = parts(checker.getNonNullableType(type), checker);
  const are = (test: (part: ts.Type) => boolean): boolean => all.every(test);
  if (are(t => (t.flags & ts.TypeFlags.BooleanLike) !== 0)) return 'flag';
  if (are(t => (t.flags & ts.TypeFlags.NumberLike) !== 0)) return 'number';
  if (are(t => t.isStringLiteral())) return 'words';
  if (are(t => (t.flags & ts.TypeFlags.String) !== 0)) return 'text';
  return are(t => t.getCallSignatures().length > 0) ? 'function' : 'other';
}
