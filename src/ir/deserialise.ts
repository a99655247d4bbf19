// Programs read back from JSON. Nothing is believed: form, names, versions, references, types and the hashes of constants are checked,
// and what does not fit is one line that says where. Floor 1: knows primitives only through the lookup that it is handed.
import { isFloat } from '../dtype/dtype.ts';
import { CotangentError } from '../error.ts';
import { left, right, type Either } from '../fp.ts';
import { sameAval, showAval, type Aval } from './aval.ts';
import { checkJaxpr } from './check.ts';
import { contentHash, loadConstant, parseAval } from './constants.ts';
import { noOrigin, Var, type Atom, type Eqn, type Jaxpr, type Origin, type Source } from './jaxpr.ts';
import type { NDArray, Param, Params, Primitive } from './primitive.ts';
import { serialFormat, serialVersion, type Program } from './serialise.ts';

/** The record of a name; undefined where there is none. */
export type PrimitiveLookup = (name: string) => Primitive | undefined;

/** The program that `serialise` wrote, or one line that says what is wrong with the text. */
export function deserialise(text: string, lookup: PrimitiveLookup): Either<CotangentError, Program> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return left(new CotangentError('serial', `program: not JSON: ${firstLine(error)}`));
  }
  return loadProgram(data, lookup);
}

/** As `deserialise`, from the data. */
export function loadProgram(data: unknown, lookup: PrimitiveLookup): Either<CotangentError, Program> {
  try {
    return right(readProgram(data, lookup));
  } catch (error) {
    if (error instanceof CotangentError && error.code === 'serial') return left(error);
    throw error;
  }
}

function fail(where: string, what: string): never { throw new CotangentError('serial', `${where}: ${what}`); }
const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

type Fields = { readonly [key: string]: unknown };
/** An object with exactly these keys, and perhaps the optional ones. */
function fields(x: unknown, keys: readonly string[], where: string, optional: readonly string[] = []): Fields {
  if (typeof x !== 'object' || x === null || Array.isArray(x)) fail(where, `an object is wanted, ${kindOf(x)} is there`);
  const found: Fields = Object.fromEntries(Object.entries(x));
  const missing = keys.find(k => !Object.hasOwn(found, k));
  if (missing !== undefined) fail(where, `'${missing}' is missing`);
  const extra = Object.keys(found).find(k => !keys.includes(k) && !optional.includes(k));
  if (extra !== undefined) fail(where, `'${extra}' is not known`);
  return found;
}
function items(x: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(x)) fail(where, `a list is wanted, ${kindOf(x)} is there`);
  return x;
}
function text(x: unknown, where: string): string {
  if (typeof x !== 'string') fail(where, `a text is wanted, ${kindOf(x)} is there`);
  return x;
}
/** A natural number below `limit`. */
function index(x: unknown, limit: number, where: string): number {
  if (typeof x !== 'number' || !Number.isInteger(x) || x < 0) fail(where, `a natural number is wanted, ${kindOf(x)} is there`);
  if (x >= limit) fail(where, `${x} is out of range: there ${limit === 1 ? 'is 1' : `are ${limit}`}`);
  return x;
}
function aval(x: unknown, where: string): Aval {
  return parseAval(text(x, where)) ?? fail(where, `${JSON.stringify(x)} is no type such as f32[2,3]`);
}
function kindOf(x: unknown): string {
  if (x === null) return 'null';
  if (Array.isArray(x)) return 'a list';
  if (typeof x === 'string' || typeof x === 'number' || typeof x === 'boolean') return `the ${typeof x} ${String(x).slice(0, 40)}`;
  return x === undefined ? 'nothing' : 'an object';
}

function readProgram(data: unknown, lookup: PrimitiveLookup): Program {
  if (typeof data !== 'object' || data === null || !('format' in data) || data.format !== serialFormat) fail('program', `the format is not '${serialFormat}'`);
  const version: unknown = 'version' in data ? data.version : undefined;
  if (version !== serialVersion) fail('program', `version ${typeof version === 'number' ? version : kindOf(version)} is not known; this library reads version ${serialVersion}`);
  const top = fields(data, ['format', 'version', 'programs', 'consts', 'constants', 'paths', 'sources'], 'program');
  const paths = items(top['paths'], 'paths').map((p, i) => text(p, `paths[${i}]`));
  const sources = items(top['sources'], 'sources').map((s, i): Source => ({ line: text(s, `sources[${i}]`) }));
  const programs: Jaxpr[] = [];
  items(top['programs'], 'programs').forEach((p, i) => programs.push(readJaxpr(p, { where: `programs[${i}]`, programs, paths, sources, lookup })));
  const jaxpr = programs.at(-1) ?? fail('programs', 'there is none');
  return { jaxpr, consts: readConstants(top, jaxpr) };
}

