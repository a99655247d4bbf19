// Programs that hold something to be watched equation by equation (checkNaN): the reference runs all of them, on copies of the operands, so
// that what is found, and where it was recorded, is what the reference finds. Debugging aids: passes would move what they look for.
// Floor 6: asks records, never names.
import { aval } from '../../ir/aval.ts';
import { bodiesOf, type Jaxpr } from '../../ir/jaxpr.ts';
import { referenceBackend } from '../reference/backend.ts';
import type { Backend, Executable } from '../../trace/backend.ts';

/** Whether the host runs a body somewhere in the program: only the reference can say what happens inside. */
export const isWatched = (j: Jaxpr): boolean => j.eqns.some(e => {
  const bodies = bodiesOf(e.params);
  return bodies.length > 0 && (e.primitive.lowering.kind === 'host' || bodies.some(isWatched));
});

/** The program run by the reference, for operands and results of `backend`. */
export function watchedExecutable(backend: Backend, jaxpr: Jaxpr): Executable {
  const executable = referenceBackend.compile(jaxpr);
  return {
    run(inputs, donated, program) {
      const operands = inputs.map((b, i) => {
        const a = jaxpr.inputs[i]?.aval ?? aval([], 'f32');
        return referenceBackend.upload(backend.downloadSync(b, a), a);
      });
      const results = executable.run(operands, donated, program);
      return results.map((b, i) => {
        const a = jaxpr.outputs[i]?.aval ?? aval([], 'f32');
        return backend.upload(referenceBackend.downloadSync(b, a), a);
      });
    },
  };
}
