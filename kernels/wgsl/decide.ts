// Which kernels run, decided on the device: one workgroup writes the workgroup counts that later dispatches read.
// The reference it equals: the branch that an index names, clamped; a loop that ends with its test.
import { Code } from '../../src/compile/wgsl/code.ts';
import { Bindings, groupSize, shaderText, type Piece, type Place, type Shader } from '../../src/compile/wgsl/shader.ts';

/** A dispatch that waits for the decision: it runs `x * y` workgroups where its branch is the chosen one. */
export interface Candidate { readonly slot: number; readonly branch: number; readonly x: number; readonly y: number }

const noPlace = (): never => { throw new Error('unreachable'); };
function shader(c: Code, bindings: Bindings, candidates: readonly Candidate[], counts: Piece): Shader {
  // A program none of whose kernels wait has no counts.
  if (candidates.length === 0) return { code: shaderText(bindings, groupSize, c, []), bindings: bindings.list, groups: 1 };
  const array = bindings.array({ piece: counts, slices: [] });
  const table = `var<private> table: array<vec4u, ${candidates.length}> = array<vec4u, ${candidates.length}>(${candidates.map(d => `vec4u(${d.slot}u, ${d.branch}u, ${d.x}u, ${d.y}u)`).join(', ')});`;
  c.block(`for (var k = lane; k < ${candidates.length}u; k += ${groupSize}u)`, () => {
    c.line('let row = table[k];', 'let on = row.y == chosen;',
      `${array}[3u * row.x] = select(0u, row.z, on);`, `${array}[3u * row.x + 1u] = select(0u, row.w, on);`, `${array}[3u * row.x + 2u] = select(0u, 1u, on);`);
  });
  return { code: shaderText(bindings, groupSize, c, [table]), bindings: bindings.list, groups: 1 };
}
/** One of `branches` by an i32 index; none where the count in the slot `gate` is zero. */
export function decideBranch(index: Place, branches: number, candidates: readonly Candidate[], counts: Piece, gate: number | null): Shader {
  const [c, bindings] = [new Code(), new Bindings(noPlace)];
  const open = gate === null ? 'true' : `${bindings.array({ piece: counts, slices: [] })}[${3 * gate}u] != 0u`;
  c.line(`let chosen = select(${branches}u, u32(clamp(${bindings.word(index)}, 0i, ${branches - 1}i)), ${open});`);
  return shader(c, bindings, candidates, counts);
}
/** Branch 1 as long as the answer, a bool, has never been false; counts the turns that were taken. */
export function decideTurn(answer: Place, alive: Place, taken: Place, candidates: readonly Candidate[], counts: Piece): Shader {
  const [c, bindings] = [new Code(), new Bindings(noPlace)];
  // All have read what the first then writes: a barrier of the workgroup's own memory says nothing of this one.
  c.line(`let chosen = select(0u, 1u, ${bindings.word(alive)} != 0i && ${bindings.word(answer)} != 0u);`, 'storageBarrier();');
  c.block('if (lane == 0u)', () => { c.line(`${bindings.word(alive)} = i32(chosen);`, `${bindings.word(taken)} += i32(chosen);`); });
  return shader(c, bindings, candidates, counts);
}
