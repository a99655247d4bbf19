// A layer that is the solution of an equation, on one page: z = tanh(W z + x), found by iteration and differentiated without looking at the
// iterations, by the implicit function theorem; `npx tsx examples/fixed-point.ts`. Bai, Kolter, Koltun, "Deep equilibrium models", 2019.
import { pathToFileURL } from 'node:url';
import { customVjp, grad, jit, np, optim, random, scan, tensor, valueAndGrad, vjp, whileLoop, zeros, type Scalar, type Tensor } from 'cotangent';

const width = 6;
/** The state of the layer, and its input. */
export type State = Tensor<[typeof width]>;
/** One step of an iteration that has a fixed point: the next state. */
export type Step<P> = (params: P, z: State) => State;

const tolerance = 1e-6;
const most = 1000;
/** Repeats the step until little changes any more: as many times as it takes, and nothing is kept. */
function iterate(step: (z: State) => State, start: State): State {
  const greatest = (z: State): Scalar => np.max(np.abs(z));
  const [, , z] = whileLoop(
    ([n, before, z]) => np.logicalAnd(np.less(n, most), np.greater(greatest(np.subtract(z, before)), np.multiply(np.add(greatest(z), 1), tolerance))),
    ([n, , z]) => [np.add(n, 1), z, step(z)] as const,
    [tensor(0, 'i32'), start, step(start)] as const,
  );
  return z;
}

/**
 * The z for which z = step(params, z). With J the derivative of the step in z, the derivative of z in params is that of the step divided by
 * 1 - J. So a cotangent c of z is first carried to u = c + J'u, which is a fixed point again, and then through one step.
 */
export const fixedPoint: <P>(step: Step<P>, params: P, start: State) => State = customVjp(
  <P>(step: Step<P>, params: P, start: State): State => iterate(z => step(params, z), start),
  <P>(step: Step<P>, params: P, start: State) => {
    const z = fixedPoint(step, params, start);
    return [z, [params, z]] as const;
  },
  (step, [params, z], c) => {
    const u = fixedPoint(([p, at, ct], v) => np.add(ct, vjp(step, p, at)[1](v)[1]), [params, z, c] as const, c);
    // Where the iteration starts makes no difference.
    return [vjp(step, params, z)[1](u)[0], null];
  },
  { nondiff: [0] },
);

export interface Params { readonly w: Tensor<[typeof width, typeof width]>; readonly x: State }
export const layer: Step<Params> = ({ w, x }, z) => np.tanh(np.add(np.matmul(w, z), x));
const start = zeros([width]);

/** The same value by a fixed number of steps, all of which reverse mode goes back through. */
export const unrolled = (params: Params, steps = 200): State =>
  scan((z: State) => [layer(params, z), null], start, null, { length: steps })[0];

/** How far the layer's output is from a target. */
export const loss = (params: Params, target: State): Scalar => np.sum(np.square(np.subtract(fixedPoint(layer, params, start), target)));

/** Weights small enough for a fixed point, and an input. */
export const example = (seed: number): Params => {
  const [w, x] = random.split(random.key(seed));
  return { w: np.multiply(random.normal(w, [width, width]), 0.15), x: random.normal(x, [width]) };
};

async function main(): Promise<void> {
  let params = example(0);
  const target: State = tensor([0.5, -0.5, 0.25, -0.25, 0, 0.125]);
  const implicit = grad(loss)(params, target).w;
  const through = grad((p: Params) => np.sum(np.square(np.subtract(unrolled(p), target))))(params).w;
  console.log(`gradients by the theorem and through 200 steps differ by ${(await np.max(np.abs(np.subtract(implicit, through))).item()).toExponential(1)}`);
  const optimizer = optim.adam(0.005);
  let state = optimizer.init(params);
  const step = jit(valueAndGrad(loss));
  for (let k = 0; k <= 200; k++) {
    const [value, gradient] = step(params, target);
    if (k % 50 === 0) console.log(`step ${String(k).padStart(3)}  loss ${(await value.item()).toFixed(6)}`);
    const [updates, next] = optimizer.update(gradient, state, params);
    params = optim.applyUpdates(params, updates);
    state = next;
  }
}
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
