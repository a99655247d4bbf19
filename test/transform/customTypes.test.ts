// The static types of custom rules, checkpoints and linearTranspose: what the compiler infers, and what it refuses.
import { expect, it } from 'vitest';
import '../../src/index.ts';
import type { Tensor } from '../../src/ir/tensor.ts';
import type { Shape } from '../../src/shape/dim.ts';
import * as np from '../../src/numpy/index.ts';
import { tensor, zeros } from '../../src/numpy/create.ts';
import { checkpoint, checkpointName } from '../../src/transform/checkpoint.ts';
import { customBatching } from '../../src/transform/customBatching.ts';
import { customJvp, straightThrough } from '../../src/transform/customJvp.ts';
import { customVjp } from '../../src/transform/customVjp.ts';
import { grad } from '../../src/transform/grad.ts';
import { linearTranspose } from '../../src/transform/linearTranspose.ts';

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true : false;
/** Compiles only where `A` is the type of the value. */
const is = <A>() => <B>(_value: B, _same: Same<A, B>): void => undefined;

it('types', async () => {
  const x = tensor([1, 2, 3]);
  const sine = customJvp((v: Tensor<[3]>) => np.sin(v), ([v], [dv]) => {
    is<Tensor<[3]>>()(v, true);
    is<Tensor<[3]>>()(dv, true);
    return [np.sin(v), np.multiply(dv, np.cos(v))];
  });
  is<(args_0: Tensor<[3]>) => Tensor<[3]>>()(sine, true);
  const looked = customVjp((table: Tensor<[4]>, i: Tensor<[], 'i32'>) => np.take(table, i), (table, i) => [np.take(table, i), i], (i, ct) => {
    is<Tensor<[], 'i32'>>()(i, true);
    is<Tensor<[]>>()(ct, true);
    return [np.multiply(zeros([4]), ct), null];
  });
  is<Tensor<[]>>()(looked(zeros([4]), tensor(1, 'i32')), true);
  // Arguments that pass through have no cotangent, and come first.
  const power = customVjp((n: number, v: Tensor<[3]>, name: string) => np.multiply(v, n + name.length), (_n, v, _name) => [v, v], (n, name, res, ct) => {
    is<number>()(n, true);
    is<string>()(name, true);
    is<Tensor<[3]>>()(res, true);
    return [np.multiply(ct, n)];
  }, { nondiff: [0, 2] });
  is<Tensor<[3]>>()(power(2, x, 'a'), true);
  customJvp((n: number, v: Tensor<[3]>) => np.multiply(v, n), ([n, v], [dn, dv]) => {
    is<null>()(dn, true);
    is<Tensor<[3]>>()(dv, true);
    return [np.multiply(v, n), np.multiply(dv, n)];
  }, { nondiff: [0] });

  // Generic functions stay generic.
  const generic = checkpoint(<S extends Shape>(v: Tensor<S>) => np.sin(v));
  is<Tensor<[3]>>()(generic(x), true);
  const rounded = straightThrough(<S extends Shape>(v: Tensor<S>) => np.round(v));
  is<Tensor<[3]>>()(rounded(x), true);
  is<Tensor<[3]>>()(checkpointName(x, 'x'), true);
  is<[Tensor<[3]>]>()(linearTranspose((v: Tensor<[3]>) => np.sum(v), x)(tensor(2)), true);
  is<[Tensor<[3]>]>()(linearTranspose((v: Tensor<[3]>) => np.sum(v), { shape: [3], dtype: 'f32' })(tensor(2)), true);
  const twice = customBatching((v: Tensor<[3]>, w: Tensor<[]>) => np.multiply(v, w), (size, [b, c], v, w) => {
    is<number>()(size, true);
    is<boolean>()(b, true);
    is<Tensor<readonly number[]>>()(v, true);
    return [np.multiply(v, w), b || c];
  });
  is<Tensor<[3]>>()(twice(x, tensor(2)), true);

  expect(await grad((v: Tensor<[3]>) => np.sum(sine(v)))(x).js()).toEqual(await np.cos(x).js());
  expect(await grad((v: Tensor<[3]>) => np.sum(np.multiply(rounded(v), v)))(tensor([1.25, 2.5, 3])).js()).toEqual([2.25, 4.5, 6]);

  const wrong = (): void => {
    // @ts-expect-error the rule's value has another shape
    customJvp((v: Tensor<[3]>) => np.sin(v), ([v], [dv]) => [np.sum(v), dv]);
    // @ts-expect-error the rule's derivative has another shape
    customJvp((v: Tensor<[3]>) => np.sin(v), ([v], [dv]) => [np.sin(v), np.sum(dv)]);
    // @ts-expect-error one cotangent is missing
    customVjp((a: Tensor<[3]>, b: Tensor<[3]>) => np.add(a, b), (a, b) => [np.add(a, b), null], (_r, ct) => [ct]);
    // @ts-expect-error a cotangent of another shape
    customVjp((a: Tensor<[3]>) => np.sum(a), a => [np.sum(a), null], (_r, ct) => [ct]);
    // @ts-expect-error no such policy
    checkpoint((v: Tensor<[3]>) => v, { policy: 'some' });
    // @ts-expect-error not the function's own shape
    straightThrough((v: Tensor<[3]>) => np.sum(v));
    // @ts-expect-error another shape than the argument
    linearTranspose((v: Tensor<[3]>) => np.sum(v), { shape: [4], dtype: 'f32' });
  };
  expect(wrong).toBeTypeOf('function');
});
