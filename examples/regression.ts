// Linear and logistic regression on one page: `npx tsx examples/regression.ts`. A model is a function, a loss is a function of its
// parameters, and `grad` makes of the one the other's gradient. Both losses are convex: there is one best answer, and whatever looks for
// it must end there, gradient descent in many cheap steps, Newton's method in a few that solve an equation each.
// Shapes: examples N, features F.
import { pathToFileURL } from 'node:url';
import { grad, jit, nn, np, optim, random, tensor, tree, zeros, type Key, type Scalar, type Tensor } from 'cotangent';

const N = 500;
const F = 3;
export interface Params { readonly w: Tensor<[typeof F]>; readonly b: Scalar }
export interface Examples { readonly x: Tensor<[typeof N, typeof F]>; readonly y: Tensor<[typeof N]> }
export type Loss = (p: Params, examples: Examples) => Scalar;

/** What made the examples, and what a fit should find again. */
export const truth: Params = { w: tensor([2, -1, 0.5]), b: tensor(0.25) };
const start: Params = { w: zeros([F]), b: zeros([]) };

/** x w + b: a number for each example. */
const affine = ({ w, b }: Params, x: Examples['x']): Examples['y'] => x.matmul(w).add(b);

/** The mean of (x w + b - y)^2. Legendre, 1805; Gauss, 1809: most likely where y differs from the plane by normal noise. */
export const squaredLoss: Loss = (p, { x, y }) => nn.squaredError(affine(p, x), y);
/** The mean of -log P(y | x), where x w + b is the logarithm of the odds that y is 1. Cox, 1958. */
export const logisticLoss: Loss = (p, { x, y }) => nn.binaryCrossEntropy(affine(p, x), y);

/** Examples of a plane with noise, and of a coin whose odds depend on x. */
export function draw(key: Key): { readonly plane: Examples; readonly coin: Examples } {
  const [inputs, noise, toss] = random.split(key, 3);
  const x = random.normal(inputs, [N, F]);
  const exact = affine(truth, x);
  const heads = random.bernoulli(toss, nn.sigmoid(exact));
  return { plane: { x, y: exact.add(random.normal(noise, [N]).mul(0.3)) }, coin: { x, y: heads.astype('f32') } };
}

/** p - rate * gradient, `steps` times. Cauchy, 1847. */
export function descent(loss: Loss, examples: Examples, { steps, rate }: { readonly steps: number; readonly rate: number }): Params {
  const step = jit((p: Params) => tree.map((w, slope) => w.sub(slope.mul(rate)), p, grad(loss)(p, examples)));
  let p = start;
  for (let k = 0; k < steps; k++) p = step(p);
  return p;
}

/** p - H^-1 gradient, `steps` times. H, the second derivative, is never written down: conjugate gradients only ask for H v. */
export function newton(loss: Loss, examples: Examples, { steps }: { readonly steps: number }): Params {
  const at = (p: Params): Scalar => loss(p, examples);
  const step = jit((p: Params) => tree.map(np.subtract, p, optim.conjugateGradient(v => optim.hvp(at, p, v), grad(at)(p))));
  let p = start;
  for (let k = 0; k < steps; k++) p = step(p);
  return p;
}

async function main(): Promise<void> {
  const { plane, coin } = draw(random.key(0));
  const show = async (what: string, p: Params, loss: Loss, examples: Examples): Promise<void> => {
    const numbers = [...await p.w.js(), await p.b.item()].map(v => v.toFixed(4).padStart(8));
    console.log(`${what.padEnd(30)} w, b =${numbers.join('')}   loss ${(await loss(p, examples).item()).toFixed(5)}`);
  };
  console.log('linear regression: the noise has variance 0.09');
  await show('  the truth', truth, squaredLoss, plane);
  await show('  gradient descent, 100 steps', descent(squaredLoss, plane, { steps: 100, rate: 0.1 }), squaredLoss, plane);
  // The loss is a parabola, so one step solves it: these are the normal equations, X'X w = X'y.
  await show('  Newton, 1 step', newton(squaredLoss, plane, { steps: 1 }), squaredLoss, plane);

  console.log('logistic regression: blind guesses have a loss of log 2 = 0.69315');
  await show('  the truth', truth, logisticLoss, coin);
  for (const steps of [10, 100, 1000]) await show(`  gradient descent, ${steps} steps`, descent(logisticLoss, coin, { steps, rate: 0.5 }), logisticLoss, coin);
  for (const steps of [1, 3, 6]) await show(`  Newton, ${steps} step${steps > 1 ? 's' : ''}`, newton(logisticLoss, coin, { steps }), logisticLoss, coin);
}
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
