// WGSL under construction: statements, and values with the type that they have. Bits are reinterpreted where an operation reads them as
// another type. Floor 5: the vocabulary in which the scalar table, the kernels and the elementary functions are written.
import { floatBits, type Words } from '../math/words.ts';
import { declarationsOf, needed, type Declaration } from './functions.ts';

export type WordType = 'f32' | 'i32' | 'u32' | 'bool';
/** An expression without side effects, short enough to be repeated: a name or a literal. `number`: its value, where it is known; `made`: the operation that it is the result of, where compilers might undo it. */
export interface Term { readonly code: string; readonly type: WordType; readonly number?: number; readonly made?: Made }
interface Made { readonly op: Arithmetic; readonly a: Term; readonly b: Term }
type Arithmetic = '+' | '-' | '*' | '/';

/**
 * Bits that no compiler knows, so that it cannot assume that no number is NaN or infinite, fold a division by zero, or undo a rounding: no
 * dimension has 2^31 workgroups. Functions know them by the same names.
 */
const opaque = { zero: 'bits_zero', infinity: 'bits_infinity', minusInfinity: 'bits_minus_infinity', nan: 'bits_nan' } as const;
export const opaqueBits: readonly (readonly [name: string, definition: string])[] = [
  [opaque.zero, 'workgroups.x & 0x80000000u'], [opaque.infinity, `${opaque.zero} | 0x7f800000u`], [opaque.minusInfinity, `${opaque.zero} | 0xff800000u`],
  [opaque.nan, `${opaque.zero} | 0x7fc00000u`],
];
/** A float32 that is zero or not subnormal. */
export const floatLiteral = (single: number): string => `${/[.e]/.test(String(single)) ? String(single) : `${single}.0`}f`;
function hiddenNumber(x: number): string {
  const bits = floatBits(x) >>> 0;
  return bits === 0 ? `bitcast<f32>(${opaque.zero})` : `bitcast<f32>(${opaque.zero} | 0x${bits.toString(16)}u)`;
}

export class Code implements Words<Term> {
  #lines: string[] = [];
  #names = 0;

  readonly #declared = new Map<string, Declaration>();
  readonly #called = new Set<string>();

