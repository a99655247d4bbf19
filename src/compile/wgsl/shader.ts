// A compute shader as text, and what a backend must know to run it: its bindings and how many workgroups it wants. Floor 5.
import type { DType } from '../../dtype/dtype.ts';
import { CotangentError } from '../../error.ts';
import { sizeOf } from '../../ir/aval.ts';
import type { Var } from '../../ir/jaxpr.ts';
import { Code, opaqueBits, type Term } from './code.ts';
import { settled, wordOf } from './convert.ts';
import { elementBytes, maskOf, packed, perWord, shiftAt, unpacked, wordAt } from './packed.ts';

/** Memory that the shader reads or writes. */
export interface Binding { readonly place: Place; readonly access: 'read' | 'read_write'; readonly quads?: boolean }
export interface Shader {
  readonly code: string;
  readonly bindings: readonly Binding[];
  /** Workgroups in all: the backend lays them out in as many dimensions as the device wants. */
  readonly groups: number;
}
/** One of the pieces of memory of a program: an input, a result, a part of the arena, or the workgroup counts that its kernels decide. */
export type Piece =
  | { readonly kind: 'input' | 'result'; readonly index: number; readonly bytes: number; readonly dtype: DType }
  | { readonly kind: 'arena'; readonly offset: number; readonly bytes: number; readonly dtype: DType }
  | { readonly kind: 'counts'; readonly dtype: 'u32' };
/** Where a value lies: in a piece of memory, at an offset that turns of loops move. */
export interface Place { readonly piece: Piece; readonly slices: readonly Slice[] }
/** `stride` elements for each turn: the number of the turn stands in memory too. */
export interface Slice { readonly turn: Place; readonly stride: number }
/** `nativeHalf`: the shader names halves one by one; else they are taken out of words. */
export interface Placement { (v: Var): Place; readonly nativeHalf?: boolean }
export function keyOf(p: Piece): string {
  switch (p.kind) {
    case 'arena': return `a${p.offset}`;
    case 'input': case 'result': return `${p.kind} ${p.index}`;
    case 'counts': return 'counts';
    default: return p satisfies never;
  }
}

export const wordBytes = 4;
/** A number below 2^32 as the i32 of its bits: sums wrap, and read as u32 they are what was meant. Bytes that lie behind 2^31 others are counted so. */
const wrapped = (n: number): string => new Code().int(n).code;
/** Invocations of a workgroup where nothing speaks for another number. */
export const groupSize = 64;
/** Most workgroups of one dimension, on every device. */
export const maxGroups = 65535;

/**
 * The bindings of one shader, in the order in which they are asked for. Values in one piece of memory share a binding; with `span`, a part
 * of the arena, all values in it do, as words: a device binds few buffers to a kernel.
 * Invocations that write different elements of one word change its bits by atomic operations, in any order: no bit has two writers.
 */
