// What a primitive's record claims of itself, tried on one application: its evaluation writes what its type rule says and nothing else,
// its properties are true, its stated error bound holds between float32 and float64. Pure predicates.
import { dtypeInfo, isFloat } from '../../src/dtype/dtype.ts';
import { sameShape, showAval, sizeOf } from '../../src/ir/aval.ts';
import { emptyArray } from '../../src/ir/ndarray.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { Application } from '../application.ts';
import { arrayOf, copyOf, elementOf, zerosOf } from '../array.ts';
import { each, equal, identical } from '../close.ts';
import { agree, both, broken, holds, silent, type Law, type Verdict } from '../law.ts';
import type { Random } from '../random.ts';
import { showArray } from '../show.ts';
import { transposeIsAdjoint, transposeIsInvolution } from './transpose.ts';

/** Evaluates the record by itself, on given arrays. Operations that name an axis have no meaning by themselves. */
function evaluate({ primitive, params, avals }: Application, inputs: readonly NDArray[], outputs?: readonly NDArray[]): readonly NDArray[] {
  const results = outputs ?? primitive.type(avals, params).map(a => emptyArray(a));
  primitive.evaluate(inputs, params, results, (body, args) => evaluateJaxpr(body, args));
  return results;
}
const meansNothingAlone = (a: Application): boolean => a.primitive.properties.namedAxis;

/** An array that notes reads and writes at places it does not have. */
function guarded(x: NDArray, note: (access: string) => void): NDArray {
  const data = new Proxy(x.data, {
    get(target, key) {
      if (typeof key === 'string' && isIndex(key) && !(key in target)) note(`reads element ${key} of ${showAval(x)}`);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? bound(value, target) : value;
    },
    set(target, key, value) {
      if (typeof key === 'string' && !(key in target)) note(`writes element ${key} of ${showAval(x)}`);
      return Reflect.set(target, key, value, target);
    },
  });
  return { ...x, data };
}
const isIndex = (key: string): boolean => key !== '' && !Number.isNaN(Number(key));
const bound = (method: unknown, target: object): unknown => typeof method === 'function' && method !== target.constructor ? method.bind(target) as unknown : method;

/** The rule of types and the evaluation agree: nothing is read or written outside, inputs stay as they are, and twice gives the same. */
export const evaluationKeepsToItsArrays: Law<Application> = {
  number: 21, name: 'evaluation reads and writes only the elements that its type rule gives it, and is deterministic',
  holds(a) {
    if (meansNothingAlone(a)) return silent;
    const outside: string[] = [];
    const before = a.inputs.map(copyOf);
    const given = a.inputs.map(x => guarded(x, s => outside.push(s)));
    const results = a.primitive.type(a.avals, a.params).map(v => emptyArray(v));
    evaluate(a, given, results.map(r => guarded(r, s => outside.push(s))));
    return both(
      () => outside.length === 0 ? holds : broken({ what: `evaluation against the type rule ${a.primitive.type(a.avals, a.params).map(showAval).join()}`, differ: outside.slice(0, 3).join('; ') }),
      () => agree('the inputs after evaluation against those before', a.inputs, before, each(identical)),
      () => agree('a second evaluation against the first', evaluate(a, a.inputs), results, each(identical)),
    );
  },
};

const reversed = (x: NDArray): NDArray => ({ ...x, data: x.data.slice().reverse() });
const splat = (x: NDArray, value: number): NDArray => arrayOf(x, () => value);
const claim = (name: string, verdict: Verdict): Verdict => verdict.kind === 'broken' ? broken({ ...verdict.breach, what: `property ${name}: ${verdict.breach.what}` }) : verdict;

function isElementwise(a: Application): Verdict {
  const results = evaluate(a, a.inputs);
  const shape = results[0]?.shape ?? [];
  const misfit = [...a.inputs, ...results].find(x => !sameShape(x.shape, shape));
  if (misfit !== undefined) return broken({ what: 'shapes of operands and results', differ: `${showAval(misfit)} beside [${shape.join()}]` });
  const n = sizeOf(shape);
  const i = n >> 1;
  // Everything but element i is replaced by element 0: element i must not notice.
  const others = a.inputs.map(x => arrayOf(x, k => elementOf(x, k === i ? i : 0)));
  const alone = evaluate(a, others);
  return both(
    () => agree('the reversed operands against the reversed result', evaluate(a, a.inputs.map(reversed)), results.map(reversed), each(identical)),
    () => n === 0 ? holds : agree(`element ${i} after the others changed`, alone.map(y => splat(y, elementOf(y, i))), results.map(y => splat(y, elementOf(y, i))), each(identical)),
  );
}
function isZeroPreserving(a: Application): Verdict {
  const { linear } = a.primitive;
  const sets = linear?.linearIn(a.inputs.length, a.params) ?? [];
  // What is linear in {0} and in {0, 1} keeps zeros where both are zero.
  const largest = sets.filter(s => !sets.some(t => t.length > s.length && s.every(i => t.includes(i))));
  const all = a.inputs.map((_, i) => i);
  return both(...(largest.length > 0 ? largest : [all]).map(set => () => {
    const results = evaluate(a, a.inputs.map((x, i) => set.includes(i) ? splat(x, 0) : x));
    return agree(`the result for zeros in operands ${set.join()}`, results, results.map(zerosOf).map((z, k) => ({ ...z, data: emptyArray(results[k] ?? z).data })), each(equal));
  }));
}
const isCommutative = (a: Application): Verdict => {
  const [x, y, ...rest] = a.inputs;
  return x === undefined || y === undefined ? silent : agree('the operands exchanged', evaluate(a, [y, x, ...rest]), evaluate(a, a.inputs), each(identical));
};
function keepsSplats(a: Application): Verdict {
  const [x] = a.inputs;
  if (x === undefined || a.inputs.length > 1) return silent;
  const value = x.data.length > 0 ? elementOf(x, 0) : 1;
  const results = evaluate(a, [splat(x, value)]);
  return agree(`the result for a splat of ${value}`, results, results.map(y => splat(y, value)), each(identical));
}

