// What the compiler makes of a program, for people: the program after each pass, its kernels with operations and bytes, the plan of its
// memory. Floor 6: reads what is compiled, decides nothing.
import { readsOf, writesOf, type Step } from '../../compile/fuse.ts';
import type { Kernel } from '../../compile/kernel.ts';
import { planMemory } from '../../compile/plan.ts';
import { stepsOf } from '../../compile/steps.ts';
import type { Rung } from '../../compile/wasm/lanes.ts';
import { showAval } from '../../ir/aval.ts';
import { flopsOf } from '../../ir/flops.ts';
import { Var, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import type { ControlStructure } from '../../ir/primitive.ts';
import { printJaxpr, variableNames } from '../../ir/print.ts';
import type { CompositeKernels } from '../../pass/compositeKernels.ts';
import { explainPasses } from '../../pass/explain.ts';
import { optimise } from '../../pass/passes.ts';
import { bytesOf } from './memory.ts';
import { compileProgram, targetOf } from './program.ts';

/** `n` in thousands or millions where it is large. */
const counted = (n: number): string => n >= 1e7 ? `${(n / 1e6).toPrecision(4)}M` : n >= 1e4 ? `${(n / 1e3).toPrecision(4)}k` : String(n);

/** Scalar operations of a kernel: each node once for every turn of the loops that it varies with. */
function operationsOf({ rows, stages, nodes }: Kernel): number {
  const extents = new Map([...rows, ...stages.flatMap(s => s.loops)].map(l => [l.bit, l.extent]));
  const turns = (bits: number): number => [...extents].reduce((n, [bit, extent]) => bits & bit ? n * extent : n, 1);
  const scalars = nodes.reduce((n, node) => node.kind === 'op' ? n + turns(node.bits) : n, 0);
  const folds = stages.flatMap(s => s.accumulators).reduce((n, a) => n + turns((nodes[a.value]?.bits ?? 0) | a.loops.reduce((m, l) => m | l.bit, 0)), 0);
  return scalars + folds;
}
const kindOf = (e: Eqn): string => {
  switch (e.primitive.lowering.kind) {
    case 'contraction': return 'product';
    case 'recurrence': return 'running';
    case 'identity': return 'identity';
    case 'sort': return 'sort';
    case 'control': return 'control';
    case 'scalar': case 'element': case 'reduction': case 'update': case 'decomposition': case 'program': case 'host': return 'host';
    default: return e.primitive.lowering satisfies never;
  }
};
function described(s: Step): { readonly kind: string; readonly what: string; readonly operations: number | null } {
  switch (s.kind) {
    case 'kernel': return { kind: s.kernel.kind, what: `${s.kernel.nodes.filter(n => n.kind === 'op').length} operations in ${s.kernel.stages.length} stages`, operations: operationsOf(s.kernel) };
    case 'update': return { kind: 'update', what: '', operations: s.kernel === null ? 0 : operationsOf(s.kernel) };
    case 'splat': return { kind: 'splat', what: String(s.value), operations: 0 };
    case 'equation': return { kind: kindOf(s.eqn), what: s.epilogue === undefined ? s.eqn.primitive.name : `${s.eqn.primitive.name}, then ${s.epilogue.kernel.nodes.filter(n => n.kind === 'op').length} operations,`, operations: kindOf(s.eqn) === 'product' ? flopsOf(s.eqn) : null };
    default: return s satisfies never;
  }
}

/** The programs inside a loop or a branch, and what they are. */
function bodiesOf(c: ControlStructure): readonly (readonly [string, Jaxpr])[] {
  switch (c.kind) {
    case 'counted': return [[`${c.length} turns of`, c.body]];
    case 'conditional': return [['while', c.test], ['do', c.body]];
    case 'branch': return c.branches.map((b, k) => [`branch ${k}`, b]);
    default: return c satisfies never;
  }
}

function stepLines(flat: Jaxpr, indent: string, rung: Rung): readonly string[] {
  const { program, steps } = stepsOf(flat, targetOf(rung));
  const names = variableNames(program);
  const name = (v: Var): string => names.get(v) ?? '?';
  return steps.flatMap((s): readonly string[] => {
    const { kind, what, operations } = described(s);
    const bytes = [...new Set([...readsOf(s), ...writesOf(s)])].reduce((n, v) => n + bytesOf(v.aval), 0);
    const made = writesOf(s).map(v => `${name(v)}:${showAval(v.aval)}`).join(' ');
    const cost = [operations === null ? null : `${counted(operations)} flops`, `${counted(bytes)} bytes`].filter(x => x !== null).join(', ');
    const line = `${indent}${kind.padEnd(9)}${made} = ${what}${what === '' ? '' : ' '}of ${readsOf(s).map(name).join(' ') || 'nothing'} (${cost})`;
    const { lowering } = s.kind === 'equation' ? s.eqn.primitive : { lowering: null };
    if (s.kind !== 'equation' || lowering?.kind !== 'control') return [line];
    return [line, ...bodiesOf(lowering.structure(s.eqn.params)).flatMap(([title, body]) => {
      const inner = optimise(body);
      return [`${indent}  ${title} ${printJaxpr(inner, `${indent}  `)}`, ...stepLines(inner, `${indent}  `, rung)];
    })];
  });
}

/** The lines of `explain` for a program. */
export function explainProgram(source: Jaxpr, rung: Rung, kernels: CompositeKernels): readonly string[] {
  const { flat, lines } = explainPasses(source, kernels);
  const { program, steps } = stepsOf(flat, targetOf(rung));
  const compiled = compileProgram(source, rung, undefined, kernels);
  const names = variableNames(program);
  const kept = new Set<Var>([...program.inputs, ...program.outputs.filter(o => o instanceof Var)]);
  const plan = planMemory(steps, kept, v => bytesOf(v.aval));
  const places = [...plan.offsets].map(([v, at]) => `${names.get(v) ?? '?'} ${at}`).join(', ');
  const hosts = [...new Set(compiled.hosts.map(e => e.primitive.name))];
  return [
    ...lines,
    `kernels (wasm, rung ${rung.name}): ${steps.length} steps, a module of ${compiled.bytes.length} bytes`,
    ...stepLines(flat, '  ', rung),
    `host equations: ${hosts.length === 0 ? 'none' : hosts.join(', ')}`,
    `memory: an arena of ${compiled.arenaBytes} bytes for ${plan.offsets.size} temporaries of ${[...plan.offsets.keys()].reduce((n, v) => n + bytesOf(v.aval), 0)} bytes, ${plan.reused} in place of an operand${places === '' ? '' : `; at ${places}`}; scratch rows of ${compiled.scratchBytes} bytes; ${compiled.inPlace.size} results may take a donated input's place`,
  ];
}
