// What convolutions and poolings do along each axis: paddings as JAX chooses them, and primitives that give the shapes that the rules state.
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../src/error.ts';
import { range } from '../../src/ir/aval.ts';
import { convGeneral } from '../../src/primitive/conv.ts';
import { reduceWindowMax } from '../../src/primitive/reduceWindow.ts';
import { planConv, planConvTranspose, type ConvPlan, type TransposePadding } from '../../src/shape/conv.ts';
import { planAdaptivePool, planPool } from '../../src/shape/pool.ts';
import type { WindowPadding } from '../../src/shape/window.ts';
import { program } from '../primitive/hostPrograms.ts';
import { source } from './cases.ts';

/** One spatial axis of n by a window of w. */
const along = (n: number, w: number, strides: number, padding: WindowPadding, dilation = 1): ConvPlan => planConv([1, n, 1], [w, 1, 1], { strides, padding, dilation });
const spread = (n: number, w: number, strides: number, padding: TransposePadding): ConvPlan => planConvTranspose([1, n, 1], [w, 1, 1], { strides, padding });

describe('padding', () => {
  // lax.padtype_to_pads((n,), (reach,), (stride,), 'SAME') of JAX.
  test.each([[28, 3, 1, 1, 1], [28, 3, 2, 0, 1], [7, 2, 2, 0, 1], [8, 5, 3, 1, 2], [10, 1, 4, 0, 0], [5, 4, 1, 1, 2], [224, 7, 2, 2, 3]])('same: %i by %i, stride %i', (n, w, s, low, high) => {
    expect(along(n, w, s, 'same')).toMatchObject({ counts: [Math.ceil(n / s)], padding: [[low, high]] });
  });
  test('same reaches as far as dilation does', () => {
    expect(along(10, 3, 1, 'same', 4)).toMatchObject({ counts: [10], padding: [[4, 4]], dilation: [4] });
  });
  // _conv_transpose_padding(w, s, padding) of JAX.
  test.each<[number, number, 'same' | 'valid', number, number]>([[5, 2, 'same', 3, 2], [3, 2, 'same', 2, 1], [2, 3, 'same', 1, 2], [3, 1, 'same', 1, 1], [5, 2, 'valid', 4, 4], [2, 3, 'valid', 1, 2], [3, 3, 'valid', 2, 2]])(
    'transposed: window %i, stride %i, %s', (w, s, padding, low, high) => { expect(spread(7, w, s, padding).padding).toEqual([[low, high]]); });
});

describe('primitives give the shapes that the rules state', () => {
  test('convolutions, transposed or not, and poolings', () => {
    const r = source(7);
    let transposed = 0;
    for (let k = 0; k < 300; k++) {
      const space = 1 + r.below(3);
      const layout = r.below(2) === 0 ? 'NHWC' as const : 'NCHW' as const;
      const [n, c, o] = [r.below(3), 1 + r.below(3), 1 + r.below(4)];
      const [sizes, window] = [range(space).map(() => 3 + r.below(9)), range(space).map(() => 1 + r.below(3))];
      const x = layout === 'NHWC' ? [n, ...sizes, c] : [n, c, ...sizes];
      const w = layout === 'NHWC' ? [...window, c, o] : [o, c, ...window];
      const axes = range(space);
      const ones = axes.map(() => 1);
      const image = layout === 'NHWC' ? [0, space + 1, ...axes.map(i => i + 1)] : range(space + 2);
      const kernel = layout === 'NHWC' ? [space + 1, space, ...axes] : range(space + 2);
      const shared = { featureGroups: 1, batchGroups: 1, lhs: image, rhs: kernel, out: image };
      const [strides, dilation] = [1 + r.below(3), 1];
      const avals = [{ shape: x, dtype: 'f32' as const }, { shape: w, dtype: 'f32' as const }];
      const shapeOf = (f: Parameters<typeof program>[1]): readonly number[] | undefined => program(avals, f).outputs[0]?.aval.shape;
      for (const padding of ['same', 'valid'] as const) {
        const p = planConv(x, w, { strides, padding, dilation, layout });
        expect(shapeOf((a, b) => convGeneral(a, b, { ...shared, strides: p.strides, padding: p.padding, lhsDilation: ones, rhsDilation: p.dilation }))).toEqual(p.shape);
        const t = planConvTranspose(x, w, { strides, padding, dilation, layout });
        expect(shapeOf((a, b) => convGeneral(a, b, { ...shared, strides: ones, padding: t.padding, lhsDilation: t.strides, rhsDilation: t.dilation }))).toEqual(t.shape);
        transposed += t.shape.reduce((product, d) => product * d, 1);
        const q = planPool(x, window, { strides, padding, layout });
        const full = <A>(of: readonly A[], other: A): A[] => image.map((_, axis) => of[image.indexOf(axis) - 2] ?? other);
        expect(shapeOf(a => reduceWindowMax(a, {
          window: full(q.window, 1), strides: full(q.strides, 1), padding: full(q.padding, [0, 0]), baseDilation: image.map(() => 1), windowDilation: full(q.dilation, 1),
        }))).toEqual(q.shape);
      }
    }
    expect(transposed).toBeGreaterThan(1000);
  });
  test('the windows of an adaptive pooling cover the axis, none empty', () => {
    expect(planAdaptivePool([1, 5, 1], 3)).toEqual({ shape: [1, 3, 1], windows: [[[0, 2], [1, 4], [3, 5]]] });
    expect(planAdaptivePool([1, 1, 6, 2], [3, 4], 'NCHW')).toEqual({ shape: [1, 1, 3, 4], windows: [[[0, 2], [2, 4], [4, 6]], [[0, 1], [0, 1], [1, 2], [1, 2]]] });
  });
});

test('what only run time can refuse', () => {
  const refused = (f: () => unknown, message: string): void => expect(f).toThrow(new ShapeError(message));
  refused(() => along(8, 3, 1.5, 'valid'), 'conv: stride 1.5 on axis 1 of [1, 8, 1] is not positive');
  refused(() => along(8, 3, 1, 0.5), 'conv: padding 0.5 on axis 1 of [1, 8, 1] is not an integer');
  refused(() => planConv([1, 8, 2], [3, 1, 2], { groups: 1.5 }), 'conv: 1.5 groups');
  refused(() => spread(8, 3, 1, [[0, 0.5]]), 'convTranspose: padding 0.5 on axis 1 of [1, 8, 1] is not an integer');
  refused(() => planAdaptivePool([1, 8, 2], 1.5), 'adaptivePool: size 1.5 on axis 1 of [1, 8, 2] is not positive');
});
