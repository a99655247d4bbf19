// Attention as kernels: an equation that stands for a half of the composite, and the template that computes it in tiles, the forward half by one
// kernel and the backward half by three. The reference it equals: the decomposition of the composite, which the record keeps as its program,
// up to the order of sums. Precondition: at most 256 numbers a row, and as many bindings as its largest kernel has.
import { aval, sizeOf, type Aval } from '../../src/ir/aval.ts';
import { avalsOf, Var, type Eqn, type Jaxpr } from '../../src/ir/jaxpr.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import type { CompositeCall, CompositeKernel, CompositeKernels } from '../../src/pass/compositeKernels.ts';
import { callRules, expectBodyInputs } from '../../src/primitive/call.ts';
import { attend, pullback, type What } from '../../src/primitive/compositesAttention.ts';
import { at, pure } from '../../src/primitive/define.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { headsOf, repeatedTo, summedTo, type Heads } from '../wasm/attention.ts';
import { keyGradientShader, levelShader, queryGradientShader, type Saved } from './attentionBackward.ts';
import { attentionForwardShader } from './attentionForward.ts';
import { attentionTileName, attentionTiles, tileFitsDevice, type AttentionTile, type Extents, type Operands } from './attentionTiles.ts';
import type { Candidate, Limits, Problem, Site, Template } from './template.ts';

/** `half`: the result; with what is saved for the backward half; or the cotangents of queries, keys and values. */
type Half = 'result' | 'saving' | 'backward';
type AttentionParams = { readonly jaxpr: Jaxpr; readonly half: Half } & { readonly [K in keyof Heads]: Heads[K] };
/** Queries, keys, values, a mask, key lengths; behind them, where it pulls back, the result, the shift, the sum and the cotangent. */
export const tiledAttentionP: Primitive<AttentionParams> = {
  name: 'tiledAttention',
  properties: pure,
  type(inputs, { jaxpr }) {
    expectBodyInputs(inputs, jaxpr, 'tiledAttention');
    return avalsOf(jaxpr.outputs);
  },
  evaluate(inputs, { jaxpr }, outputs, run) { run(jaxpr, inputs).forEach((r, i) => at(outputs, i).data.set(r.data)); },
  // It is made where all transforms are done.
  rules: callRules((inputs, params, jaxpr) => bind(tiledAttentionP, inputs, { ...params, jaxpr })),
  linear: null,
  // Only a template computes it.
  lowering: { kind: 'host' },
  sample() {
    const q = aval([1, 1, 1], 'f32');
    const heads: Heads = { causal: false, scale: 1, masked: false, lengths: false, lead: [], examples: 1, heads: 1, queries: 1, keys: 1, mask: [], operands: 3 };
    return { operands: [{ aval: q }, { aval: q }, { aval: q }], params: { ...heads, half: 'result', jaxpr: meaning('result', heads, [q, q, q]) } };
  },
  ulp: 64,
};
/** What a half means: the decomposition of the composite, with the mask at the rank of the scores. */
function meaning(half: Half, { masked, mask, operands, ...h }: Heads, inputs: readonly Aval[]): Jaxpr {
  const what: What = { causal: h.causal, scale: h.scale, masked, lengths: h.lengths };
  return stage('tiledAttention', inputs, all => {
    const given = all.slice(0, operands).map((x, i) => masked && i === 3 ? reshape(x, mask) : x);
    if (half === 'backward') return pullback(given, all.slice(operands), what);
    const { out, shift, sum } = attend(given, what);
    return half === 'result' ? [out] : [out, shift, sum];
  }, { numbers: 'literals' }).jaxpr;
}
const tiled = (half: Half, heads: Heads, inputs: readonly AnyTensor[]): readonly AnyTensor[] =>
  bind(tiledAttentionP, inputs, { ...heads, half, jaxpr: meaning(half, heads, inputs.map(x => ({ shape: x.shape, dtype: x.dtype }))) });

/** Programs of one such equation for the composite and its halves, where `takes` says that the equation has a kernel; elsewhere those of `others`. */
export const tiledAttentionKernels = (takes: (e: Eqn) => boolean, others: CompositeKernels): CompositeKernels => {
  const program = (call: CompositeCall, f: (v: readonly AnyTensor[], heads: Heads) => readonly AnyTensor[]): Jaxpr | null => {
    const heads = headsOf(call);
    if (heads === null) return null;
    const { jaxpr } = stage('attention', call.inputs, args => f(args, heads), { numbers: 'literals' });
    return jaxpr.eqns.every(e => e.primitive !== tiledAttentionP || takes(e)) ? { ...jaxpr, numConsts: call.jaxpr.numConsts } : null;
  };
  const halves: CompositeKernels = new Map<string, CompositeKernel>([
    ['attention', call => program(call, (v, h) => tiled('result', h, v))],
    ['attention.forward', call => program(call, (v, h) => {
      const [out, shift, sum] = tiled('saving', h, v.slice(0, h.operands));
      if (out === undefined || shift === undefined || sum === undefined) return [];
      return [out, ...v.slice(0, h.operands).map((x, i) => repeatedTo(x, at(call.jaxpr.outputs, i + 1).aval.shape)), out, shift, sum];
    })],
    ['attention.backward', call => program(call, (v, h) => {
      const all = tiled('backward', h, v);
      return call.wanted.map((of, i) => summedTo(at(all, of), at(call.jaxpr.outputs, i).aval.shape.length));
    })],
  ]);
  return new Map([...new Set([...halves.keys(), ...others.keys()])].map((name): readonly [string, CompositeKernel] =>
    [name, call => halves.get(name)?.(call) ?? others.get(name)?.(call) ?? null]));
};

