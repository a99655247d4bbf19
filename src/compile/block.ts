// A program as a plan, for every backend that runs steps in one arena: each body with its steps and the places of its temporaries, and for
// loops and branches the plans of the bodies inside, where carries lie, and which of them are changed in place.
// Floor 5: what a target can fuse, and how many bytes a value takes, the target says; how steps become code it alone knows.
import { CotangentError } from '../error.ts';
import type { Aval } from '../ir/aval.ts';
import { Var, type Atom, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import type { ControlStructure } from '../ir/primitive.ts';
import { optimise } from '../pass/passes.ts';
import { withFreshVariables } from '../pass/rewrite.ts';
import type { Step, Target } from './fuse.ts';
import { aliasesOf, inPlaceResults, paddedBytes, planMemory } from './plan.ts';
import { stepsOf, type Cut } from './steps.ts';

/** What a backend says of itself before anything is planned for it. */
export interface Machine {
  readonly target: Target;
  /** Bytes of a value in memory. */
  bytesOf(a: Aval): number;
}

/** A flat program, or a body, as a plan. */
export interface Block {
  readonly jaxpr: Jaxpr;
  readonly steps: readonly Step[];
  /** Places of its own temporaries in the arena. */
  readonly offsets: ReadonlyMap<Var, number>;
  /** Results that are another variable's memory. */
  readonly aliases: ReadonlySet<Var>;
  /** Inputs and results, which have places of their own. */
  readonly kept: ReadonlySet<Var>;
  /** What its loops and branches are made of. */
  readonly controls: ReadonlyMap<Eqn, Control>;
  /** The end of its temporaries in the arena, those of bodies inside included. */
  readonly end: number;
}
/** A body with variables of its own, and for each result where it comes from: made by a step, or copied after the body ran. */
export interface Body { readonly block: Block; readonly results: readonly BodyResult[] }
/** `from`: the atom to copy to the place of `made`; null where a step of the body writes it. */
export interface BodyResult { readonly made: Var; readonly from: Atom | null }

/** What a loop carries: the body's inputs and results. `shared`: those that need one buffer, since the body changes them in place, or not at all. */
export interface Carry { readonly ins: readonly Var[]; readonly outs: readonly BodyResult[]; readonly shared: ReadonlySet<number> }
/** Byte offsets of the two buffers of a carry. */
export type CarryPlace = readonly [first: number, second: number];

export interface Counted { readonly kind: 'counted'; readonly structure: ControlStructure & { readonly kind: 'counted' }; readonly body: Body; readonly carry: Carry; readonly places: readonly CarryPlace[]; readonly end: number }
/** `answerAt`: where in the arena the answer of the test lies. */
export interface Conditional {
  readonly kind: 'conditional'; readonly structure: ControlStructure & { readonly kind: 'conditional' };
  readonly test: Body; readonly answer: Var; readonly answerAt: number;
  readonly body: Body; readonly carry: Carry; readonly places: readonly CarryPlace[]; readonly end: number;
}
export interface Branch { readonly kind: 'branch'; readonly bodies: readonly Body[]; readonly end: number }
export type Control = Counted | Conditional | Branch;

/** Plans a flat program whose temporaries begin at `base` in the arena. */
export function planBlock(flat: Jaxpr, base: number, machine: Machine, cut?: Cut): Block {
  const { program, steps } = stepsOf(flat, machine.target, cut);
  const kept = new Set<Var>([...program.inputs, ...program.outputs.filter(o => o instanceof Var)]);
  const plan = planMemory(steps, kept, v => machine.bytesOf(v.aval));
  const inside = base + plan.bytes;
  const controls = new Map<Eqn, Control>();
  let end = inside;
  for (const s of steps) {
    if (s.kind !== 'equation' || s.eqn.primitive.lowering.kind !== 'control') continue;
    const control = planControl(s.eqn, s.eqn.primitive.lowering.structure(s.eqn.params), inside, machine, cut);
    controls.set(s.eqn, control);
    end = Math.max(end, control.end);
  }
  return { jaxpr: program, steps, offsets: new Map([...plan.offsets].map(([v, at]) => [v, base + at])), aliases: new Set(aliasesOf(steps, kept).keys()), kept, controls, end };
}

function planControl({ inputs }: Eqn, c: ControlStructure, inside: number, machine: Machine, cut: Cut | undefined): Control {
  switch (c.kind) {
    case 'counted': {
      const carryEnd = c.consts + c.carry;
      // Buffers of the carry come first, the body's temporaries behind them.
      const { places, end } = carryPlaces(inputs.slice(c.consts, carryEnd), inside, machine);
      const body = planBody(c.body, end, machine, cut);
      return { kind: 'counted', structure: c, body, carry: carryOf(body.block, body.block.jaxpr.inputs.slice(c.consts, carryEnd), body.results.slice(0, c.carry)), places, end: body.block.end };
    }
    case 'conditional': {
      const { places, end: answerAt } = carryPlaces(inputs.slice(c.testConsts + c.bodyConsts), inside, machine);
      // The answer of the test has a place of its own.
      const afterAnswer = answerAt + paddedBytes(machine.bytesOf({ shape: [], dtype: 'bool' }));
      const test = planBody(c.test, afterAnswer, machine, cut);
      const body = planBody(c.body, afterAnswer, machine, cut);
      const answer = test.results[0]?.made;
      if (answer === undefined) throw new CotangentError('jaxpr', 'compile: a condition without result');
      const carry = carryOf(body.block, body.block.jaxpr.inputs.slice(c.bodyConsts), body.results);
      return { kind: 'conditional', structure: c, test, answer, answerAt, body, carry, places, end: Math.max(test.block.end, body.block.end) };
    }
    case 'branch': {
      const bodies = c.branches.map(b => planBody(b, inside, machine, cut));
      return { kind: 'branch', bodies, end: Math.max(inside, ...bodies.map(b => b.block.end)) };
    }
    default: return c satisfies never;
  }
}

function planBody(source: Jaxpr, inside: number, machine: Machine, cut: Cut | undefined): Body {
  const fresh = standingAlone(optimise(source));
  const made = new Set<Atom>();
  const inputs = new Set<Atom>(fresh.inputs);
  const results = fresh.outputs.map((o): BodyResult => {
    if (o instanceof Var && !inputs.has(o) && !made.has(o)) { made.add(o); return { made: o, from: null }; }
    return { made: new Var(o.aval), from: o };
  });
  return { block: planBlock(fresh, inside, machine, cut), results };
}
/** Two buffers for each carry: the body reads one and writes the other. `end`: the end of all. */
function carryPlaces(carry: readonly Atom[], inside: number, machine: Machine): { readonly places: readonly CarryPlace[]; readonly end: number } {
  let end = inside;
  const places = carry.map(v => { const n = paddedBytes(machine.bytesOf(v.aval)); const both = [end, end + n] as const; end += 2 * n; return both; });
  return { places, end };
}
function carryOf(block: Block, ins: readonly Var[], outs: readonly BodyResult[]): Carry {
  const places = new Map<Atom, number>(ins.map((v, k) => [v, k]));
  const inPlace = inPlaceResults(block.jaxpr, block.steps, (x, w) => { const k = places.get(x); return k !== undefined && outs[k]?.from === null && outs[k].made === w; });
  return { ins, outs, shared: new Set(outs.flatMap(({ made, from }, k) => inPlace.has(made) || from === ins[k] ? [k] : [])) };
}

/** The same program with variables of its own: a body may stand at several places of one program. */
function standingAlone(j: Jaxpr): Jaxpr {
  const inputs = j.inputs.map(v => new Var(v.aval));
  return { numConsts: j.numConsts, inputs, ...withFreshVariables(j, inputs) };
}
