// What has no kernel on wasm, and what has one in which the host computes lane by lane: primitives by dtype, found by compiling samples
// of every record with every dtype in the place of its own.
// `npx tsx test/backend/hostEquations.ts` writes the committed list anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { compileProgram } from '../../src/backend/wasm/program.ts';
import { laneByLane } from '../../src/compile/wasm/scalar.ts';
import { dtypes, type DType } from '../../src/dtype/dtype.ts';
import { sizeOf } from '../../src/ir/aval.ts';
import type { Eqn, Jaxpr } from '../../src/ir/jaxpr.ts';
import type { Primitive } from '../../src/ir/primitive.ts';
import { primitives } from '../../src/primitive/index.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Choices } from '../../laws/draw.ts';
import { Dice } from './randomPrograms.ts';

/** Choices among which every dtype is the one asked for. */
class OneDType extends Choices {
  readonly #only: DType;
  constructor(raw: readonly number[], only: DType) { super(raw); this.#only = only; }
  override float(): DType { return this.#only; }
  override integer(): DType { return this.#only; }
}
/** The equations of a program that the host runs, those of nested bodies included. */
export function hostEquationsOf(jaxpr: Jaxpr): readonly Eqn[] { return compileProgram(jaxpr, { name: 'simd', fma: false }).hosts; }

const rounds = 24;
type ByPrimitive = { readonly [primitive: string]: readonly DType[] };
export interface HostWork {
  /** Whole equations. Those with effects belong to the host by nature, those on nothing are nowhere's. */
  readonly equations: ByPrimitive;
  /** Numbers one by one, inside a kernel. */
  readonly lanes: ByPrimitive;
}
/** What the host does, by primitive and by the dtype of the first operand. */
export function hostWork(): HostWork {
  const found = new Map<string, Set<DType>>();
  const testable = primitives.filter(({ properties: { namedAxis, effect } }: Primitive) => !namedAxis && effect === 'none');
  for (const p of testable) {
    for (const d of dtypes) {
      for (let k = 0; k < rounds; k++) {
        for (const e of hosted(p, d, k)) {
          const atoms = [...e.inputs, ...e.outputs];
          if (atoms.some(a => sizeOf(a.aval.shape) === 0)) continue;
          found.set(e.primitive.name, (found.get(e.primitive.name) ?? new Set()).add(atoms[0]?.aval.dtype ?? d));
        }
      }
    }
  }
  const sorted = (list: readonly (readonly [string, readonly DType[]])[]): ByPrimitive => Object.fromEntries(list.filter(([, ds]) => ds.length > 0).sort(([a], [b]) => a < b ? -1 : 1));
  return {
    equations: sorted([...found].map(([name, set]) => [name, dtypes.filter(d => set.has(d))])),
    lanes: sorted(testable.map(({ name, lowering }: Primitive) => [name, dtypes.filter(d => lowering.kind === 'scalar' && laneByLane(lowering.op, d))])),
  };
}
function hosted(p: Primitive, d: DType, k: number): readonly Eqn[] {
  const dice = new Dice(31 * k + 7);
  let program: Jaxpr;
  try {
    const { operands, params } = p.sample(new OneDType(Array.from({ length: 60 }, () => dice.below(2 ** 20)), d));
    program = stage('sample', operands.map(o => o.aval), xs => bind(p, xs, params)).jaxpr;
  } catch { return []; } // The primitive does not take this dtype.
  return hostEquationsOf(program);
}

const file = fileURLToPath(new URL('host-equations.json', import.meta.url));
export function committed(): HostWork {
  const work: HostWork = JSON.parse(readFileSync(file, 'utf8'));
  return work;
}
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lines = (list: ByPrimitive): string => Object.entries(list).map(([name, ds]) => `    ${JSON.stringify(name)}: ${JSON.stringify(ds)}`).join(',\n');
  const { equations, lanes } = hostWork();
  writeFileSync(file, `{\n  "equations": {\n${lines(equations)}\n  },\n  "lanes": {\n${lines(lanes)}\n  }\n}\n`);
}
