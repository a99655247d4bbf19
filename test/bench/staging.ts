// What tracing and transforming cost, in microseconds an equation, and an unjitted gradient of 2,000 equations a call.
// Run: npx tsx test/bench/staging.ts (a report, no test: it asserts nothing about time).
import { checkJaxpr } from '../../src/ir/check.ts';
import { hashJaxpr, sameJaxpr } from '../../src/ir/hash.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { serialise } from '../../src/ir/serialise.ts';
import { deserialise } from '../../src/ir/deserialise.ts';
import { primitiveByName } from '../../src/primitive/index.ts';
import { stage } from '../../src/trace/scope.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { jvpJaxpr, linearizeJaxpr, transposeJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { add, f64, grad, jit, list, makeJaxpr, mul, sin, sum, tanh, type T } from '../trace/language.ts';

const EQUATIONS = 2000;
/** Of five operations two are products, two transcendentals, one a sum. */
const chain = (x: T, n = EQUATIONS): T => {
  let y = x;
  for (let i = 0; i < n; i += 5) y = add(mul(sin(y), x), mul(tanh(y), y));
  return y;
};
const x = f64([0.1, 0.2, 0.3, 0.4]);
const loss = (v: T): T => sum(chain(v, EQUATIONS - 1));
const staged = (): Jaxpr => stage('bench', [x.aval], ([v]) => v === undefined ? [] : [chain(v)]).jaxpr;

/** The median of some runs, after warming up, in milliseconds. */
function median(f: () => unknown, runs = 15): number {
  for (let i = 0; i < 4; i++) f();
  const times = Array.from({ length: runs }, () => { const t = performance.now(); f(); return performance.now() - t; }).sort((a, b) => a - b);
  return times[runs >> 1] ?? NaN;
}
const report = (name: string, ms: number, equations: number): void => {
  console.log(`${name.padEnd(44)} ${(ms * 1000 / equations).toFixed(2).padStart(7)} us an equation ${ms.toFixed(2).padStart(9)} ms`);
};

const program = staged();
const n = program.eqns.length;
const { linear, residuals } = linearizeJaxpr(program, [true]);
const mask = linear.inputs.map((_, i) => i >= residuals);
console.log(`${n} equations staged; linear half ${linear.eqns.length}, transposed ${transposeJaxpr(linear, mask).eqns.length}`);
report('stage', median(staged), n);
report('stage with lines (jit, makeJaxpr)', median(() => makeJaxpr((v: T) => chain(v))(x)), n);
report('hash', median(() => hashJaxpr({ ...program })), n);
report('compare', median(() => sameJaxpr(program, { ...program, eqns: [...program.eqns] })), n);
report('check', median(() => checkJaxpr(program)), n);
report('serialise', median(() => serialise({ jaxpr: program, consts: [] })), n);
const text = serialise({ jaxpr: program, consts: [] });
report('deserialise, with checking', median(() => deserialise(text, primitiveByName)), n);
report('jvp', median(() => jvpJaxpr(program, [true])), n);
report('linearize', median(() => linearizeJaxpr(program, [true])), n);
report('transpose, an equation of the linear half', median(() => transposeJaxpr(linear, mask)), linear.eqns.length);
report('vjp', median(() => vjpJaxpr(program, [true])), n);
report('vmap', median(() => batchJaxpr(program, 8, [true])), n);
report('record, unjitted (cut into programs of 512)', median(() => chain(x)), n);
report('record and read', median(() => list(chain(x))), n);
report('unjitted grad, recorded, not run', median(() => grad(loss)(x)), n);
report('unjitted grad, read', median(() => list(grad(loss)(x))), n);
const jitted = jit(grad(loss));
report('jitted grad, read', median(() => list(jitted(x))), n);
report('jit(grad), traced anew', median(() => jit(grad(loss))(x), 7), n);
