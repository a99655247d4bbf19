// How four lanes of each dtype lie in memory: f32, f16, i32, u32 as words, f64 as two vectors, i8, u8 and bool as packed bytes.
// Floor 5. An address is what `push` leaves on the stack, and the immediate offset that it returns.
import type { DType } from '../../dtype/dtype.ts';
import type { Lanes, Value, Vector } from './lanes.ts';
import { Type } from './module.ts';
import { narrow, partsOf, wide } from './wide.ts';

/** Bytes of one element in memory. */
export const elementBytes = (d: DType): number => d === 'bool' || d === 'u8' || d === 'i8' ? 1 : d === 'f64' ? 8 : 4;
type Push = () => number;

/** Bytes, widened to words, as lanes: a mask of bool. */
const fromByte = (l: Lanes, d: DType, words: Vector): Vector => d === 'bool' ? l.ine(words, l.int(0)) : words;
const byteLoad = (d: DType): number => d === 'i8' ? 0x2c : 0x2d;

/** Four neighbouring elements. */
export function loadFour(l: Lanes, d: DType, push: Push): Value {
  const { f } = l;
  switch (elementBytes(d)) {
    case 1: {
      const bytes = f.memory(0x5c, 0, push()).into(Type.v128);
      const signed = d === 'i8';
      return fromByte(l, d, f.get(bytes).simd(signed ? 0x87 : 0x89).simd(signed ? 0xa7 : 0xa9).into(Type.v128));
    }
    case 8: {
      const lo = f.memory(0x00, 2, push()).into(Type.v128);
      return { lo, hi: f.memory(0x00, 2, push() + 16).into(Type.v128) };
    }
    default: return f.memory(0x00, 2, push()).into(Type.v128);
  }
}
/** One element in all lanes. */
export function loadSplat(l: Lanes, d: DType, push: Push): Value {
  const { f } = l;
  switch (elementBytes(d)) {
    case 1: return fromByte(l, d, f.plain(byteLoad(d), 0, push()).simd(0x11).into(Type.v128));
    case 8: { const lo = f.memory(0x0a, 2, push()).into(Type.v128); return { lo, hi: lo }; }
    default: return f.memory(0x09, 2, push()).into(Type.v128);
  }
}
/** The first `lanes` lanes, one by one; the others are zero. */
export function loadLanes(l: Lanes, d: DType, lanes: number, push: (lane: number) => number): Value {
  const { f } = l;
  const zero = (): Vector => f.v128([0, 0, 0, 0]).into(Type.v128);
  const bytes = elementBytes(d);
  const parts = bytes === 8 ? [zero(), zero()] : [zero()];
  for (let lane = 0; lane < lanes; lane++) {
    const perPart = bytes === 8 ? 2 : 4;
    const part = parts[Math.floor(lane / perPart)] ?? 0;
    const inside = lane % perPart;
    if (bytes === 1) { f.get(part); f.plain(byteLoad(d), 0, push(lane)).simd(0x1c).bytes(inside).set(part); continue; }
    const offset = push(lane);
    f.get(part).memory(bytes === 8 ? 0x57 : 0x56, 2, offset, inside).set(part);
  }
  const [lo = 0, hi = 0] = parts;
  return bytes === 8 ? { lo, hi } : fromByte(l, d, lo);
}

/** What is stored of a value: bytes gathered into the low word, masks as 0 and 1. */
function packed(l: Lanes, d: DType, value: Value): Value {
  if (elementBytes(d) !== 1) return value;
  const words = d === 'bool' ? l.and(narrow(value), l.int(1)) : narrow(value);
  return l.f.get(words).get(words).simd(13).bytes(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12).into(Type.v128);
}
/** Writes the first `lanes` lanes to neighbouring elements. */
export function store(l: Lanes, d: DType, lanes: number, value: Value, push: Push): void {
  const { f } = l;
  const bytes = elementBytes(d);
  const what = packed(l, d, value);
  if (lanes === 4) {
    if (bytes === 1) { const offset = push(); f.get(narrow(what)).memory(0x5a, 0, offset, 0); return; }
    partsOf(what).forEach((part, i) => { const offset = push(); f.get(part).memory(0x0b, 2, offset + 16 * i); });
    return;
  }
  for (let lane = 0; lane < lanes; lane++) {
    const offset = push() + lane * bytes;
    if (bytes === 8) { const { lo, hi } = wide(what); f.get(lane < 2 ? lo : hi).memory(0x5b, 2, offset, lane % 2); continue; }
    f.get(narrow(what)).memory(bytes === 1 ? 0x58 : 0x5a, 0, offset, lane);
  }
}
/** Whole vectors of lanes, as scratch rows hold them. */
export function storeRaw(l: Lanes, value: Value, push: Push): void {
  partsOf(value).forEach((part, i) => { const offset = push(); l.f.get(part).memory(0x0b, 2, offset + 16 * i); });
}
export function loadRaw(l: Lanes, d: DType, push: Push): Value {
  const part = (i: number): Vector => l.f.memory(0x00, 2, push() + 16 * i).into(Type.v128);
  return d === 'f64' ? { lo: part(0), hi: part(1) } : part(0);
}
/** Bytes of a lane in scratch rows and registers. */
export const laneBytes = (d: DType): number => d === 'f64' ? 8 : 4;
