// Two plain classifiers to judge a dataset by, in arrays and loops: what a linear model and what nearest neighbours make of it.
// Apart from the library on purpose.

import type { Dataset } from '../../src/data/dataset.ts';

/** The share of test examples whose three nearest training examples (Euclidean; the nearest decides a tie) say the right class. */
export const nearestNeighbours = ({ train, test, features }: Dataset): number => {
  let right = 0;
  for (let i = 0; i < test.count; i++) {
    const example = test.x.subarray(i * features, (i + 1) * features);
    const best = [Infinity, Infinity, Infinity];
    const classes = [-1, -1, -1];
    for (let j = 0; j < train.count; j++) {
      let distance = 0;
      const start = j * features;
      for (let k = 0; k < features; k++) {
        const difference = (example[k] ?? 0) - (train.x[start + k] ?? 0);
        distance += difference * difference;
        if ((k & 63) === 63 && distance > (best[2] ?? 0)) break;
      }
      for (let place = 0; place < 3; place++) {
        if (distance >= (best[place] ?? 0)) continue;
        best.splice(place, 0, distance);
        classes.splice(place, 0, train.y[j] ?? -1);
        best.pop();
        classes.pop();
        break;
      }
    }
    const [first, second, third] = classes;
    if ((second === third ? second : first) === test.y[i]) right++;
  }
  return right / test.count;
};

/** Softmax of one example's logits, in place. */
const softmax = (logits: Float64Array): void => {
  const most = Math.max(...logits);
  let sum = 0;
  for (let c = 0; c < logits.length; c++) sum += logits[c] = Math.exp((logits[c] ?? 0) - most);
  for (let c = 0; c < logits.length; c++) logits[c] = (logits[c] ?? 0) / sum;
};

/**
 * The test accuracy of multinomial logistic regression, trained by Adam on batches of 64 in order: the best of the
 * accuracies after each pass, so that it is judged at its most flattering moment.
 */
export const logisticRegression = ({ train, test, features, classes }: Dataset, passes: number): number => {
  const size = (features + 1) * classes; // the biases are the last row
  const [weights, gradient, mean, square] = [new Float64Array(size), new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const logits = new Float64Array(classes);
  const predict = (x: Float32Array, start: number): void => {
    logits.set(weights.subarray(features * classes));
    for (let k = 0; k < features; k++) {
      const value = x[start + k] ?? 0;
      if (value !== 0) for (let c = 0; c < classes; c++) logits[c] = (logits[c] ?? 0) + value * (weights[k * classes + c] ?? 0);
    }
  };
  const accuracy = (): number => {
    let right = 0;
    for (let i = 0; i < test.count; i++) {
      predict(test.x, i * features);
      if (logits.indexOf(Math.max(...logits)) === test.y[i]) right++;
    }
    return right / test.count;
  };
  const batch = 64;
  const steps = passes * Math.floor(train.count / batch);
  let best = 0;
  for (let step = 1; step <= steps; step++) {
    gradient.fill(0);
    for (let b = 0; b < batch; b++) {
      const i = ((step - 1) * batch + b) % train.count;
      predict(train.x, i * features);
      softmax(logits);
      const label = train.y[i] ?? 0;
      logits[label] = (logits[label] ?? 0) - 1;
      for (let k = 0; k <= features; k++) {
        const value = k < features ? train.x[i * features + k] ?? 0 : 1;
        if (value !== 0) for (let c = 0; c < classes; c++) gradient[k * classes + c] = (gradient[k * classes + c] ?? 0) + value * (logits[c] ?? 0) / batch;
      }
    }
    const rate = 0.004 * (1 - step / (steps + 1)) / (1 - 0.9 ** step);
    const squares = 1 - 0.999 ** step;
    for (let p = 0; p < size; p++) {
      const g = gradient[p] ?? 0;
      mean[p] = 0.9 * (mean[p] ?? 0) + 0.1 * g;
      square[p] = 0.999 * (square[p] ?? 0) + 0.001 * g * g;
      weights[p] = (weights[p] ?? 0) - rate * (mean[p] ?? 0) / (Math.sqrt((square[p] ?? 0) / squares) + 1e-8);
    }
    if (step % Math.floor(train.count / batch) === 0) best = Math.max(best, accuracy());
  }
  return best;
};
