// customBatching: a program with a batching rule of its own. The rule is a function, so each such function has a record of its own;
// what it computes, and its derivatives, are those of the program.
// Floor 2: the rule itself is installed from above.
import { CotangentError } from '../error.ts';
import { avalsOf, type Jaxpr } from '../ir/jaxpr.ts';
import type { Batched, Mask, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { handleOf } from '../trace/handle.ts';
import { evalJaxpr } from '../trace/scope.ts';
import { activeOf, expectBodyInputs, present, resultsAt, spread, zerosOf } from './call.ts';
import { at, pure } from './define.ts';

export type CustomBatchingParams = {
  readonly name: string;
  /** captured values, arguments -> results. */
  readonly jaxpr: Jaxpr;
  readonly numConsts: number;
  /** The trees of arguments and results, under which the rule finds them. */
  readonly trees: string;
};
export type BatchRule = (inputs: readonly AnyTensor[], batched: Mask, params: CustomBatchingParams, size: number) => Batched;

/** The record of one function with a batching rule. */
export function customBatchingRecord(rule: BatchRule): Primitive<CustomBatchingParams> {
  return {
    name: 'customBatching',
    properties: { ...pure, expands: true },
    type(inputs, { name, jaxpr }) {
      expectBodyInputs(inputs, jaxpr, name);
      return avalsOf(jaxpr.outputs);
    },
    evaluate(inputs, { jaxpr }, outputs, run) {
      run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data));
    },
    rules: {
      kind: 'nested',
      jvp(x, t, { jaxpr }, transforms) {
        const d = transforms.jvp(jaxpr, activeOf(t));
        const n = jaxpr.outputs.length;
        const out = evalJaxpr(d.jaxpr, [...x, ...present(t)].map(v => handleOf(v)));
        return { primals: out.slice(0, n), tangents: spread(out.slice(n), d.outActive) };
      },
      linearize(x, t, { jaxpr }, transforms) {
        const l = transforms.linearize(jaxpr, activeOf(t));
        const n = jaxpr.outputs.length;
        const out = evalJaxpr(l.forward, x.map(v => handleOf(v)));
        return { primals: out.slice(0, n), tangents: spread(evalJaxpr(l.linear, [...out.slice(n), ...present(t).map(v => handleOf(v))]), l.outActive) };
      },
      batch: (x, batched, params, size) => rule(x, batched, params, size),
    },
    linear: {
      transpose(cts, x, { jaxpr }, transforms) {
        const mask = x.map(v => v.known === null);
        const inputs = [...x.flatMap(v => v.known ?? []), ...present(cts)];
        return spread(evalJaxpr(transforms.transpose(resultsAt(jaxpr, activeOf(cts)), mask, zerosOf(x)), inputs.map(v => handleOf(v))), mask);
      },
      linearIn: () => [],
    },
    lowering: { kind: 'program' },
    sample: () => { throw new CotangentError('unsupported', 'customBatching: what the function takes only its caller knows, so it has no sample'); },
    ulp: 16,
  };
}
