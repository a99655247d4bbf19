// Learning to balance a pole by trial and error on one page: the cart and the physics are pure functions, an episode is a `scan`, a batch of
// episodes a `vmap`, and the policy gradient the `grad` of a surrogate: the mean of log π(action | state) times how well things went from there.
// `npx tsx examples/reinforce.ts`. Williams, "Simple statistical gradient-following algorithms", 1992; Barto, Sutton, Anderson, 1983.
import { pathToFileURL } from 'node:url';
import { grad, jit, nn, np, optim, random, scan, stopGradient, tensor, tree, vmap, zeros, type Key, type Scalar, type Tensor } from 'cotangent';

// ---- the world: a pole on a cart on a rail, in metres, radians and seconds, pushed left or right fifty times a second
export interface State { readonly x: Scalar; readonly v: Scalar; readonly angle: Scalar; readonly spin: Scalar }
const [gravity, cart, pole, half, force, dt] = [9.8, 1, 0.1, 0.5, 10, 0.02];
const mass = cart + pole;

/** The state a moment later. */
export function move({ x, v, angle, spin }: State, push: Scalar): State {
  const [sin, cos] = [np.sin(angle), np.cos(angle)];
  const pushed = spin.square().mul(sin).mul(pole * half).add(push).div(mass);
  const turning = sin.mul(gravity).sub(cos.mul(pushed)).div(np.subtract(4 / 3, cos.square().mul(pole / mass)).mul(half));
  const speeding = pushed.sub(turning.mul(cos).mul(pole * half / mass));
  return { x: x.add(v.mul(dt)), v: v.add(speeding.mul(dt)), angle: angle.add(spin.mul(dt)), spin: spin.add(turning.mul(dt)) };
}
const stands = ({ x, angle }: State): Scalar<'bool'> => np.logicalAnd(x.abs().less(2.4), angle.abs().less(12 * Math.PI / 180));

// ---- the policy: a network from the state to the log odds of left and right
const net = nn.seq(nn.dense(32), nn.tanh, nn.dense(2));
export const start = (key: Key) => nn.init(net, key, zeros([4]));
export type Params = ReturnType<typeof start>;
const logits = (p: Params, { x, v, angle, spin }: State): Tensor<[2]> => nn.apply(net, p, np.stack([x, v, angle, spin]));

/** An episode of `steps` steps: of each the reward, 1 while the pole stands, and the log probability of what was done. */
function episode(p: Params, key: Key, steps: number) {
  const [startKey, actionKey] = random.split(key);
  const [x, v, angle, spin] = np.unstack(random.uniform(startKey, [4], { minval: -0.05, maxval: 0.05 }));
  return scan(([state, alive], k) => {
    const odds = logits(p, state);
    const action = random.categorical(k, odds);
    const next = move(state, np.where(np.equal(action, 1), force, -force));
    const standing = np.logicalAnd(alive, stands(next));
    return [[tree.map((after, now) => np.where(standing, after, now), next, state), standing], {
      reward: alive.astype('f32'),
      logp: np.where(alive, nn.logSoftmax(odds).take(action), 0),
    }];
  }, [{ x, v, angle, spin }, tensor(true)], random.splitBatch(actionKey, steps))[1];
}
/** What is still to come at each step: the sum of rewards from there, each step later worth a hundredth less. */
const toCome = <N extends number>(rewards: Tensor<[N]>): Tensor<[N]> =>
  scan((later, reward) => { const sum = reward.add(later.mul(0.99)); return [sum, sum]; }, tensor(0), rewards, { reverse: true })[1];

/** The surrogate, whose gradient is minus that of the expected reward, by the score function; and the mean length of an episode. */
export function surrogate(p: Params, key: Key, episodes: number, steps: number): [Scalar, Scalar] {
  const { reward, logp } = vmap((k: Key) => episode(p, k, steps))(random.splitBatch(key, episodes));
  // Better or worse than the others at that time: the mean changes no expectation, and takes most of the noise away.
  const sums = vmap(toCome)(reward);
  const advantage = stopGradient(sums.sub(sums.mean({ axis: 0 })));
  return [logp.mul(advantage).sum().div(-episodes * steps), reward.sum({ axis: 1 }).mean()];
}

export interface Settings { readonly updates: number; readonly episodes: number; readonly steps: number; readonly log?: (line: string) => void }

/** Learns, and returns how long the pole stood on average in each batch of episodes. */
export async function main({ updates, episodes, steps, log = () => {} }: Settings): Promise<readonly number[]> {
  const [paramsKey, playKey] = random.split(random.key(0));
  let params = start(paramsKey);
  const adam = optim.adam(1e-2);
  let state = adam.init(params);
  const step = jit((p: Params, s: typeof state, key: Key): [Params, typeof state, Scalar] => {
    const [gradient, length] = grad((q: Params) => surrogate(q, key, episodes, steps), { hasAux: true })(p);
    const [change, next] = adam.update(gradient, s, p);
    return [optim.applyUpdates(p, change), next, length];
  }, { donate: [0, 1] });
  const lengths: Promise<number>[] = [];
  for (let k = 1; k <= updates; k++) {
    let length: Scalar;
    [params, state, length] = step(params, state, random.foldIn(playKey, k));
    lengths.push(length.item());
    if (k === 1 || k % Math.ceil(updates / 10) === 0) log(`update ${String(k).padStart(3)}  the pole stood ${(await length.item()).toFixed(1).padStart(5)} of ${steps} steps`);
  }
  return Promise.all(lengths);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main({ updates: 60, episodes: 32, steps: 500, log: console.log });
