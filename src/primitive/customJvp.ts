// customJvp: a program with a forward-mode rule of its own. Reverse mode is that rule, transposed.
// Floor 2: transforms its programs with the transforms it is handed.
import { TransformError } from '../error.ts';
import { hasTangent } from '../ir/aval.ts';
import { avalsOf, type Jaxpr } from '../ir/jaxpr.ts';
import type { Mask, NestedRules, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { handleOf, zerosLike } from '../trace/handle.ts';
import { bind, evalJaxpr, stage } from '../trace/scope.ts';
import { mul } from './arithmetic.ts';
import { constantLike } from './broadcast.ts';
import { activeOf, expectBodyInputs, present, resultsAt, spread, zerosOf } from './call.ts';
import { refuseCaptured } from './captured.ts';
import { at, pure } from './define.ts';
import { evaluateLinear } from './evaluateLinear.ts';

export type CustomJvpParams = {
  readonly name: string;
  /** captured values, arguments -> results. */
  readonly jaxpr: Jaxpr;
  /** captured values, arguments, tangents of the float arguments, the results where `usesResults` -> results, tangents of the float results. */
  readonly rule: Jaxpr;
  readonly numConsts: number;
  /** Whether the rule calls the function itself at its own primals: what it gets there are the results of this equation, rule included. */
  readonly usesResults: boolean;
};

export const customJvpP: Primitive<CustomJvpParams> = {
  name: 'customJvp',
  properties: { ...pure, expands: true },
  type(inputs, { name, jaxpr }) {
    expectBodyInputs(inputs, jaxpr, name);
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr }, outputs, run) {
    run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
  },
  rules: customJvpRules(),
  linear: {
    /** A linear function is transposed as what it computes. */
    transpose(cts, x, { jaxpr }, transforms) {
      const mask = x.map(v => v.known === null);
      const inputs = [...x.flatMap(v => v.known ?? []), ...present(cts)];
      return spread(evalJaxpr(transforms.transpose(resultsAt(jaxpr, activeOf(cts)), mask, zerosOf(x)), inputs.map(v => handleOf(v))), mask);
    },
    /** The sample is linear. */
    linearIn: n => [Array.from({ length: n }, (_, i) => i)],
  },
  lowering: { kind: 'program' },
  sample(draw) {
    const aval = { shape: draw.shape(2), dtype: draw.float() };
    const triple = (x: AnyTensor): AnyTensor => mul(x, constantLike(3, x));
    const { jaxpr } = stage('customJvp', [aval], ([x]) => x === undefined ? [] : [triple(x)]);
    const rule = stage('customJvp', [aval, aval], xs => xs.map(triple)).jaxpr;
    return { operands: [{ aval }], params: { name: 'sample', jaxpr, rule, numConsts: 0, usesResults: false } };
  },
  ulp: 0.5,
};

/** A function, because the rules bind the primitive that holds them. */
function customJvpRules(): NestedRules<CustomJvpParams> {
  return {
    kind: 'nested',
    jvp(x, t, p) {
      refuseCaptured('customJvp', p, t);
      const tangents = floatArguments(p).map(i => t[i] ?? zerosLike(at(p.jaxpr.inputs, i).aval));
      const out = evalJaxpr(p.rule, [...x, ...tangents, ...ownResults(x, p)].map(v => handleOf(v)));
      const n = p.jaxpr.outputs.length;
      return { primals: out.slice(0, n), tangents: spread(out.slice(n), floatResults(p)) };
    },
    linearize(x, t, p, transforms) {
      refuseCaptured('customJvp', p, t);
      const tangents = floatArguments(p).map(i => t[i] ?? null);
      const own = ownResults(x, p);
      const mask = [...x.map(() => false), ...tangents.map(() => true), ...own.map(() => false)];
      const out = evaluateLinear(p.rule, [...x, ...tangents, ...own], mask, transforms);
      const n = p.jaxpr.outputs.length;
      const mixed = out.linear.slice(0, n).indexOf(true);
      if (mixed >= 0) throw new TransformError('not-linear', `customJvp: the rule of ${p.name} computes result ${mixed} from a tangent; y depends on the primals alone`);
      // A tangent that is no tangent must be zero: what the rule makes of values alone is not linear in the tangents.
      const moving = out.outputs.slice(n).map((t, i) => {
        if (out.linear[n + i] === true || t === null) return t;
        if (out.zero[n + i] === true) return null;
        throw new TransformError('not-linear', `customJvp: the rule of ${p.name} returns a dy that does not depend on the tangents; return null where the derivative is zero`);
      });
      return { primals: out.outputs.slice(0, n).flatMap(y => y ?? []), tangents: spread(moving, floatResults(p)) };
    },
    batch(x, batched, p, size, transforms) {
      const n = p.jaxpr.outputs.length;
      const tangents = floatArguments(p).map(i => batched[i] === true);
      const maskOf = (results: Mask): Mask => [...batched, ...tangents, ...p.usesResults ? results : []];
      // A result and its tangent have one shape: where one of them is batched, so is the other, in both programs.
      let results = transforms.batch(p.jaxpr, size, batched).outBatched;
      for (let grown = true; grown;) {
        const rule = transforms.batch(p.rule, size, maskOf(results)).outBatched;
        const moving = spread(rule.slice(n), floatResults(p));
        const next = results.map((b, i) => b || rule[i] === true || moving[i] === true);
        grown = next.some((b, i) => b !== results[i]);
        results = next;
      }
      const forced = [...results, ...results.filter((_, i) => floatResults(p)[i] === true)];
      const params = { ...p, jaxpr: transforms.batch(p.jaxpr, size, batched, results).jaxpr, rule: transforms.batch(p.rule, size, maskOf(results), forced).jaxpr };
      return { outputs: bind(customJvpP, x, params), batched: results };
    },
  };
}

/** Where the float arguments stand among the inputs. */
const floatArguments = ({ jaxpr, numConsts }: CustomJvpParams): readonly number[] => jaxpr.inputs.flatMap((v, i) => i >= numConsts && hasTangent(v.aval) ? [i] : []);
const floatResults = ({ jaxpr }: CustomJvpParams): Mask => jaxpr.outputs.map(o => hasTangent(o.aval));
/** The results as this equation gives them, so that their derivatives are again those of the rule. */
const ownResults = (x: readonly AnyTensor[], p: CustomJvpParams): readonly AnyTensor[] => p.usesResults ? bind(customJvpP, x, p) : [];
