// Looking inside: the program a function stages (makeJaxpr), its result's shape without computing (evalShape), and explain.
// Floor 3.
import { showAval, sizeOf, bytesOf, type Aval } from '../ir/aval.ts';
import { inlineCalls } from '../ir/inline.ts';
import { bodiesOf, countEqns, effectOfJaxpr, type Jaxpr } from '../ir/jaxpr.ts';
import { printJaxpr } from '../ir/print.ts';
import { currentBackend } from '../trace/backend.ts';
import { TensorHandle } from '../trace/handle.ts';
import { unflatten } from '../tree/tree.ts';
import { underlying } from './jit.ts';
import { avalsOfTensors, flattenTensors, stageFunction, type AnyFunction } from './staging.ts';

/** A staged program and the values of what the function captured, which are its first inputs. */
export interface MadeJaxpr {
  readonly jaxpr: Jaxpr;
  readonly consts: readonly TensorHandle[];
  toString(): string;
}

function stageFor(name: string, f: AnyFunction, args: readonly unknown[]): ReturnType<typeof stageFunction> {
  const { leaves, structure } = flattenTensors(args, name);
  return stageFunction(name, underlying(f), structure, avalsOfTensors(leaves), { numbers: 'literals', sources: true });
}

/**
 * The program that `f` stages for these arguments. Printing the result gives JAX's notation.
 *
 * @example
 * import { makeJaxpr, np, zeros } from 'cotangent';
 * String(makeJaxpr((x: ReturnType<typeof zeros<[3]>>) => np.multiply(x, 2))(zeros([3])));
 * // -> '{ lambda ; a:f32[3]. let b:f32[3] = mul a 2.0:f32[3] in (b,) }'
 */
export function makeJaxpr<A extends readonly unknown[]>(f: (...args: A) => unknown): (...args: A) => MadeJaxpr {
  return (...args) => {
    const { jaxpr, consts } = stageFor('makeJaxpr', f, args);
    // The caller holds them now: donating one elsewhere copies.
    return { jaxpr, consts: consts.map(c => new TensorHandle(c.cell)), toString: () => printJaxpr(jaxpr) };
  };
}

/**
 * Shapes and dtypes of a function's result, as a tree; nothing is computed.
 *
 * @example
 * import { evalShape, np, zeros } from 'cotangent';
 * evalShape((x: ReturnType<typeof zeros<[3, 4]>>) => np.sum(x, { axis: 0 }), zeros([3, 4])); // -> { shape: [4], dtype: 'f32' }
 */
export function evalShape<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): unknown {
  const { jaxpr, out } = stageFor('evalShape', f, args);
  return unflatten(out, jaxpr.outputs.map((o): Aval => o.aval));
}

/**
 * What a function becomes on the current backend: its program as staged and after each pass that changed it, its kernels with their
 * operations and bytes, and the plan of its memory; on WebGPU its dispatches by name, with workgroups and bytes; on the reference, which runs a program equation by equation, its program after
 * inlining. Then counts by primitive, and bytes in and out.
 *
 * @example
 * import { explain, np, zeros } from 'cotangent';
 * explain((x: ReturnType<typeof zeros<[3]>>) => np.multiply(x, 2))(zeros([3])).split('\n')[0];
 * // -> 'staged: 1 equations, 1 inputs (0 captured), effect none'
 */
export function explain<A extends readonly unknown[]>(f: (...args: A) => unknown): (...args: A) => string {
  return (...args) => {
    const { jaxpr } = stageFor('explain', f, args);
    const flat = inlineCalls(jaxpr);
    const counts = new Map<string, number>();
    const visit = (j: Jaxpr): void => { for (const e of j.eqns) { counts.set(e.primitive.name, (counts.get(e.primitive.name) ?? 0) + 1); bodiesOf(e.params).forEach(visit); } };
    visit(flat);
    const most = [...counts].sort((a, b) => b[1] - a[1]).map(([name, n]) => `${name} ${n}`).join(', ');
    const bytes = (avals: readonly Aval[]): number => avals.reduce((n, a) => n + bytesOf(a), 0);
    return [
      `staged: ${countEqns(jaxpr)} equations, ${jaxpr.inputs.length} inputs (${jaxpr.numConsts} captured), effect ${effectOfJaxpr(jaxpr)}`,
      printJaxpr(jaxpr),
      ...currentBackend().explain?.(jaxpr) ?? [flat === jaxpr ? 'after inline: the same' : `after inline: ${countEqns(flat)} equations\n${printJaxpr(flat)}`],
      `primitives: ${most}`,
      `inputs: ${bytes(jaxpr.inputs.map(v => v.aval))} bytes; outputs: ${bytes(jaxpr.outputs.map(o => o.aval))} bytes (${jaxpr.outputs.map(o => showAval(o.aval)).join(', ')}); largest value: ${Math.max(0, ...flat.eqns.flatMap(e => e.outputs.map(v => sizeOf(v.aval.shape))))} elements`,
    ].join('\n');
  };
}
