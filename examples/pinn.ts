// A physics-informed network on one page: Burgers' equation  u_t + u u_x = ν u_xx  on -1 < x < 1, 0 < t < 1, with u(x, 0) = -sin πx and
// u(±1, t) = 0, solved without any data. The derivatives in the loss are those of the network with respect to its inputs, by `grad`; training
// differentiates the loss again. `npx tsx examples/pinn.ts`. Raissi, Perdikaris, Karniadakis, "Physics-informed neural networks", 2019.
import { pathToFileURL } from 'node:url';
import { grad, jit, linspace, nn, np, optim, random, valueAndGrad, vmap, zeros, type Key, type Scalar, type Tensor } from 'cotangent';

/** The viscosity: small enough that the sine steepens into a front at x = 0. */
const nu = 0.05;

/** A function of place and time. */
export type Field = (x: Scalar, t: Scalar) => Scalar;

/** What a function leaves of the equation: 0 everywhere where it is a solution. */
export const burgers = (u: Field): Field => {
  const [u_x, u_t] = [grad(u), grad(u, { argnums: 1 })];
  const u_xx = grad(u_x);
  return (x, t) => u_t(x, t).add(u(x, t).mul(u_x(x, t))).sub(u_xx(x, t).mul(nu));
};

const net = nn.seq(nn.dense(24), nn.tanh, nn.dense(24), nn.tanh, nn.dense(24), nn.tanh, nn.dense(1));
const start = (key: Key) => nn.init(net, key, zeros([2]));
type Params = ReturnType<typeof start>;

/** The network's u, whose initial and boundary values hold by construction: the equation is all that is left to learn. */
const field = (p: Params): Field => (x, t) => {
  const n = nn.apply(net, p, np.stack([x, t])).squeeze();
  return t.mul(np.subtract(1, x.square())).mul(n).sub(np.sin(x.mul(Math.PI)));
};
const loss = <N extends number>(p: Params, x: Tensor<[N]>, t: Tensor<[N]>): Scalar => vmap(burgers(field(p)))(x, t).square().mean();

/** The closed solution (Cole 1951, Hopf 1950), a ratio of two integrals with a Gaussian weight, by the trapezoidal rule. */
export const exact: Field = (x, t) => {
  const z = linspace(-6, 6, 241);
  const y = x.sub(z.mul(t.mul(4 * nu).sqrt())).mul(Math.PI);
  const weight = np.cos(y).div(-2 * Math.PI * nu).sub(z.square()).exp();
  return np.sin(y).mul(weight).sum().neg().div(weight.sum());
};

export interface Settings { readonly steps: number; readonly points: number; readonly log?: (line: string) => void }

/** Trains the network and compares it with the closed solution: the relative error in the L2 norm over a grid. */
export async function main({ steps, points, log = () => {} }: Settings): Promise<{ readonly error: number; readonly loss: number }> {
  const [paramsKey, pointsKey] = random.split(random.key(0));
  let params = start(paramsKey);
  const adam = optim.adam(optim.cosineDecaySchedule(1e-2, steps));
  let state = adam.init(params);
  const step = jit((p: Params, s: typeof state, key: Key): [Params, typeof state, Scalar] => {
    // New points at every step: the mean over them is the integral over the domain, in expectation.
    const [xs, ts] = random.split(key);
    const x = random.uniform(xs, [points], { minval: -1, maxval: 1 });
    const t = random.uniform(ts, [points]);
    const [value, gradient] = valueAndGrad(loss)(p, x, t);
    const [updates, next] = adam.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, value];
  }, { donate: [0, 1] });

  let value: Scalar = zeros([]);
  for (let k = 1; k <= steps; k++) {
    [params, state, value] = step(params, state, random.foldIn(pointsKey, k));
    if (k % Math.ceil(steps / 10) === 0) log(`step ${String(k).padStart(5)}  mean squared residual ${(await value.item()).toExponential(2)}`);
  }

  const [xs, ts] = np.meshgrid([linspace(-1, 1, 41), linspace(0, 1, 21)]);
  const onGrid = (u: Field) => vmap(vmap(u))(xs, ts);
  const error = await np.linalg.norm(onGrid(field(params)).sub(onGrid(exact))).div(np.linalg.norm(onGrid(exact))).item();
  log(`relative error against the closed solution: ${(100 * error).toFixed(3)} %`);
  return { error, loss: await value.item() };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main({ steps: 3000, points: 512, log: console.log });
