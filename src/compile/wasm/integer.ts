// Division, shifts and powers of integer lanes. Floor 5. x / 0 is all ones, x % 0 is x, MIN / -1 is MIN, MIN % -1 is 0; shifts by the
// width or more leave nothing, or the sign.
import type { Lanes, Vector } from './lanes.ts';
import { Type } from './module.ts';
import { WideLanes } from './wide.ts';

/** The quotient truncated: float64 has digits enough for the division to be exact before it is truncated. */
export function divide(l: Lanes, a: Vector, b: Vector, signed: boolean): Vector {
  const w = new WideLanes(l);
  // MIN / -1 is 2^31, whose low word is MIN.
  const quotient = w.lowWord(w.trunc(w.div(w.fromInt(a, signed), w.fromInt(b, signed))));
  return l.or(quotient, l.ieq(b, l.int(0)));
}
/** Of a division by zero, whose quotient is -1, the whole dividend is left; MIN wraps to 0. */
export const remainderOf = (l: Lanes, a: Vector, b: Vector, signed: boolean): Vector => l.isub(a, l.imul(divide(l, a, b, signed), b));

export type Shift = 'left' | 'logical' | 'arithmetic';
const instruction: { readonly [S in Shift]: 0x74 | 0x75 | 0x76 } = { left: 0x74, arithmetic: 0x75, logical: 0x76 };

/** The lane as the shift sees it: of a narrow dtype the bits above the width are not its own. */
function prepared(l: Lanes, kind: Shift, a: Vector, width: number): Vector {
  if (width === 32 || kind === 'left') return a;
  return kind === 'logical' ? l.and(a, l.int(2 ** width - 1)) : l.shiftRight(l.shiftLeft(a, 32 - width), 32 - width);
}
/** Shifts all lanes by one amount. */
export function shiftBy(l: Lanes, kind: Shift, a: Vector, amount: number, width: number): Vector {
  const beyond = amount < 0 || amount >= width;
  if (beyond && kind !== 'arithmetic') return l.int(0);
  const x = prepared(l, kind, a, width);
  const by = beyond ? width - 1 : amount;
  return kind === 'left' ? l.shiftLeft(x, by) : l.shiftRight(x, by, kind === 'arithmetic');
}
/** Shifts by amounts that differ from lane to lane. */
export function shift(l: Lanes, kind: Shift, a: Vector, by: Vector, width: number): Vector {
  const { f } = l;
  const [x, n] = [f.local(Type.i32), f.local(Type.i32)];
  const op = instruction[kind];
  return l.eachLane([prepared(l, kind, a, width), by], 'i32', () => {
    f.set(n).set(x);
    if (kind === 'arithmetic') { f.get(x).get(n).i32(width - 1).get(n).i32(width).bytes(0x49, 0x1b, op); return; }
    f.get(x).get(n).bytes(op).i32(0).get(n).i32(width).bytes(0x49, 0x1b);
  });
}

/** How many bits are set. */
export const populationCount = (l: Lanes, a: Vector, width: number): Vector => {
  const own = width === 32 ? a : l.and(a, l.int(2 ** width - 1));
  return l.f.get(own).simd(0x62).simd(0x7d).simd(0x7f).into(Type.v128);
};
/** How many bits are clear above the highest one that is set: the width for 0. */
export function countLeadingZeros(l: Lanes, a: Vector, width: number): Vector {
  const own = width === 32 ? a : l.and(a, l.int(2 ** width - 1));
  const zeros = l.eachLane([own], 'i32', () => l.f.bytes(0x67));
  return width === 32 ? zeros : l.isub(zeros, l.int(32 - width));
}
