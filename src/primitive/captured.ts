// What the functions behind a custom rule captured, and the refusal of a captured value that carries a tangent: the rule states no
// derivative for it, and dropping one silently would be wrong. Floor 2: knows programs and values only.
import { TraceError } from '../error.ts';
import { showAval } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { TangentOf } from '../ir/primitive.ts';
import type { TensorHandle } from '../trace/handle.ts';
import { at } from './define.ts';

/** Where the captured values of a program came from. Beside the program: a line is no part of its structure. */
const origins = new WeakMap<Jaxpr, readonly (() => string)[]>();

/** Remembers where the values that a program captured were made. Holds no values. */
export function rememberCaptured(body: Jaxpr, consts: readonly TensorHandle[]): void {
  origins.set(body, consts.map(x => {
    const { state } = x.cell;
    if (state.kind !== 'tracer') return () => '';
    const { name, source } = state.scope;
    return () => ` (traced inside ${name} called at ${source.line})`;
  }));
}

interface Rule { readonly name: string; readonly jaxpr: Jaxpr; readonly numConsts: number }
/** Throws `capture` where one of the captured values, which come first, carries a tangent. */
export function refuseCaptured(what: string, { name, jaxpr: body, numConsts }: Rule, tangents: readonly TangentOf[]): void {
  const i = tangents.slice(0, numConsts).findIndex(t => t !== null);
  if (i < 0) return;
  const where = origins.get(body)?.[i]?.() ?? '';
  throw new TraceError('capture', `${what}: ${name} captures ${showAval(at(body.inputs, i).aval)}${where}, which carries a tangent; pass it as an argument, or stopGradient it first`);
}
