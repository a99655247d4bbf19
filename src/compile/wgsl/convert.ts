// Conversions between words of any two dtypes in WGSL. Floor 5. Floats become integers by truncation, saturate, and NaN becomes 0; integers
// wrap; everything but 0 is true; what becomes a float is rounded once.
import { CotangentError } from '../../error.ts';
import { dtypeInfo, isFloat, type DType } from '../../dtype/dtype.ts';
import { roundHalf } from '../math/half.ts';
import type { Code, Term, WordType } from './code.ts';

const words: { readonly [D in DType]: WordType | null } = { f32: 'f32', f16: 'f32', f64: null, i32: 'i32', i8: 'i32', u32: 'u32', u8: 'u32', bool: 'bool' };
export const hasWord = (d: DType): boolean => words[d] !== null;
/** The type of WGSL in which a dtype is computed: f16 as float32, rounded after each instruction; bytes as words that wrap. */
export function wordOf(d: DType): WordType {
  const type = words[d];
  if (type === null) throw new CotangentError('unsupported', `webgpu: ${d} does not exist on this backend; use astype(x, 'f32'), or setBackend('wasm')`);
  return type;
}

/** Brings what an instruction computed back into its dtype: f16 is rounded, narrow integers wrap. */
export function settled(c: Code, d: DType, x: Term): Term {
  switch (d) {
    case 'f16': return c.let('f32', c.f32(roundHalf(c, x)));
    case 'u8': return c.let('u32', `${c.u32(x)} & 255u`);
    case 'i8': return c.let('i32', `(${c.i32(x)} << 24u) >> 24u`);
    case 'f32': case 'f64': case 'i32': case 'u32': case 'bool': return x;
    default: return d satisfies never;
  }
}

/** WGSL may round a number that float32 does not hold either way: what more than 24 bits are needed for is rounded in integers, half to even. */
const roundedText = `
fn rounded_float(x: u32) -> f32 {
  let dropped = 8u - min(8u, countLeadingZeros(x));
  let kept = x >> dropped;
  let rest = x & ((1u << dropped) - 1u);
  let half = (1u << dropped) >> 1u;
  let up = select(0u, 1u, rest > half) | (select(0u, 1u, rest == half && dropped > 0u) & kept);
  return f32(kept + (up & 1u)) * f32(1u << dropped);
}`;
function toFloat(c: Code, x: Term, from: DType): Term {
  if (from === 'u32') return c.call('f32', 'rounded_float', [roundedText], c.u32(x));
  if (from !== 'i32') return c.let('f32', `f32(${x.code})`);
  const magnitude = c.call('f32', 'rounded_float', [roundedText], c.let('u32', `u32(abs(${c.i32(x)}))`).code);
  return c.let('f32', `select(${magnitude.code}, -${magnitude.code}, ${c.i32(x)} < 0i)`);
}

function fromFloat(c: Code, x: Term, to: DType): Term {
  if (to === 'bool') return c.ne(x, c.float(0));
  if (isFloat(to)) return settled(c, to, x);
  const { min, max } = dtypeInfo[to];
  const type = wordOf(to);
  // The nearest float32 bounds; what reaches the upper one saturates by hand, since 2^31 - 1 and 2^32 - 1 are none.
  const top = to === 'i32' || to === 'u32' ? c.float(max + 1) : c.float(max);
  const inside = c.let(type, `${type}(clamp(${c.f32(x)}, ${c.float(min).code}, ${to === 'i32' ? c.float(2147483520).code : to === 'u32' ? c.float(4294967040).code : top.code}))`);
  const most = type === 'i32' ? c.int(max) : c.unsigned(max);
  const whole = c.let(type, `select(${inside.code}, ${most.code}, ${c.f32(x)} >= ${top.code})`);
  return c.let(type, `select(${whole.code}, ${type === 'i32' ? '0i' : '0u'}, ${c.isNaN(x).code})`);
}
/** The value in another dtype. */
export function convert(c: Code, x: Term, from: DType, to: DType): Term {
  if (from === to) return x;
  if (isFloat(from)) return from === 'f16' && to === 'f32' ? x : fromFloat(c, x, to);
  if (from === 'bool') {
    const type = wordOf(to);
    return c.let(type, type === 'f32' ? `select(0.0f, 1.0f, ${c.bool(x)})` : type === 'i32' ? `select(0i, 1i, ${c.bool(x)})` : `select(0u, 1u, ${c.bool(x)})`);
  }
  if (to === 'bool') return c.let('bool', `${c.u32(x)} != 0u`);
  const type = wordOf(to);
  return settled(c, to, type === 'f32' ? toFloat(c, x, from) : c.let(type, c.as(type, x)));
}
