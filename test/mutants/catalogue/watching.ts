// Mistakes in what looks at programs while they run: taps, checkNaN, checked, and the backend that must not pass over them.
import { mutantsOf, type Mutant } from '../mutant.ts';

const tap = 'test/transform/tap.test.ts';
const checkNaN = 'test/transform/checkNaN.test.ts';
const checked = 'test/transform/checked.test.ts';

export const watching: readonly Mutant[] = [
  ...mutantsOf('src/primitive/tap.ts', {
    'tap: it has no effect, so that dead ones go': [tap, `properties: { ...pure, effect: 'ordered' }`, 'properties: pure'],
    'tap: a batch is shown as one': [tap, 'batchAxes: batchAxes + 1', 'batchAxes'],
    'tap: tangents stop': [tap, 'jvp: (_x, t) => t,', 'jvp: (_x, t) => t.map(() => null),'],
    'tap: a derivative shows its tangents': [tap, 'jvp: (_x, t) => t,', 'jvp: (x, t) => bind(record, t.map((v, i) => v ?? at(x, i)), { batchAxes: 0 }),'],
    'tap: operands that are not batched are batched results': [tap, 'batched[i] === true ? at(all, i) : v), batched', 'at(all, i)), batched'],
    'tap: every example is the first one': [tap, 'x.data.subarray(i * n, (i + 1) * n)', 'x.data.subarray(0, n)'],
  }),
  ...mutantsOf('src/ir/jaxpr.ts', {
    'effects: dead ones inside bodies go': [tap, 'bodiesOf(e.params).reduce<Effect>((all, b) => strongest(all, effectOfJaxpr(b)), e.primitive.properties.effect)', 'e.primitive.properties.effect'],
  }),
  ...mutantsOf('src/primitive/invariant.ts', {
    'scan: an effect that does not change from step to step is taken out of the loop': [tap, `&& effectOf(e) === 'none' && `, '&& '],
  }),
  ...mutantsOf('src/primitive/checkNaN.ts', {
    'checkNaN: a NaN that came in is blamed on who passes it': [checkNaN, 'if (k < 0 || inputs.some(x => isFloat(x.dtype) && x.data.some(bad))) continue;', 'if (k < 0) continue;'],
    'checkNaN: infinities inside bodies pass': [checkNaN, 'return new NaNWatch(this.#infinities, eqn', 'return new NaNWatch(false, eqn'],
    'checkNaN: steps are counted from 1': [checkNaN, 'this.#entered.set(eqn, bodies.set(body, step + 1));\n    return', 'this.#entered.set(eqn, bodies.set(body, step + 1));\n    if (step >= 0) return new NaNWatch(this.#infinities, eqn.primitive.properties.loop ? [...this.#steps, `step ${step + 1} of ${eqn.primitive.name}`] : this.#steps);\n    return'],
    'checkNaN: infinities are never stopped': [checkNaN, 'if (this.#infinities) this.#stop(', 'if (this.#steps.length > 9) this.#stop('],
    'checkNaN: it is gone after a transform': [checkNaN, 'rules: callRules((x, p, jaxpr) => bind(checkNaNP, x, { ...p, jaxpr })),', 'rules: callRules((x, _p, jaxpr) => evalJaxpr(jaxpr, x.map(v => handleOf(v)))),'],
  }),
  ...mutantsOf('src/backend/wasm/watched.ts', {
    'wasm: what is watched is compiled, and nothing is seen': ['test/backend/flow.test.ts', `(e.primitive.lowering.kind === 'host' || bodies.some(isWatched))`, 'bodies.some(isWatched)'],
    'wasm: lines are those of the program that was compiled first': ['test/backend/flow.test.ts', 'executable.run(operands, donated, program)', 'executable.run(operands, donated)'],
  }),
  ...mutantsOf('src/transform/checked.ts', {
    'checked: the last violation counts': [checked, 'select(isOne(earlier), earlier, later)', 'select(isOne(later), later, earlier)'],
    'checked: steps of inner loops stand in the place of outer ones': [checked, 'const slot = firstStepSlot + loops.length;', 'const slot = firstStepSlot;'],
    'checked: of many elements the first is named': [checked, `const index = argmax(convert(found, 'i32'), 0);`, `const index = argmax(convert(not(found), 'i32'), 0);`],
    'checked: bodies of loops are not looked into': [checked, 'if (bodies.length > 0) return bodies.some(b => mayViolate(b, nan));', 'if (bodies.length > 0) return false;'],
    'checked: a NaN that came in is a violation': [checked, 'clean.reduce<AnyTensor>(and, isNaN(y))', 'clean.slice(0, 0).reduce<AnyTensor>(and, isNaN(y))'],
  }),
  ...mutantsOf('src/primitive/violation.ts', {
    'checked: derivatives may be read without a violation': [checked, 'jvp: ([violation], [, ...t]) => withViolation(violation, t),', 'jvp: (_x, [, ...t]) => t,'],
    'checked: only the first example is read': [checked, 'row + width <= data.length; row += width', 'row + width <= width; row += width'],
  }),
];
