// What the device is asked to do for a program, for people: the program after each pass, kernels by name with their workgroups, bytes and length, loops and branches around
// them, and memory. Floor 6: reads what is compiled, decides nothing.
import { groupsOf, keyOf, type Shader } from '../../compile/wgsl/shader.ts';
import type { Jaxpr } from '../../ir/jaxpr.ts';
import { explainPasses } from '../../pass/explain.ts';
import { bytesShown, dispatchesOf, type Command } from './commands.ts';
import { compileProgram, compositesOf, type Limits } from './program.ts';

/** Bytes of the memory that a kernel is bound to. */
const bytesOf = ({ bindings }: Shader): number => [...new Map(bindings.map(b => [keyOf(b.place.piece), b.place.piece])).values()].reduce((n, p) => n + (p.kind === 'counts' ? 0 : p.bytes), 0);
function commandLines(c: Command, indent: string): readonly string[] {
  const inside = (title: string, commands: readonly Command[]): readonly string[] => [`${indent}${title}`, ...commands.flatMap(x => commandLines(x, `${indent}  `))];
  switch (c.kind) {
    case 'dispatch': {
      const { x, y } = groupsOf(c.shader.groups);
      return [`${indent}${c.name} (${y > 1 ? `${x} x ${y}` : x} workgroups, ${bytesOf(c.shader)} bytes bound, ${c.shader.code.split('\n').length} lines of WGSL)`];
    }
    case 'show': return [`${indent}${c.name} (${bytesShown(c)} bytes shown to the host)`];
    case 'repeat': return inside(`${c.turns} turns of`, c.even);
    case 'choose': return [...commandLines(c.decide, indent), ...c.bodies.flatMap((b, k) => inside(`branch ${k}, by indirect dispatch`, b))];
    case 'hostChoose': return c.bodies.flatMap((b, k) => inside(`branch ${k}, chosen by the host`, b));
    case 'while': return [...inside(c.waits ? 'while, read at each turn' : 'while, several turns a submit', c.even.test), ...commandLines(c.even.decide, `${indent}  `), ...inside('do', c.even.body)];
    default: return c satisfies never;
  }
}

/** The lines of `explain` for a program. */
export function explainProgram(source: Jaxpr, limits: Limits): readonly string[] {
  const { commands, arenaBytes } = compileProgram(source, limits);
  const all = dispatchesOf(commands);
  return [
    ...explainPasses(source, compositesOf(limits)).lines,
    `kernels (webgpu): ${all.length} dispatches in the program, ${new Set(all.map(d => d.shader.code)).size} pipelines`,
    ...commands.flatMap(c => commandLines(c, '  ')),
    `memory: an arena of ${arenaBytes} bytes for temporaries`,
  ];
}
