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

/** The least of some runs, after warming up, in milliseconds: what else the machine does only adds. */
function least(f: () => unknown, runs = 40): number {
  for (let i = 0; i < 8; i++) f();
  let best = Infinity;
  for (let i = 0; i < runs; i++) {
    const t = performance.now();
    f();
    best = Math.min(best, performance.now() - t);
  }
  return best;
}
const report = (name: string, ms: number, equations: number): void => {
  console.log(`${name.padEnd(44)} ${(ms * 1000 / equations).toFixed(2).padStart(7)} us an equation ${ms.toFixed(2).padStart(9)} ms`);
};

const program = staged();
const n = program.eqns.length;
const { linear, residuals } = linearizeJaxpr(program, [true]);
const mask = linear.inputs.map((_, i) => i >= residuals);
console.log(`${n} equations staged; linear half ${linear.eqns.length}, transposed ${transposeJaxpr(linear, mask).eqns.length}`);
report('stage', least(staged), n);
report('stage with lines (jit, makeJaxpr)', least(() => makeJaxpr((v: T) => chain(v))(x)), n);
report('hash', least(() => hashJaxpr({ ...program })), n);
report('compare', least(() => sameJaxpr(program, { ...program, eqns: [...program.eqns] })), n);
report('check', least(() => checkJaxpr(program)), n);
report('serialise', least(() => serialise({ jaxpr: program, consts: [] })), n);
const text = serialise({ jaxpr: program, consts: [] });
report('deserialise, with checking', least(() => deserialise(text, primitiveByName)), n);
report('jvp', least(() => jvpJaxpr(program, [true])), n);
report('linearize', least(() => linearizeJaxpr(program, [true])), n);
report('transpose, an equation of the linear half', least(() => transposeJaxpr(linear, mask)), linear.eqns.length);
report('vjp', least(() => vjpJaxpr(program, [true])), n);
report('vmap', least(() => batchJaxpr(program, 8, [true])), n);
report('record, unjitted (cut into programs of 512)', least(() => chain(x)), n);
report('record and read', least(() => list(chain(x))), n);
report('unjitted grad, recorded, not run', least(() => grad(loss)(x)), n);
report('unjitted grad, read', least(() => list(grad(loss)(x))), n);
const jitted = jit(grad(loss));
report('jitted grad, read', least(() => list(jitted(x))), n);
report('jit(grad), traced anew', least(() => jit(grad(loss))(x), 7), n);
