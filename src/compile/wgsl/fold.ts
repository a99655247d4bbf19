// Folds over the lanes of a workgroup: a fixed tree in workgroup memory, or subgroups first and one slot for each of them after.
// Floor 5: knows values and monoids, no kernels. Every lane has the result; every lane of the workgroup must come here.
import type { DType } from '../../dtype/dtype.ts';
import type { Monoid } from '../kernel.ts';
import { unitOf } from '../lower.ts';
import type { Code, Term, WordType } from './code.ts';
import { combined, constantTerm, foldDType } from './values.ts';

/** Who folds together: `lanes` neighbours of the `size` invocations of a workgroup. */
export interface Group { readonly size: number; readonly lanes: number; readonly subgroups: boolean }
export interface Fold { readonly monoid: Monoid; readonly dtype: DType }

/** Memory that a workgroup shares, as it is declared. */
export class Shared {
  readonly #declarations = new Set<string>();
  get list(): readonly string[] { return [...this.#declarations]; }
  array(name: string, type: string, length: number): string {
    this.#declarations.add(`var<workgroup> ${name}: array<${type}, ${length}>;`);
    return name;
  }
}
export const unitTerm = (c: Code, { monoid, dtype }: Fold): Term => constantTerm(c, unitOf(monoid, dtype), foldDType(dtype));

/** Folds a variable of each lane into itself. */
export function foldLanes(c: Code, shared: Shared, f: Fold, total: Term, g: Group): void {
  if (g.lanes === 1) return;
  if (g.subgroups && g.lanes === g.size) foldSubgroups(c, shared, f, total, g); else foldTree(c, shared, f, total, g);
}
const cellType = (t: WordType): WordType => t === 'bool' ? 'u32' : t;
const put = (t: Term): string => t.type === 'bool' ? `select(0u, 1u, ${t.code})` : t.code;
const take = (c: Code, type: WordType, cell: string): Term => type === 'bool' ? c.let('bool', `${cell} != 0u`) : c.let(type, cell);

function foldTree(c: Code, shared: Shared, f: Fold, total: Term, { size, lanes }: Group): void {
  const { type } = total;
  const array = shared.array(`fold_${cellType(type)}`, cellType(type), size);
  c.line(`${array}[lane] = ${put(total)};`, 'workgroupBarrier();');
  const mine = lanes === size ? 'lane' : `(lane % ${lanes}u)`;
  const [k, w] = [c.fresh('k'), c.fresh('w')];
  // A loop, since what compiles shaders for a processor takes long over each barrier.
  c.block(`for (var ${k} = 0u; ${k} < ${Math.log2(lanes)}u; ${k}++)`, () => {
    c.line(`let ${w} = ${lanes / 2}u >> ${k};`);
    c.block(`if (${mine} < ${w})`, () => { c.line(`${array}[lane] = ${put(combined(c, f.monoid, f.dtype, take(c, type, `${array}[lane]`), take(c, type, `${array}[lane + ${w}]`)))};`); });
    c.line('workgroupBarrier();');
  });
  c.line(`${total.code} = ${take(c, type, `${array}[${lanes === size ? '0u' : `lane - lane % ${lanes}u`}]`).code};`, 'workgroupBarrier();');
}

/** The order within a subgroup is the adapter's own, and the same each time; that over subgroups is theirs. */
function foldSubgroups(c: Code, shared: Shared, f: Fold, total: Term, { size }: Group): void {
  const { type } = total;
  // No subgroup has fewer than four lanes.
  const array = shared.array(`slot_${cellType(type)}`, cellType(type), size / 4);
  const within = inSubgroup(c, f, total);
  c.block('if (subgroup_lane == 0u)', () => { c.line(`${array}[subgroup_number] = ${put(within)};`); });
  c.line('workgroupBarrier();');
  const slots = c.variable(type, c.as(type, unitTerm(c, f)));
  const k = c.fresh('k');
  c.block(`for (var ${k} = subgroup_lane; ${k} < subgroup_count; ${k} += subgroup_width)`, () => { c.line(`${slots.code} = ${c.as(type, combined(c, f.monoid, f.dtype, slots, take(c, type, `${array}[${k}]`)))};`); });
  c.line(`${total.code} = ${inSubgroup(c, f, slots).code};`, 'workgroupBarrier();');
}
function inSubgroup(c: Code, { monoid, dtype }: Fold, x: Term): Term {
  const d = foldDType(dtype);
  if (d === 'bool') return c.let('bool', `${monoid === 'max' || monoid === 'add' ? 'subgroupAny' : 'subgroupAll'}(${x.code})`);
  if (monoid === 'add' || monoid === 'mul') return c.let(x.type, `${monoid === 'add' ? 'subgroupAdd' : 'subgroupMul'}(${x.code})`);
  const op = monoid === 'max' ? 'subgroupMax' : 'subgroupMin';
  if (d !== 'f32') return c.let(x.type, `${op}(${x.code})`);
  // As numbers in the order of floats, beyond which NaN lies on either side.
  const bits = c.let('u32', c.u32(x)).code;
  const ordered = c.let('u32', `${bits} ^ select(0x80000000u, 0xffffffffu, ${bits} >= 0x80000000u)`).code;
  const key = c.let('u32', `${op}(select(${ordered}, ${monoid === 'max' ? '0xffffffffu' : '0u'}, ${c.isNaN(x).code}))`).code;
  // What NaN became is the key of a number that is NaN, too.
  return c.let('f32', `bitcast<f32>(${key} ^ select(0xffffffffu, 0x80000000u, ${key} >= 0x80000000u))`);
}
