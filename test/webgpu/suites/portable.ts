// Programs as text, for the thread that has the library's own primitives alone: users' become what they are made of. What is made of nothing
// keeps its name and its types, so that the device refuses it in its own words.
import { CotangentError, type ErrorCode } from '../../../src/error.ts';
import { showAval } from '../../../src/ir/aval.ts';
import { parseAval } from '../../../src/ir/constants.ts';
import { bodiesOf, mapBodies, type Eqn, type Jaxpr } from '../../../src/ir/jaxpr.ts';
import type { Primitive } from '../../../src/ir/primitive.ts';
import { serialise } from '../../../src/ir/serialise.ts';
import { optimise } from '../../../src/pass/passes.ts';
import { primitives } from '../../../src/primitive/index.ts';
import { tapRecord } from '../../../src/primitive/tap.ts';

const own: ReadonlySet<Primitive> = new Set(primitives);
const isKnown = (j: Jaxpr): boolean => j.eqns.every(e => own.has(e.primitive) && bodiesOf(e.params).every(isKnown));
const record = (name: string, lowering: Primitive['lowering']): Primitive => ({
  ...tapRecord(name, () => undefined), lowering,
  type: (_inputs, { types }) => Array.isArray(types) ? types.flatMap(t => typeof t === 'string' ? parseAval(t) ?? [] : []) : [],
});
/** What has the name of a function of the host. */
export const hosted = (name: string): Primitive => record(name, { kind: 'host' });
/** What runs nowhere, and says why. */
export const never = record('never', { kind: 'host', never: ({ code, message }) => new CotangentError(code as ErrorCode, typeof message === 'string' ? message : '') });
const standIn = (e: Eqn): Eqn => {
  const { name, lowering } = e.primitive;
  const types = e.outputs.map(v => showAval(v.aval));
  const why = lowering.kind === 'host' ? lowering.never?.(e.params) : undefined;
  return why instanceof CotangentError ? { ...e, primitive: never, params: { types, code: why.code, message: why.message } } : { ...e, primitive: hosted(name), params: { types } };
};
/** What looks has a stand-in already (looks.ts). */
const travels = ({ primitive }: Eqn): boolean => own.has(primitive) || (primitive.lowering.kind === 'host' && primitive.lowering.looks !== undefined);
const withNames = (j: Jaxpr): Jaxpr => ({ ...j, eqns: j.eqns.map(e => travels(e) ? { ...e, params: mapBodies(e.params, withNames) } : standIn(e)) });
export const portable = (jaxpr: Jaxpr): string => serialise({ jaxpr: isKnown(jaxpr) ? jaxpr : withNames(optimise(jaxpr)), consts: [] });