  get lines(): readonly string[] { return this.#lines; }
  /** The functions that the statements call, and those that these call. */
  get functions(): readonly string[] { return needed(this.#declared, this.#called).map(d => d.text); }
  /** The name of a function for statements that call it: it is one of those of a library. */
  use(name: string, ...library: readonly string[]): string {
    for (const text of library) for (const d of declarationsOf(text)) this.#declared.set(d.name, d);
    this.#called.add(name);
    return name;
  }
  /** Calls a function of a library. */
  call(type: WordType, name: string, library: readonly string[], ...args: readonly string[]): Term {
    return this.let(type, `${this.use(name, ...library)}(${args.join(', ')})`);
  }
  line(...text: readonly string[]): this { this.#lines.push(...text); return this; }
  /** A block after a head such as `if (c)`. */
  block(head: string, body: () => void): this {
    this.line(`${head} {`);
    body();
    return this.line('}');
  }
  fresh(prefix = 'v'): string { return `${prefix}${this.#names++}`; }
  /** Names the value of an expression. */
  let(type: WordType, code: string): Term {
    const name = this.fresh();
    this.line(`let ${name} = ${code};`);
    return { code: name, type };
  }
  /** A variable that starts at a value. */
  variable(type: WordType, code: string): Term {
    const name = this.fresh('m');
    this.line(`var ${name}: ${type} = ${code};`);
    return { code: name, type };
  }

  // ---- values by type
  f32(t: Term): string { return t.type === 'f32' ? t.code : `bitcast<f32>(${this.u32(t)})`; }
  u32(t: Term): string { return t.type === 'u32' ? t.code : t.type === 'bool' ? `select(0u, 0xffffffffu, ${t.code})` : `bitcast<u32>(${t.code})`; }
  i32(t: Term): string { return t.type === 'i32' ? t.code : t.type === 'bool' ? `select(0i, -1i, ${t.code})` : `bitcast<i32>(${t.code})`; }
  bool(t: Term): string { return t.type === 'bool' ? t.code : `(${this.u32(t)} != 0u)`; }
  as(type: WordType, t: Term): string { return type === 'f32' ? this.f32(t) : type === 'i32' ? this.i32(t) : type === 'u32' ? this.u32(t) : this.bool(t); }

  float(x: number): Term {
    if (Number.isNaN(x)) return { code: `bitcast<f32>(${opaque.nan})`, type: 'f32', number: x };
    const single = Math.fround(x);
    if (!Number.isFinite(single)) return { code: `bitcast<f32>(${single > 0 ? opaque.infinity : opaque.minusInfinity})`, type: 'f32', number: single };
    // Dawn makes one constant of 0 and -0.
    if (Object.is(single, -0)) return { code: hiddenNumber(single), type: 'f32', number: single };
    // Subnormal numbers by their bits: a literal of theirs may be read as zero.
    const plain = single === 0 || Math.abs(single) >= 2 ** -126;
    return { code: plain ? floatLiteral(single) : `bitcast<f32>(${floatBits(single) >>> 0}u)`, type: 'f32', number: single };
  }
  int(n: number): Term {
    const word = n | 0;
    return { code: word === -2147483648 ? 'i32(-2147483647 - 1)' : `${word}i`, type: 'i32', number: word };
  }
  unsigned(n: number): Term { return { code: `${n >>> 0}u`, type: 'u32', number: n >>> 0 }; }
  bit(b: boolean): Term { return { code: b ? 'true' : 'false', type: 'bool', number: b ? 1 : 0 }; }

  // ---- float32
  #float(code: string): Term { return this.let('f32', code); }
  /** A value whose bits no compiler knows. */
  #hidden(t: Term): string { return t.number === undefined ? `bitcast<f32>(${this.u32(t)} ^ ${opaque.zero})` : hiddenNumber(t.number); }
  /**
   * Compilers are free to do algebra, and some do: (x + 0.7) + 0.3 becomes x + 1, x / 0.7 becomes x * 1.4285715, (x / y) * y becomes x, though y is
   * zero, and x * 0 becomes 0, though x is NaN. So that a value does not depend on what is computed near it, they do not see what they could simplify.
   */
  #arithmetic(op: Arithmetic, a: Term, b: Term): Term {
    const [left, right] = [simplifies(op, a, b), simplifies(op, b, a)];
    // Of an operation and a literal the literal is hidden, which costs nothing in a loop.
    const hidesA = a.number === 0 || (left && b.number === undefined) || (right && a.number !== undefined);
    const hidesB = b.number === 0 || (right && a.number === undefined) || (left && b.number !== undefined) || (op === '/' && b.number !== undefined && !isPowerOfTwo(b.number))
      || (a.code === b.code && (op === '-' || op === '/'));
    return { ...this.#float(`${hidesA ? this.#hidden(a) : this.f32(a)} ${op} ${hidesB ? this.#hidden(b) : this.f32(b)}`), made: { op, a, b } };
  }
  add(a: Term, b: Term): Term { return this.#arithmetic('+', a, b); }
  sub(a: Term, b: Term): Term { return this.#arithmetic('-', a, b); }
  mul(a: Term, b: Term): Term { return this.#arithmetic('*', a, b); }
  div(a: Term, b: Term): Term { return this.#arithmetic('/', a, b); }
  pmax(a: Term, b: Term): Term { const [x, y] = [this.f32(a), this.f32(b)]; return this.#float(`select(${x}, ${y}, ${x} < ${y})`); }
  pmin(a: Term, b: Term): Term { const [x, y] = [this.f32(a), this.f32(b)]; return this.#float(`select(${x}, ${y}, ${y} < ${x})`); }
  abs(a: Term): Term { return this.#float(`bitcast<f32>(${this.u32(a)} & 0x7fffffffu)`); }
  neg(a: Term): Term { return this.#float(`bitcast<f32>(${this.u32(a)} ^ 0x80000000u)`); }
  sqrt(a: Term): Term { return this.#float(`sqrt(${this.f32(a)})`); }
  floor(a: Term): Term { return this.#float(`floor(${this.f32(a)})`); }
  ceil(a: Term): Term { return this.#float(`ceil(${this.f32(a)})`); }
  trunc(a: Term): Term { return this.#float(`trunc(${this.f32(a)})`); }
  nearest(a: Term): Term { return this.#float(`round(${this.f32(a)})`); }
  kept(a: Term): Term { return this.#float(`bitcast<f32>(${this.u32(a)} ^ ${opaque.zero})`); }
  fma(a: Term, b: Term, c: Term): Term { return this.#float(`fma(${this.f32(a)}, ${this.f32(b)}, ${this.f32(c)})`); }
  polynomial(x: Term, coefficients: readonly number[]): Term {
    const [first = 0, ...rest] = coefficients;
    return rest.reduce((sum, c) => this.fma(sum, x, this.float(c)), this.float(first));
  }
  // An implementation may take for granted that there is no NaN, but not what its bits are.
  isNaN(a: Term): Term { return this.let('bool', `(${this.u32(a)} & 0x7fffffffu) > 0x7f800000u`); }
  #compare(op: string, a: Term, b: Term): Term { return this.let('bool', `${this.f32(a)} ${op} ${this.f32(b)}`); }
  eq(a: Term, b: Term): Term { return a.code === b.code ? this.not(this.isNaN(a)) : this.#compare('==', a, b); }
  ne(a: Term, b: Term): Term { return a.code === b.code ? this.isNaN(a) : this.not(this.#compare('==', a, b)); }
  lt(a: Term, b: Term): Term { return this.#compare('<', a, b); }
  gt(a: Term, b: Term): Term { return this.#compare('>', a, b); }
  le(a: Term, b: Term): Term { return this.#compare('<=', a, b); }
  ge(a: Term, b: Term): Term { return this.#compare('>=', a, b); }
  /** NaN in either operand is NaN; of two zeros the greater is 0, the less is -0. */
  max(a: Term, b: Term): Term { return this.#extremum('<', '&', a, b); }
  min(a: Term, b: Term): Term { return this.#extremum('>', '|', a, b); }
  #extremum(op: string, common: string, a: Term, b: Term): Term {
    const [x, y] = [this.f32(a), this.f32(b)];
    const nan = this.isNaN(b);
    const one = `select(${x}, ${y}, (${x} ${op} ${y}) | (${nan.code} & ((${this.u32(a)} & 0x7fffffffu) <= 0x7f800000u)))`;
    // Equal numbers have the same bits, but for zeros.
    const numbers = [a.number, b.number];
    return numbers.some(n => n !== undefined && n !== 0) ? this.#float(one) : this.#float(`select(${one}, bitcast<f32>(${this.u32(a)} ${common} ${this.u32(b)}), ${x} == ${y})`);
  }

  // ---- integers
  iadd(a: Term, b: Term): Term { return this.let('i32', `${this.i32(a)} + ${this.i32(b)}`); }
  isub(a: Term, b: Term): Term { return this.let('i32', `${this.i32(a)} - ${this.i32(b)}`); }
  shiftLeft(a: Term, by: number): Term { return this.let('u32', `${this.u32(a)} << ${by}u`); }
  shiftRight(a: Term, by: number, signed = true): Term { return signed ? this.let('i32', `${this.i32(a)} >> ${by}u`) : this.let('u32', `${this.u32(a)} >> ${by}u`); }
  toInt(a: Term): Term { return this.let('i32', `i32(${this.f32(a)})`); }
  toFloat(a: Term): Term { return this.#float(`f32(${this.i32(a)})`); }

  // ---- bits and masks
  #bits(op: string, a: Term, b: Term): Term {
    return a.type === 'bool' && b.type === 'bool' ? this.let('bool', op === '^' ? `${a.code} != ${b.code}` : `${a.code} ${op} ${b.code}`) : this.let('u32', `${this.u32(a)} ${op} ${this.u32(b)}`);
  }
  not(a: Term): Term { return a.type === 'bool' ? this.let('bool', `!${a.code}`) : this.let('u32', `~${this.u32(a)}`); }
  and(a: Term, b: Term): Term { return this.#bits('&', a, b); }
  or(a: Term, b: Term): Term { return this.#bits('|', a, b); }
  xor(a: Term, b: Term): Term { return this.#bits('^', a, b); }
  andNot(a: Term, b: Term): Term { return this.and(a, this.not(b)); }
  select(mask: Term, a: Term, b: Term): Term {
    const type = a.type === b.type ? a.type : 'u32';
    return this.let(type, `select(${this.as(type, b)}, ${this.as(type, a)}, ${this.bool(mask)})`);
  }
  rarely(mask: Term, usual: Term, rare: () => Term): Term {
    const out = this.variable('f32', this.f32(usual));
    this.block(`if (${this.bool(mask)})`, () => { this.line(`${out.code} = ${this.f32(rare())};`); });
    return out;
  }
}

/** A function of float32 numbers, to be declared, whose statements `body` writes. */
export function functionText(name: string, parameters: readonly string[], body: (c: Code, ...xs: readonly Term[]) => Term): string {
  const c = new Code();
  const result = body(c, ...parameters.map((code): Term => ({ code, type: 'f32' })));
  return [`fn ${name}(${parameters.map(p => `${p}: f32`).join(', ')}) -> f32 {`, ...c.lines, `return ${c.f32(result)};`, '}'].join('\n');
}

const isSum = (op: Arithmetic): boolean => op === '+' || op === '-';
function isPowerOfTwo(x: number): boolean { return Number.isFinite(x) && x !== 0 && Number.isInteger(Math.log2(Math.abs(x))); }
const has = ({ a, b }: Made, t: Term): boolean => a.code === t.code || b.code === t.code || (t.number !== undefined && (a.number !== undefined || b.number !== undefined));
/** Whether algebra makes fewer operations of `x` and what follows: of two literals one, of an operand that comes back none, of two products with a common factor one. */
function simplifies(op: Arithmetic, x: Term, other: Term): boolean {
  const made = x.made;
  if (made === undefined) return false;
  if (isSum(made.op) === isSum(op)) return has(made, other);
  return isSum(op) && made.op === '*' && other.made?.op === '*' && (has(made, other.made.a) || has(made, other.made.b));
}