// ---- the template
/** Rows of more numbers do not stay in registers. */
const widest = 256;
/** Sequences below gain nothing from tiles. */
const least = 8;
/** Workgroups below which a large machine does not have one for each of its multiprocessors. */
const fillingGroups = 128;
/** Rows of results that an invocation has at most, by the numbers of a row: they stay in registers. */
const rowsEachOf = (numbers: number): number => numbers <= 64 ? 4 : numbers <= 128 ? 2 : 1;

function preferredTile(e: Extents, fitting: readonly AttentionTile[]): AttentionTile | undefined {
  if (Math.min(e.queries, e.keys) < least) return undefined;
  const narrow = fitting.filter(t => t.rowsEach <= rowsEachOf(Math.max(e.depth, e.features)));
  // A row each leaves most of a workgroup's memory unshared: for those alone whom nothing else fits.
  const shared = narrow.filter(t => t.rowsEach > 1);
  const among = shared.length > 0 ? shared : narrow;
  const groups = (t: AttentionTile): number => Math.ceil(e.queries / t.rows) * e.examples * e.heads;
  return among.find(t => e.queries >= t.rows && groups(t) >= fillingGroups) ?? among.filter(t => t.columns >= 32).at(-1) ?? among.at(-1);
}
const rounded = (n: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, n)));
const isAttention = (e: Eqn): e is Eqn & { readonly params: AttentionParams } => e.primitive === tiledAttentionP;

function problemOf(eqn: Eqn, limits: Limits): Problem | null {
  if (!isAttention(eqn)) return null;
  const { half, jaxpr, ...heads } = eqn.params;
  const inputs = eqn.inputs.flatMap(v => v instanceof Var ? [v] : []);
  const [query, key, value] = inputs;
  if (inputs.length !== eqn.inputs.length || query === undefined || key === undefined || value === undefined) return null;
  const e: Extents = { ...heads, depth: query.aval.shape.at(-1) ?? 0, features: value.aval.shape.at(-1) ?? 0 };
  const extra = inputs.slice(3, heads.operands);
  const operands: Operands = { query, key, value, mask: heads.masked ? extra[0] ?? null : null, length: heads.lengths ? extra.at(-1) ?? null : null };
  const backward = half === 'backward';
  // Of the largest kernel, and one for the turn of a loop around it.
  const bindings = (backward ? 7 : half === 'saving' ? 6 : 4) + extra.length + 1;
  const sizes = [e.examples, e.heads, e.queries, e.keys, e.depth, e.features];
  if (sizes.some(n => n === 0) || Math.max(e.depth, e.features) > widest || bindings > limits.bindings || inputs.some(v => 4 * sizeOf(v.aval.shape) >= 2 ** 31)) return null;
  const fitting = attentionTiles.filter(t => tileFitsDevice(t, e, backward, limits));
  const candidates = fitting.map((t): Candidate => ({
    name: attentionTileName(t), emit: site => {
      const name = `attention ${half} ${attentionTileName(t)}`;
      const results = eqn.outputs;
      if (!backward) {
        const [out, shift, sum] = results;
        return out === undefined ? [] : [{ name, shader: attentionForwardShader(e, t, operands, out, shift === undefined || sum === undefined ? null : { shift, sum }, site) }];
      }
      return backwardLaunches(name, e, t, operands, inputs.slice(heads.operands), results, site);
    },
  }));
  const preferred = preferredTile(e, fitting);
  return {
    template: 'attention', candidates, preferred: candidates.find(c => preferred !== undefined && c.name === attentionTileName(preferred)) ?? null,
    shapeClass: [half, ...[e.examples * e.heads, e.queries, e.keys].map(rounded), e.depth, e.features, query.aval.dtype, ...e.causal ? ['causal'] : [], ...e.masked ? ['mask'] : [], ...e.lengths ? ['lengths'] : []].join(' '),
    epilogue: () => null, reference: jaxpr,
  };
}
function backwardLaunches(name: string, e: Extents, t: AttentionTile, operands: Operands, [out, shift, sum, cotangent]: readonly Var[], [ofQuery, ofKey, ofValue]: readonly Var[], site: Site): ReturnType<Candidate['emit']> {
  if (out === undefined || shift === undefined || sum === undefined || cotangent === undefined || ofQuery === undefined || ofKey === undefined || ofValue === undefined) return [];
  const saved: Saved = { out, shift, sum, cotangent, numbers: site.scratch(aval([3, sizeOf(shift.aval.shape)], 'f32')) };
  return [
    { name: `${name}, levels`, shader: levelShader(e, operands, saved, site) },
    { name: `${name}, queries`, shader: queryGradientShader(e, t, operands, saved, ofQuery, site) },
    { name: `${name}, keys and values`, shader: keyGradientShader(e, t, operands, saved, ofKey, ofValue, site) },
  ];
}
export const attentionTemplate: Template = { name: 'attention', problem: problemOf };
