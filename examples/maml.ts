// Learning to learn on one page: parameters from which ONE gradient step on ten points fits a sine wave never seen before. The gradient that
// trains them goes through that inner gradient step, and `vmap` does it for a whole batch of tasks, each with adapted parameters of its own.
// `npx tsx examples/maml.ts`. Finn, Abbeel, Levine, "Model-agnostic meta-learning for fast adaptation of deep networks", 2017, section 5.1.
import { pathToFileURL } from 'node:url';
import { grad, jit, nn, np, optim, random, tree, valueAndGrad, vmap, zeros, type Key, type Scalar, type Tensor } from 'cotangent';

/** How many points of a task are seen, and as many others judge. */
const shots = 10;
/** The inner learning rate. */
const alpha = 0.01;

const net = nn.seq(nn.dense(40), nn.relu, nn.dense(40), nn.relu, nn.dense(1));
export const start = (key: Key) => nn.init(net, key, zeros([shots, 1]));
export type Params = ReturnType<typeof start>;

interface Points { readonly x: Tensor<[typeof shots, 1]>; readonly y: Tensor<[typeof shots, 1]> }
interface Task { readonly seen: Points; readonly unseen: Points }

const loss = (p: Params, { x, y }: Points): Scalar => nn.squaredError(nn.apply(net, p, x), y);

/** One step of gradient descent. */
const adapt = (p: Params, seen: Points): Params => tree.map((w, g) => w.sub(g.mul(alpha)), p, grad(loss)(p, seen));

/** The loss on new points of a task before and after a step on the points seen, averaged over tasks. */
export const before = (p: Params, tasks: Tasks): Scalar => vmap((task: Task) => loss(p, task.unseen))(tasks).mean();
export const after = (p: Params, tasks: Tasks): Scalar => vmap((task: Task) => loss(adapt(p, task.seen), task.unseen))(tasks).mean();

/** A wave a sin(x - b) with a of its own between 0.1 and 5 and b between 0 and π, at points between -5 and 5. */
function wave(key: Key): Task {
  const [amplitude, phase, seen, unseen] = random.split(key, 4);
  const a = random.uniform(amplitude, [], { minval: 0.1, maxval: 5 });
  const b = random.uniform(phase, [], { maxval: Math.PI });
  const points = (k: Key): Points => {
    const x = random.uniform(k, [shots, 1], { minval: -5, maxval: 5 });
    return { x, y: np.sin(x.sub(b)).mul(a) };
  };
  return { seen: points(seen), unseen: points(unseen) };
}
export const waves = (key: Key, count: number) => vmap(wave)(random.splitBatch(key, count));
type Tasks = ReturnType<typeof waves>;

export interface Settings { readonly steps: number; readonly tasks: number; readonly log?: (line: string) => void }

/** Minimises an objective over an endless stream of tasks. */
async function train(objective: typeof after, { steps, tasks, log = () => {} }: Settings): Promise<Params> {
  const [paramsKey, tasksKey] = random.split(random.key(0));
  let params = start(paramsKey);
  const adam = optim.adam(optim.cosineDecaySchedule(3e-3, steps));
  let state = adam.init(params);
  const step = jit((p: Params, s: typeof state, key: Key): [Params, typeof state, Scalar] => {
    const [value, gradient] = valueAndGrad(objective)(p, waves(key, tasks));
    const [updates, next] = adam.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, value];
  }, { donate: [0, 1] });
  for (let k = 1; k <= steps; k++) {
    let value: Scalar;
    [params, state, value] = step(params, state, random.foldIn(tasksKey, k));
    if (k % Math.ceil(steps / 5) === 0) log(`  step ${String(k).padStart(5)}  squared error on ${tasks} tasks ${(await value.item()).toFixed(2)}`);
  }
  return params;
}

/** The squared error on new tasks before and after one step, of parameters learnt for their error before it and for that after it. */
export async function main(settings: Settings) {
  const { log = () => {} } = settings;
  const tasks = waves(random.key(1), 500);
  const judge = async (p: Params) => {
    const errors = { before: await before(p, tasks).item(), after: await after(p, tasks).item() };
    log(`  on new tasks ${errors.before.toFixed(2)}, after one step on ${shots} points of each ${errors.after.toFixed(2)}`);
    return errors;
  };
  log('trained on all tasks at once');
  const ordinary = await judge(await train(before, settings));
  log('trained to be adapted');
  return { ordinary, meta: await judge(await train(after, settings)) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main({ steps: 5000, tasks: 25, log: console.log });