export class Bindings {
  readonly #placement: Placement;
  readonly #span: { readonly offset: number; readonly bytes: number } | null;
  readonly #list: Binding[] = [];
  readonly #offsets = new Map<string, string>();
  /** Memory that is bound as vectors of four. */
  readonly #vectors = new Set<string>();
  /** The names of arrays whose words several invocations write. */
  readonly #atomic = new Set<string>();
  constructor(placement: Placement, span: { readonly offset: number; readonly bytes: number } | null = null) {
    this.#placement = placement;
    this.#span = span;
  }
  get list(): readonly Binding[] { return this.#list; }
  /** From here on the memory of these keys is bound as vectors of four. */
  asVectors(keys: Iterable<string>): void { for (const k of keys) this.#vectors.add(k); }
  /** The name of the array that a piece is bound as. */
  array(place: Place, quads = this.#vectors.has(keyOf(place.piece))): string {
    const key = keyOf(place.piece);
    let at = this.#list.findIndex(b => keyOf(b.place.piece) === key);
    // What nobody writes is bound for reading alone: it may be bound twice.
    if (at < 0) at = this.#list.push({ place, access: place.piece.kind === 'input' ? 'read' : 'read_write', ...quads ? { quads } : {} }) - 1;
    return `b${at}`;
  }
  /** Four neighbours of float32, or of halves, from an index that four divides: the piece holds nothing else that the shader reads or writes by element. */
  quad(v: Var, index: string): string {
    const place = this.#placement(v);
    const turned = this.#turned(place);
    const vector = `${this.array(place, true)}[(${[...turned, index].join(' + ')}) >> 2u]`;
    return this.#memory(place.piece.dtype) === 'f16' ? `vec4f(${vector})` : vector;
  }
  /** The single element of a place: of a whole word it may be written, too. */
  word(place: Place): string {
    const { array, index, memory } = this.#at(place, '0i', place.piece.dtype);
    return memory !== 'u32' || perWord(place.piece.dtype) === 1 ? `${array}[${index}]` : `(${array}[${wordAt(place.piece.dtype, `u32(${index})`)}] & ${maskOf(place.piece.dtype)})`;
  }
  /** An element of a place: the array, what it is an array of, and the index in it, in elements. */
  #at({ piece, slices }: Place, index: string, d: DType): { readonly array: string; readonly memory: Memory; readonly index: string } {
    const span = piece.kind === 'arena' ? this.#span : null;
    const base = piece.kind === 'arena' && span !== null ? (piece.offset - span.offset) / elementBytes(d) : 0;
    const bound: Place = span === null ? { piece, slices } : { piece: { kind: 'arena', dtype: 'u32', ...span }, slices: [] };
    const parts = [...base === 0 ? [] : [wrapped(base)], ...this.#turned({ piece, slices }), index];
    return { array: this.array(bound), memory: this.#memory(bound.piece.dtype), index: parts.join(' + ') };
  }
  /** By what the turns of loops move a place, as one name. */
  #turned({ slices }: Place): readonly string[] {
    const sum = slices.map(s => {
      const turn = this.#at(s.turn, '0i', 'i32');
      const code = turn.memory === 'i32' ? `${turn.array}[${turn.index}]` : `bitcast<i32>(${reading(turn.array, turn.index)})`;
      return `${code} * ${s.stride}i`;
    }).join(' + ');
    return sum === '' ? [] : [this.#offset(sum)];
  }
  #offset(sum: string): string {
    let name = this.#offsets.get(sum);
    if (name === undefined) this.#offsets.set(sum, name = `turn${this.#offsets.size}`);
    return name;
  }
  #memory(d: DType): Memory {
    if (d === 'f16' && this.#placement.nativeHalf === true) return 'f16';
    const type = perWord(d) > 1 ? 'u32' : wordOf(d);
    return type === 'bool' ? 'u32' : type;
  }
  declarations(): readonly string[] {
    const types = this.#list.map(b => this.#memory(b.place.piece.dtype));
    return [
      ...types.includes('f16') ? ['enable f16;'] : [],
      ...this.#list.map((b, i) => `@group(0) @binding(${i}) var<storage, ${b.access}> b${i}: array<${b.quads === true ? vectorOf[types[i] ?? 'u32'] : this.#atomic.has(`b${i}`) ? 'atomic<u32>' : types[i]}>;`),
    ];
  }
  /** What the shader begins with: offsets that turns of loops give. */
  prologue(): readonly string[] { return [...this.#offsets].map(([sum, name]) => `let ${name} = ${sum};`); }
  /** The text of statements, now that it is known which arrays are atomic. */
  finished(text: string): string {
    return text.replace(/«(read|write|to|end) (b\d+)»/g, (_, mark: string, array: string) => {
      const atomic = this.#atomic.has(array);
      switch (mark) {
        case 'read': return atomic ? 'atomicLoad(&' : '';
        case 'write': return atomic ? 'atomicStore(&' : '';
        case 'to': return atomic ? ', ' : ' = ';
        default: return atomic ? ')' : '';
      }
    });
  }
  load(c: Code, v: Var, index: string): Term {
    const d = v.aval.dtype;
    const { array, memory, index: at } = this.#at(this.#placement(v), index, d);
    const type = wordOf(d);
    if (this.#isVectors(array)) {
      const one = c.let('i32', at).code;
      return c.let(type, memory === 'f16' ? `f32(${array}[${one} >> 2u][${one} & 3])` : `${array}[${one} >> 2u][${one} & 3]`);
    }
    if (memory === 'f16') return c.let('f32', `f32(${array}[${at}])`);
    if (memory !== 'u32') return c.let(type, `${array}[${at}]`);
    if (perWord(d) === 1) return c.let(type, type === 'u32' ? reading(array, at) : `bitcast<${type}>(${reading(array, at)})`);
    const element = c.let('u32', `u32(${at})`).code;
    return unpacked(c, d, c.let('u32', reading(array, wordAt(d, element))).code, shiftAt(d, element));
  }
  store(c: Code, v: Var, index: string, x: Term): void {
    const d = v.aval.dtype;
    const place = this.#placement(v);
    const { array, memory, index: at } = this.#at(place, index, d);
    const type = wordOf(d);
    if (memory === 'f16') { c.line(`${array}[${at}] = f16(${settled(c, 'f16', x).code});`); return; }
    if (memory !== 'u32') { c.line(`${array}[${at}] = ${c.as(type, x)};`); return; }
    if (perWord(d) === 1) { c.line(writing(array, at, c.u32({ ...x, code: c.as(type, x), type }))); return; }
    const bits = packed(c, d, x).code;
    // Nobody else has a part of the word.
    if (sizeOf(v.aval.shape) === 1 && place.slices.length === 0) { c.line(writing(array, wordAt(d, `u32(${at})`), bits)); return; }
    this.#atomic.add(array);
    const element = c.let('u32', `u32(${at})`).code;
    const [word, shift] = [`${array}[${wordAt(d, element)}]`, c.let('u32', shiftAt(d, element)).code];
    c.line(`atomicAnd(&${word}, ~(${maskOf(d)} << ${shift}));`, `atomicOr(&${word}, ${bits} << ${shift});`);
  }
  #isVectors(array: string): boolean { return this.#list[Number(array.slice(1))]?.quads === true; }
  /** Four neighbours from a multiple of four on. */
  loadFour(c: Code, v: Var, index: string): Neighbours {
    const d = v.aval.dtype;
    const { array, memory, index: at } = this.#at(this.#placement(v), index, d);
    const type = wordOf(d);
    if (this.#isVectors(array)) {
      const name = c.fresh('four');
      c.line(`let ${name} = ${memory === 'f16' ? 'vec4f' : ''}(${array}[(${at}) >> 2u]);`);
      return k => ({ code: `${name}.${'xyzw'[k] ?? 'x'}`, type });
    }
    const each = perWord(d);
    const first = c.let('u32', wordAt(d, `u32(${at})`)).code;
    const words = Array.from({ length: 4 / each }, (_, k) => c.let('u32', reading(array, k === 0 ? first : `${first} + ${k}u`)).code);
    return k => unpacked(c, d, words[Math.floor(k / each)] ?? '0u', `${k % each * 8 * elementBytes(d)}u`);
  }
  storeFour(c: Code, v: Var, index: string, xs: readonly Term[]): void {
    const d = v.aval.dtype;
    const { array, memory, index: at } = this.#at(this.#placement(v), index, d);
    if (this.#isVectors(array)) {
      const parts = xs.map(x => memory === 'f16' ? `f16(${settled(c, 'f16', x).code})` : c.as(wordOf(d), x));
      c.line(`${array}[(${at}) >> 2u] = ${vectorOf[memory]}(${parts.join(', ')});`);
      return;
    }
    const each = perWord(d);
    const first = c.let('u32', wordAt(d, `u32(${at})`)).code;
    for (let k = 0; k < 4; k += each) {
      const bits = xs.slice(k, k + each).map((x, j) => `${packed(c, d, x).code}${j === 0 ? '' : ` << ${j * 8 * elementBytes(d)}u`}`);
      c.line(writing(array, k === 0 ? first : `${first} + ${k / each}u`, bits.map(b => `(${b})`).join(' | ')));
    }
  }
  /** Elements of a value that a word holds, where words are its own: its elements begin with a word, whatever turn it is. */
  ownedPerWord(v: Var): number {
    const d = v.aval.dtype;
    const { piece, slices } = this.#placement(v);
    return this.#memory(piece.kind === 'arena' && this.#span !== null ? 'u32' : d) === 'u32' && slices.every(s => s.stride % perWord(d) === 0) ? perWord(d) : 1;
  }
  /** Stores a whole word, whose first element is `index`. */
  storeWord(c: Code, v: Var, index: string, bits: string): void {
    const { array, index: at } = this.#at(this.#placement(v), index, v.aval.dtype);
    c.line(writing(array, wordAt(v.aval.dtype, `u32(${at})`), bits));
  }
}
/** The elements of four neighbours. */
export type Neighbours = (k: number) => Term;
/** What the memory of a binding is an array of. */
type Memory = 'f32' | 'i32' | 'u32' | 'f16';
const vectorOf: { readonly [M in Memory]: string } = { f32: 'vec4f', i32: 'vec4i', u32: 'vec4u', f16: 'vec4h' };
// Whether the words of an array are atomic is known when all stores are: until then loads and stores of words are marked.
const reading = (array: string, index: string): string => `«read ${array}»${array}[${index}]«end ${array}»`;
const writing = (array: string, index: string, bits: string): string => `«write ${array}»${array}[${index}]«to ${array}»${bits}«end ${array}»;`;

/** The text of a shader: `flat` is the number of its invocation, or of its workgroup, among all. */
export function shaderText(bindings: Bindings, size: number, c: Code, shared: readonly string[] = []): string {
  const text = bindings.finished([...bindings.prologue(), ...c.lines].join('\n'));
  const subgroups = text.includes('subgroup');
  const inputs = [
    '@builtin(workgroup_id) workgroup: vec3u', '@builtin(num_workgroups) workgroups: vec3u', '@builtin(local_invocation_index) lane: u32',
    ...subgroups ? ['@builtin(subgroup_invocation_id) subgroup_lane: u32', '@builtin(subgroup_id) subgroup_number: u32', '@builtin(num_subgroups) subgroup_count: u32', '@builtin(subgroup_size) subgroup_width: u32'] : [],
  ];
  // Bits that no compiler knows are variables of the module where functions need them.
  const { functions } = c;
  const ofModule = opaqueBits.filter(([name]) => functions.some(f => f.includes(name)));
  return [
    ...subgroups ? ['enable subgroups;', 'requires subgroup_id;'] : [],
    ...bindings.declarations(), ...shared, ...ofModule.map(([name]) => `var<private> ${name}: u32;`), ...functions,
    `@compute @workgroup_size(${size})`,
    `fn main(${inputs.join(', ')}) {`,
    ...opaqueBits.filter(b => text.includes('bits_') || ofModule.includes(b)).map(b => `${ofModule.includes(b) ? '' : 'let '}${b[0]} = ${b[1]};`), text, '}', '',
  ].join('\n');
}
/** Most elements, and turns of loops, that a kernel tells apart: indices are i32. */
export const mostElements = 2 ** 31 - 1;
/** Throws `unsupported` where there are more elements, or turns, than an index counts. */
export function checkCount(n: number, what: () => string): void {
  if (n > mostElements) throw new CotangentError('unsupported', `webgpu: ${what()} has ${n} elements, a kernel tells at most ${mostElements} apart; split it along an axis`);
}
/** Opens the code of a shader with one invocation for each of `count` things. */
export const openInvocations = (c: Code, count: number): Term => {
  checkCount(count, () => 'a kernel');
  c.line(`let flat = (workgroup.y * workgroups.x + workgroup.x) * ${groupSize}u + lane;`, `if (flat >= ${count}u) { return; }`);
  return { code: 'flat', type: 'u32' };
};
/** Workgroups in two dimensions: each has a limit. */
export const groupsOf = (groups: number): { readonly x: number; readonly y: number } => { const x = Math.min(groups, maxGroups); return { x, y: Math.ceil(groups / x) }; };
export const invocationGroups = (count: number): number => Math.ceil(count / groupSize);
