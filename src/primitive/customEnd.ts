// customEnd: a call of a custom function inside its own rule, so deep that no rule is staged for it any more. It has a value, no derivative.
// Floor 2.
import { TransformError } from '../error.ts';
import { avalsOf, type Jaxpr } from '../ir/jaxpr.ts';
import type { Primitive } from '../ir/primitive.ts';
import { bind, stage } from '../trace/scope.ts';
import { expectBodyInputs } from './call.ts';
import { at, pure } from './define.ts';

type EndParams = { readonly name: string; readonly jaxpr: Jaxpr };
const ends = (name: string): TransformError =>
  new TransformError('not-differentiable', `the rule of ${name} calls ${name} at other arguments: such derivatives end at the third order; write the rule without the call`);

export const customEndP: Primitive<EndParams> = {
  name: 'customEnd',
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
    jvp(_x, _t, { name }) { throw ends(name); },
    linearize(_x, _t, { name }) { throw ends(name); },
    batch(x, batched, { name, jaxpr }, size, transforms) {
      const b = transforms.batch(jaxpr, size, batched);
      return { outputs: bind(customEndP, x, { name, jaxpr: b.jaxpr }), batched: b.outBatched };
    },
  },
  linear: null,
  lowering: { kind: 'program' },
  sample(draw) {
    // Of integers, which have no derivative anyway.
    const aval = { shape: draw.shape(2), dtype: draw.integer() };
    const { jaxpr } = stage('customEnd', [aval], xs => xs);
    return { operands: [{ aval, domain: { intervals: [[-9, 9]] } }], params: { name: 'sample', jaxpr } };
  },
  ulp: 0,
};