interface Context {
  readonly where: string;
  /** The programs read so far: bodies come before their users. */
  readonly programs: readonly Jaxpr[];
  readonly paths: readonly string[];
  readonly sources: readonly Source[];
  readonly lookup: PrimitiveLookup;
}
function readJaxpr(data: unknown, context: Context): Jaxpr {
  const { where } = context;
  const found = fields(data, ['numConsts', 'inputs', 'eqns', 'outputs'], where);
  const variables: Var[] = [];
  const declare = (x: unknown, at: string): Var => { const v = new Var(aval(x, at)); variables.push(v); return v; };
  const atom = (x: unknown, at: string): Atom => typeof x === 'number' ? variables[index(x, variables.length, at)] ?? fail(at, 'no variable') : literal(x, at);
  const inputs = items(found['inputs'], `${where}.inputs`).map((x, i) => declare(x, `${where}.inputs[${i}]`));
  const eqns = items(found['eqns'], `${where}.eqns`).map((x, i): Eqn => {
    const at = `${where}.eqns[${i}]`;
    const e = fields(x, ['primitive', 'params', 'inputs', 'outputs'], at, ['path', 'source']);
    const name = text(e['primitive'], `${at}.primitive`);
    const primitive = context.lookup(name) ?? fail(at, `the primitive '${name}' is not known; a record of your own is made known by definePrimitive`);
    const operands = items(e['inputs'], `${at}.inputs`).map((a, k) => atom(a, `${at}.inputs[${k}]`));
    const params = readParams(e['params'], context, `${at}.params`, 0);
    const outputs = items(e['outputs'], `${at}.outputs`).map((o, k) => declare(o, `${at}.outputs[${k}]`));
    return { primitive, params, inputs: operands, outputs, origin: readOrigin(e, context, at) };
  });
  const outputs = items(found['outputs'], `${where}.outputs`).map((x, i) => atom(x, `${where}.outputs[${i}]`));
  const jaxpr: Jaxpr = { numConsts: index(found['numConsts'], inputs.length + 1, `${where}.numConsts`), inputs, eqns, outputs };
  // Type rules meet parameters that no rule made: whatever they throw means that the parameters do not fit.
  try {
    return checkJaxpr(jaxpr, where);
  } catch (error) {
    return fail(where, `ill-typed: ${firstLine(error).replace(`${where}: `, '')}`);
  }
}
function literal(x: unknown, where: string): Atom {
  const found = fields(x, ['value', 'aval'], where);
  const value = number(found['value'], `${where}.value`);
  const type = aval(found['aval'], `${where}.aval`);
  if (!isFloat(type.dtype) && !Number.isInteger(value)) fail(where, `${value} is no value of ${type.dtype}`);
  return { value, aval: type };
}
function readOrigin(e: Fields, { paths, sources }: Context, where: string): Origin {
  if (e['path'] === undefined && e['source'] === undefined) return noOrigin;
  const path = e['path'] === undefined ? '' : paths[index(e['path'], paths.length, `${where}.path`)] ?? '';
  const source = e['source'] === undefined ? null : sources[index(e['source'], sources.length, `${where}.source`)] ?? null;
  return { path, source };
}

const special: { readonly [text: string]: number } = { nan: NaN, inf: Infinity, '-inf': -Infinity, '-0': -0 };
function number(x: unknown, where: string): number {
  if (typeof x === 'number') return x;
  const found = typeof x === 'string' && Object.hasOwn(special, x) ? special[x] : undefined;
  return found ?? fail(where, `a number is wanted, ${kindOf(x)} is there`);
}

const deepest = 64;
function readParams(x: unknown, context: Context, where: string, depth: number): Params {
  if (depth > deepest) fail(where, 'parameters are nested too deeply');
  if (typeof x !== 'object' || x === null || Array.isArray(x)) fail(where, `an object is wanted, ${kindOf(x)} is there`);
  return Object.fromEntries(Object.entries(x).map(([k, p]: [string, unknown]): [string, Param] => [k, readParam(p, context, `${where}.${k}`, depth + 1)]));
}
function readParam(x: unknown, context: Context, where: string, depth: number): Param {
  if (x === null || typeof x === 'number' || typeof x === 'string' || typeof x === 'boolean') return x;
  if (depth > deepest) fail(where, 'parameters are nested too deeply');
  if (Array.isArray(x)) return x.map((p: unknown, i) => readParam(p, context, `${where}[${i}]`, depth + 1));
  const [tag] = typeof x === 'object' ? Object.keys(x) : [];
  const found = fields(x, [tag === 'number' || tag === 'record' ? tag : 'jaxpr'], where);
  if ('number' in found) return number(found['number'], where);
  if ('record' in found) return readParams(found['record'], context, where, depth);
  return context.programs[index(found['jaxpr'], context.programs.length, where)] ?? fail(where, 'no program');
}

function readConstants(top: Fields, jaxpr: Jaxpr): readonly NDArray[] {
  const names = items(top['consts'], 'consts').map((x, i) => text(x, `consts[${i}]`));
  const table = fields(top['constants'], [], 'constants', names);
  if (names.length !== 0 && names.length !== jaxpr.numConsts) fail('consts', `the program has ${jaxpr.numConsts} captured inputs, ${names.length} constants are there`);
  const loaded = new Map<string, NDArray>();
  return names.map((name, i) => {
    const where = `constants['${name}']`;
    const known = loaded.get(name);
    const value = known ?? readConstant(table[name], name, where);
    loaded.set(name, value);
    const want = jaxpr.inputs[i]?.aval;
    if (want === undefined || !sameAval(value, want)) fail(where, `it is ${showAval(value)}, captured input ${i} is ${want === undefined ? 'nothing' : showAval(want)}`);
    return value;
  });
}
function readConstant(x: unknown, name: string, where: string): NDArray {
  const found = fields(x, ['aval', 'data'], where);
  const value = loadConstant({ aval: text(found['aval'], `${where}.aval`), data: text(found['data'], `${where}.data`) });
  if (typeof value === 'string') fail(where, value);
  if (contentHash(value) !== name) fail(where, 'its content does not hash to its name: the data is damaged');
  return value;
}
