// A whole optimiser step is one kernel a leaf, and one for what depends on the count alone: moments, bias, decay and the sum are fused.
import { expect, test } from 'vitest';
import { bestRung } from '../../src/backend/wasm/backend.ts';
import { targetOf } from '../../src/backend/wasm/program.ts';
import { fuse } from '../../src/compile/fuse.ts';
import { inlineCalls } from '../../src/ir/inline.ts';
import { removeDead } from '../../src/ir/jaxpr.ts';
import * as nn from '../../src/nn/index.ts';
import { zeros } from '../../src/numpy/create.ts';
import * as optim from '../../src/optim/index.ts';
import * as random from '../../src/random/index.ts';
import { makeJaxpr } from '../../src/transform/look.ts';

const net = nn.seq(nn.dense(16), nn.relu, nn.dense(16), nn.relu, nn.dense(4));
const params = nn.init(net, random.key(0), zeros([1, 8]));
type P = typeof params;
type Rule = optim.Optimizer<readonly optim.StateKind[]>;
const leaves = 6;
test.each([
  ['sgd', optim.sgd(0.1), 0], ['momentum', optim.sgd(0.1, { momentum: 0.9 }), 0], ['adam', optim.adam(1e-3), 1], ['adamw', optim.adamw(1e-3), 1], ['radam', optim.radam(1e-3), 1],
  ['lion', optim.lion(1e-4), 1], ['rmsprop', optim.rmsprop(0.1, { centered: true, momentum: 0.9 }), 1], ['adam by a schedule', optim.adam(optim.cosineDecaySchedule(0.1, 100)), 2],
] as readonly (readonly [string, Rule, number])[])('%s', (_name, rule, scalars) => {
  const step = (p: P, s: optim.StatesOf<readonly optim.StateKind[], P>, g: P): readonly unknown[] => {
    const [updates, next] = rule.update(g as never, s, p);
    return [optim.applyUpdates(p, updates), next];
  };
  const program = removeDead(inlineCalls(makeJaxpr(step)(params, rule.init(params), params).jaxpr));
  const steps = fuse(program, targetOf(bestRung()));
  expect(steps.every(s => s.kind === 'kernel')).toBe(true);
  expect(steps.length).toBe(leaves + scalars);
});
