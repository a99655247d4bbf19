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
/** One of the pieces of memory of a program: an input, a result, or a part of the arena. */
export type Piece =
  | { readonly kind: 'input' | 'result'; readonly index: number; readonly bytes: number; readonly dtype: DType }
  | { readonly kind: 'arena'; readonly offset: number; readonly bytes: number; readonly dtype: DType };
/** Where a value lies: in a piece of memory, at an offset that turns of loops move. */
export interface Place { readonly piece: Piece; readonly slices: readonly Slice[] }
/** `stride` elements for each turn: the number of the turn stands in memory too. */
export interface Slice { readonly turn: Place; readonly stride: number }
export type Placement = (v: Var) => Place;
export const keyOf = (p: Piece): string => p.kind === 'arena' ? `a${p.offset}` : `${p.kind[0]}${p.index}`;

/** Bytes of an element in the memory of the device: every element is a word. */
export const wordBytes = 4;
/** Invocations of a workgroup where nothing speaks for another number. */
export const groupSize = 64;
/** Most workgroups of one dimension, on every device. */
export const maxGroups = 65535;

/** The bindings of one shader, in the order in which they are asked for. Values in one piece of memory share a binding. */
export class Bindings {
  readonly #placement: Placement;
  readonly #list: Binding[] = [];
  readonly #offsets = new Map<string, string>();
  constructor(placement: Placement) { this.#placement = placement; }
  get list(): readonly Binding[] { return this.#list; }
  #array(place: Place): string {
    const key = keyOf(place.piece);
    let at = this.#list.findIndex(b => keyOf(b.place.piece) === key);
    // What nobody writes is bound for reading alone: it may be bound twice.
    if (at < 0) at = this.#list.push({ place, access: place.piece.kind === 'input' ? 'read' : 'read_write' }) - 1;
    return `b${at}`;
  }
  /** The element of a value at an index, to be read or written. */
  element(v: Var, at: string): string {
    const place = this.#placement(v);
    const array = this.#array(place);
    if (place.slices.length === 0) return `${array}[${at}]`;
    const sum = place.slices.map(s => `${this.#array(s.turn)}[0] * ${s.stride}i`).join(' + ');
    let offset = this.#offsets.get(sum);
    if (offset === undefined) this.#offsets.set(sum, offset = `turn${this.#offsets.size}`);
    return `${array}[${offset} + ${at}]`;
  }
  declarations(): readonly string[] {
    return this.#list.map((b, i) => `@group(0) @binding(${i}) var<storage, ${b.access}> b${i}: array<${memoryType(b.place.piece.dtype)}>;`);
  }
  /** What the shader begins with: offsets that turns of loops give. */
  prologue(): readonly string[] { return [...this.#offsets].map(([sum, name]) => `let ${name} = ${sum};`); }
  load(c: Code, v: Var, at: string): Term {
    const d = v.aval.dtype;
    const element = this.element(v, at);
    return d === 'bool' ? c.let('bool', `${element} != 0u`) : c.let(wordOf(d), element);
  }
  store(c: Code, v: Var, at: string, x: Term): void {
    const d = v.aval.dtype;
    c.line(`${this.element(v, at)} = ${d === 'bool' ? `select(0u, 1u, ${c.bool(x)})` : c.as(wordOf(d), x)};`);
  }
}
/** What an element is in memory: bools are words that are 0 or 1. */
const memoryType = (d: DType): string => d === 'bool' ? 'u32' : wordOf(d);

/** The text of a shader: `flat` is the number of its invocation, or of its workgroup, among all. */
export function shaderText(bindings: Bindings, size: number, body: readonly string[], shared: readonly string[] = []): string {
  const text = [...bindings.prologue(), ...body].join('\n');
  return [
    ...bindings.declarations(), ...shared,
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
export const invocationGroups = (count: number): number => Math.ceil(count / groupSize);
