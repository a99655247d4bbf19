// A compute shader as text, and what a backend must know to run it: its bindings and how many workgroups it wants. Floor 5.
import type { DType } from '../../dtype/dtype.ts';
import type { Var } from '../../ir/jaxpr.ts';
import type { Code, Term } from './code.ts';
import { opaqueBits } from './code.ts';
import { wordOf } from './convert.ts';

/** Memory that the shader reads or writes. */
export interface Binding { readonly place: Place; readonly access: 'read' | 'read_write' }
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
export type Placement = (v: Var) => Place;
export function keyOf(p: Piece): string {
  switch (p.kind) {
    case 'arena': return `a${p.offset}`;
    case 'input': case 'result': return `${p.kind} ${p.index}`;
    case 'counts': return 'counts';
    default: return p satisfies never;
  }
}

/** Bytes of an element in the memory of the device: every element is a word. */
export const wordBytes = 4;
/** Invocations of a workgroup where nothing speaks for another number. */
export const groupSize = 64;
/** Most workgroups of one dimension, on every device. */
export const maxGroups = 65535;

/**
 * The bindings of one shader, in the order in which they are asked for. Values in one piece of memory share a binding; with `span`, a part
 * of the arena, all values in it do, as words: a device binds few buffers to a kernel.
 */
export class Bindings {
  readonly #placement: Placement;
  readonly #span: { readonly offset: number; readonly bytes: number } | null;
  readonly #list: Binding[] = [];
  readonly #offsets = new Map<string, string>();
  constructor(placement: Placement, span: { readonly offset: number; readonly bytes: number } | null = null) {
    this.#placement = placement;
    this.#span = span;
  }
  get list(): readonly Binding[] { return this.#list; }
  /** The name of the array that a piece is bound as. */
  array(place: Place): string {
    const key = keyOf(place.piece);
    let at = this.#list.findIndex(b => keyOf(b.place.piece) === key);
    // What nobody writes is bound for reading alone: it may be bound twice.
    if (at < 0) at = this.#list.push({ place, access: place.piece.kind === 'input' ? 'read' : 'read_write' }) - 1;
    return `b${at}`;
  }
  /** The single element of a place. */
  word(place: Place): string { return this.#at(place, '0i').code; }
  #at(place: Place, index: string): { readonly code: string; readonly raw: boolean } {
    const { piece, slices } = place;
    const span = piece.kind === 'arena' ? this.#span : null;
    const base = piece.kind === 'arena' && span !== null ? (piece.offset - span.offset) / wordBytes : 0;
    const array = this.array(span === null ? place : { piece: { kind: 'arena', dtype: 'u32', ...span }, slices: [] });
    const sum = slices.map(s => { const { code, raw } = this.#at(s.turn, '0i'); return `${raw ? `bitcast<i32>(${code})` : code} * ${s.stride}i`; }).join(' + ');
    const parts = [...base === 0 ? [] : [`${base}i`], ...sum === '' ? [] : [this.#offset(sum)], index];
    return { code: `${array}[${parts.join(' + ')}]`, raw: span !== null };
  }
  #offset(sum: string): string {
    let name = this.#offsets.get(sum);
    if (name === undefined) this.#offsets.set(sum, name = `turn${this.#offsets.size}`);
    return name;
  }
  declarations(): readonly string[] {
    return this.#list.map((b, i) => `@group(0) @binding(${i}) var<storage, ${b.access}> b${i}: array<${memoryType(b.place.piece.dtype)}>;`);
  }
  /** What the shader begins with: offsets that turns of loops give. */
  prologue(): readonly string[] { return [...this.#offsets].map(([sum, name]) => `let ${name} = ${sum};`); }
  load(c: Code, v: Var, index: string): Term {
    const d = v.aval.dtype;
    const { code, raw } = this.#at(this.#placement(v), index);
    if (d === 'bool') return c.let('bool', `${code} != 0u`);
    const type = wordOf(d);
    return c.let(type, raw && type !== 'u32' ? `bitcast<${type}>(${code})` : code);
  }
  store(c: Code, v: Var, index: string, x: Term): void {
    const d = v.aval.dtype;
    const { code, raw } = this.#at(this.#placement(v), index);
    c.line(`${code} = ${d === 'bool' ? `select(0u, 1u, ${c.bool(x)})` : raw ? c.u32({ ...x, code: c.as(wordOf(d), x), type: wordOf(d) }) : c.as(wordOf(d), x)};`);
  }
}
/** What an element is in memory: bools are words that are 0 or 1. */
const memoryType = (d: DType): string => d === 'bool' ? 'u32' : wordOf(d);

/** The text of a shader: `flat` is the number of its invocation, or of its workgroup, among all. */
export function shaderText(bindings: Bindings, size: number, c: Code, shared: readonly string[] = []): string {
  const text = [...bindings.prologue(), ...c.lines].join('\n');
  return [
    ...bindings.declarations(), ...shared, ...c.functions,
    `@compute @workgroup_size(${size})`,
    'fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {',
    ...text.includes('bits_') ? opaqueBits.map(([name, definition]) => `let ${name} = ${definition};`) : [],
    text, '}', '',
  ].join('\n');
}
/** Opens the code of a shader with one invocation for each of `count` things. */
export const openInvocations = (c: Code, count: number): Term => {
  c.line(`let flat = (workgroup.y * workgroups.x + workgroup.x) * ${groupSize}u + lane;`, `if (flat >= ${count}u) { return; }`);
  return { code: 'flat', type: 'u32' };
};
/** Workgroups in two dimensions: each has a limit. */
export const groupsOf = (groups: number): { readonly x: number; readonly y: number } => { const x = Math.min(groups, maxGroups); return { x, y: Math.ceil(groups / x) }; };
export const invocationGroups = (count: number): number => Math.ceil(count / groupSize);
