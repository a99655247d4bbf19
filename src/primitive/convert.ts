// convert and bitcast: the same values, or the same bits, in another dtype. In wide mode these two are where floats are rounded.
// Floor 2. Knows no other primitive.
import { DTypeError } from '../error.ts';
import { allocate, dtypeInfo, isFloat, isInt, roundTo, type DType, type HostArray, infoOf } from '../dtype/dtype.ts';
import { showAval } from '../ir/aval.ts';
import type { NDArray, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { at, expectCount, operand } from './define.ts';
import { between, elementwiseProperties, everywhere } from './elementwise.ts';

type ConvertParams = { readonly dtype: DType };

/**
 * The values in another dtype. Floats become integers by truncation, saturate at the dtype's bounds, and NaN becomes 0;
 * integers wrap; everything but 0 is true; integers and floats round to the nearest float.
 */
export const convertP: Primitive<ConvertParams> = {
  name: 'convert',
  properties: { ...elementwiseProperties, zeroPreserving: true },
  type(inputs, { dtype }) {
    expectCount(inputs, 1, 'convert');
    return [{ shape: operand(inputs, 0, 'convert').shape, dtype }];
  },
  evaluate(inputs, { dtype }, outputs) {
    const { data: x, dtype: from } = at(inputs, 0);
    const { data } = at(outputs, 0);
    const value = conversion(from, dtype);
    for (let i = 0; i < data.length; i++) data[i] = value(x[i] ?? 0);
  },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], { dtype }) => [t && isFloat(dtype) ? convert(t, dtype) : null],
    batch: ([x], _batched, params) => ({ outputs: x === undefined ? [] : [bind1(convertP, [x], params)], batched: [true] }),
  },
  linear: {
    transpose: ([ct], [x]) => [ct && x !== undefined && isFloat(x.aval.dtype) ? convert(ct, x.aval.dtype) : null],
    /** Between floats; the samples convert integers to integers and bools alone. */
    linearIn: (_n, { dtype }) => isFloat(dtype) ? [[0]] : [],
  },
  lowering: { kind: 'scalar', op: 'convert' },
  sample(draw) {
    const float = draw.float();
    const dtype = draw.int(0, 3) === 0 ? draw.integer() : float;
    // To a wider float, which rounds nothing: in float64, where derivatives are judged, that is its own dtype.
    const wider = float === 'f16' ? 'f32' : 'f64';
    const target = isFloat(dtype) ? draw.bool() ? wider : draw.pick<DType>([float, 'i32', 'u32', 'u8', 'i8', 'bool']) : draw.pick<DType>(['i32', 'u32', 'u8', 'i8', 'bool']);
    return { operands: [{ aval: { shape: draw.shape(), dtype }, domain: between(-300, 300) }], params: { dtype: target } };
  },
  ulp: 0.5,
};
function conversion(from: DType, to: DType): (x: number) => number {
  const { min, max } = dtypeInfo[to];
  if (to === 'bool') return x => x === 0 ? 0 : 1;
  if (isFloat(from) && isInt(to)) return x => Number.isNaN(x) ? 0 : Math.trunc(Math.min(Math.max(x, min), max));
  return x => roundTo(to, x);
}

/** Does nothing, and records nothing, where the dtype is the same. */
export function convert(x: AnyTensor, dtype: DType): AnyTensor {
  return x.dtype === dtype ? x : bind1(convertP, [x], { dtype });
}

/** The same bits read as another dtype of the same width. Bools, whose bits are not all free, take no part. */
export const bitcastP: Primitive<ConvertParams> = {
  name: 'bitcast',
  properties: { ...elementwiseProperties, zeroPreserving: true },
  type(inputs, { dtype }) {
    expectCount(inputs, 1, 'bitcast');
    const x = operand(inputs, 0, 'bitcast');
    if (x.dtype === 'bool' || dtype === 'bool') throw new DTypeError(`bitcast: ${showAval(x)} to ${dtype}: bools have no bits of their own (use astype)`);
    const bytes = dtypeInfo[x.dtype].bytes;
    if (bytes !== infoOf(dtype).bytes) throw new DTypeError(`bitcast: ${showAval(x)} to ${dtype}: ${8 * bytes} bits vs ${8 * dtypeInfo[dtype].bytes} (choose a dtype of the same width)`);
    return [{ shape: x.shape, dtype }];
  },
  evaluate(inputs, { dtype }, outputs) {
    at(outputs, 0).data.set(sameBits(at(inputs, 0), dtype));
  },
  rules: {
    kind: 'flat',
    // Floats of one width are one dtype: only the bitcast that changes nothing has a derivative.
    jvp: (_x, [t], { dtype }) => [t && isFloat(dtype) ? t : null],
    batch: ([x], _batched, params) => ({ outputs: x === undefined ? [] : [bind1(bitcastP, [x], params)], batched: [true] }),
  },
  linear: null,
  lowering: { kind: 'scalar', op: 'bitcast' },
  sample(draw) {
    const [from, to] = draw.pick<readonly [DType, DType]>([['f32', 'i32'], ['f32', 'u32'], ['i32', 'u32'], ['u32', 'i32'], ['u8', 'i8'], ['i8', 'u8']]);
    return { operands: [{ aval: { shape: draw.shape(), dtype: from }, domain: everywhere }], params: { dtype: to } };
  },
  ulp: 0,
};
/** The elements in their own dtype (in wide mode storing them rounds to it), seen as the other one. NaN keeps its bits. */
function sameBits(x: NDArray, dtype: DType): HostArray {
  const own = allocate(x.dtype, x.data.length);
  if (x.dtype === 'f16') for (let i = 0; i < own.length; i++) own[i] = roundTo('f16', x.data[i] ?? 0);
  else own.set(x.data);
  if (x.dtype === dtype) return own;
  switch (dtype) {
    case 'f32': return new Float32Array(own.buffer);
    case 'i32': return new Int32Array(own.buffer);
    case 'u32': return new Uint32Array(own.buffer);
    case 'u8': return new Uint8Array(own.buffer);
    case 'i8': return new Int8Array(own.buffer);
    case 'f64':
    case 'f16':
    case 'bool': return own;
    default: return dtype satisfies never;
  }
}

/** Does nothing, and records nothing, where the dtype is the same. */
export function bitcast(x: AnyTensor, dtype: DType): AnyTensor {
  return x.dtype === dtype ? x : bind1(bitcastP, [x], { dtype });
}