export const propertiesAreTrue: Law<Application> = {
  number: 26, name: 'the properties that the record states are true',
  holds(a) {
    if (meansNothingAlone(a)) return silent;
    const { elementwise, zeroPreserving, commutative, splat: splats } = a.primitive.properties;
    const numbers = a.point.taste === 'plain' || a.point.taste === 'ties';
    return both(
      () => elementwise ? claim('elementwise', isElementwise(a)) : silent,
      () => zeroPreserving && numbers ? claim('zeroPreserving', isZeroPreserving(a)) : silent,
      () => commutative ? claim('commutative', isCommutative(a)) : silent,
      () => splats ? claim('splat', keepsSplats(a)) : silent,
    );
  },
};

/** One unit in the last place of `x` in a float dtype. */
function unitOf(x: number, dtype: NDArray['dtype']): number {
  const [digits, least] = dtype === 'f16' ? [11, 2 ** -24] : dtype === 'f32' ? [24, 2 ** -149] : [53, 2 ** -1074];
  const m = Math.abs(x);
  return m === 0 ? least : Math.max(least, 2 ** (Math.floor(Math.log2(m)) - digits + 1));
}
/** float32 results stored by the reference are the float64 ones to within the bound, which is half a unit where there is any rounding. */
export const boundHolds: Law<Application> = {
  number: 30, name: 'float32 results are within the stated bound of float64 ones',
  holds(a) {
    // Of an operation that holds programs, the rounding is that of their equations.
    if (meansNothingAlone(a) || a.primitive.rules.kind === 'nested') return silent;
    const { ulp } = a.primitive;
    const exact = evaluateJaxpr(a.point.jaxpr, a.inputs);
    const wide = evaluateJaxpr(a.point.jaxpr, a.inputs, 'wide');
    return both(...exact.map((x, o) => () => {
      const y = wide[o];
      if (y === undefined) return silent;
      // Only a rounding of its own, a conversion, may part from the bound: it states it.
      for (let i = 0; i < x.data.length; i++) {
        const [got, want] = [elementOf(x, i), elementOf(y, i)];
        if (Object.is(got, want) || (got !== got && want !== want)) continue;
        const overflows = Math.abs(want) > dtypeInfo[x.dtype].max && !Number.isFinite(got);
        const allowed = ulp * unitOf(want, x.dtype);
        if (isFloat(x.dtype) ? !overflows && !(Math.abs(got - want) <= allowed) : got !== want) {
          return broken({ what: `result ${o} in ${x.dtype} against float64, bound ${ulp} ulp`, differ: `element ${i}: ${got} against ${want}`, left: showArray(x), right: showArray(y) });
        }
      }
      return holds;
    }));
  },
};

/** Each set of operands that the record claims to be linear in; where `tied` is given and a float among the others may decide, at equal ones as well. */
function eachLinearSet(a: Application, tied: Random | null, law: (mask: readonly boolean[], inputs: readonly NDArray[]) => Verdict): Verdict {
  const sets = a.primitive.linear?.linearIn(a.inputs.length, a.params) ?? [];
  const floats = sets.filter(s => s.length > 0 && s.every(i => isFloat(a.avals[i]?.dtype ?? 'bool')));
  return both(...floats.flatMap(s => {
    const at = (inputs: () => readonly NDArray[]) => (): Verdict => {
      const verdict = law(a.avals.map((_, i) => s.includes(i)), inputs());
      return verdict.kind === 'broken' ? broken({ ...verdict.breach, what: `linear in operands ${s.join()}: ${verdict.breach.what}` }) : verdict;
    };
    const decides = a.avals.some((v, i) => !s.includes(i) && isFloat(v.dtype));
    return [at(() => a.inputs), ...decides && tied !== null ? [at(() => a.tied(tied).inputs)] : []];
  }));
}
export const transposesAreAdjoint: Law<Application> = {
  number: 3, name: 'each transpose is the adjoint of its linear map',
  holds: (a, random) => eachLinearSet(a, random, (mask, inputs) => transposeIsAdjoint({ point: a.point, jaxpr: a.point.jaxpr, mask, known: inputs.filter((_, i) => !mask[i]) }, random)),
};
export const transposesAreInvolutions: Law<Application> = {
  number: 10, name: 'each transpose, transposed, is its linear map',
  holds: (a, random) => eachLinearSet(a, null, (mask, inputs) => transposeIsInvolution({ point: a.point, jaxpr: a.point.jaxpr, mask, known: inputs.filter((_, i) => !mask[i]) }, random)),
};
