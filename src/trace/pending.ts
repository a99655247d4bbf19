// Call-by-need: outside every stage an operation only extends a pending program; a read runs what is needed of it.
// Floor 1: knows nothing of transforms, and of backends only their interface.
import { MemoryError } from '../error.ts';
import { allocate, type HostArray } from '../dtype/dtype.ts';
import { bytesOf, sizeOf, type Aval } from '../ir/aval.ts';
import { effectOf, Var, type Atom, type Eqn, type Jaxpr, type Origin } from '../ir/jaxpr.ts';
import type { Params, Primitive } from '../ir/primitive.ts';
import { currentBackend, type Backend, type Buffer } from './backend.ts';
import { Cell, type PendingNode } from './cell.ts';
import { runOnce } from './executables.ts';
import { installReader, TensorHandle } from './handle.ts';
import { installOutermost } from './scope.ts';
import { statistics } from './statistics.ts';

/** A pending chain longer than this, or that pins more than this, is run up to the operands of the operation being recorded. */
export const pendingLimits = { equations: 512, bytes: 64 * 2 ** 20 };

let serial = 0;
let pinnedBytes = 0;

function record(primitive: Primitive, params: Params, inputs: readonly Cell[], avals: readonly Aval[], origin: Origin): readonly TensorHandle[] {
  // The record's own word first: only records that hold programs are looked into.
  if (primitive.properties.effect !== 'none' || (primitive.rules.kind === 'nested' && effectOf({ primitive, params }) !== 'none')) return perform(primitive, params, inputs, avals, origin);
  const isCall = primitive.properties.call;
  // A call forces the pending calls among its arguments, so that a training loop is one stable program per step.
  if (isCall) force(inputs.filter(c => c.state.kind === 'pending' && c.state.node.hasCall));
  let { oldest, oldestBytes } = ages(inputs);
  if (serial - oldest >= pendingLimits.equations || pinnedBytes - oldestBytes >= pendingLimits.bytes) {
    statistics.cuts++;
    force(inputs);
    ({ oldest, oldestBytes } = ages(inputs));
  }
  let hasCall = isCall;
  for (const c of inputs) {
    c.uses++;
    if (c.state.kind === 'pending') hasCall ||= c.state.node.hasCall;
    else if (c.state.kind !== 'literal') pinnedBytes += bytesOf(c.aval);
  }
  const node: PendingNode = { primitive, params, inputs, outputs: [], origin, serial: ++serial, oldest, oldestBytes, hasCall, ran: false, done: false };
  node.outputs = avals.map((a, index) => new Cell(a, { kind: 'pending', node, index }));
  return node.outputs.map(c => new TensorHandle(c));
}
/** An effect happens when it is recorded, after all that it reads: outside stages nothing else would say when. */
function perform(primitive: Primitive, params: Params, inputs: readonly Cell[], avals: readonly Aval[], origin: Origin): readonly TensorHandle[] {
  force(inputs);
  const node: PendingNode = { primitive, params, inputs, outputs: [], origin, serial, oldest: serial, oldestBytes: pinnedBytes, hasCall: false, ran: false, done: true };
  node.outputs = avals.map((a, index) => new Cell(a, { kind: 'pending', node, index }));
  const { jaxpr, leaves } = draft([node], new Set(node.outputs));
  const backend = currentBackend();
  const results = withBuffers(leaves, backend, jaxpr, buffers => {
    if (primitive.rules.kind !== 'flat') return runOnce(backend, jaxpr, buffers);
    // A record of its own (a callback) would only crowd the cache of executables.
    return backend.interpret === undefined ? backend.compile(jaxpr).run(buffers, buffers.map(() => false), jaxpr) : backend.interpret(jaxpr, buffers);
  });
  return node.outputs.map((c, i) => {
    const buffer = results[i];
    if (buffer !== undefined) giveBuffer(c, backend, buffer);
    return new TensorHandle(c);
  });
}
function ages(inputs: readonly Cell[]): { oldest: number; oldestBytes: number } {
  let oldest = serial;
  let oldestBytes = pinnedBytes;
  for (const c of inputs) {
    if (c.state.kind !== 'pending') continue;
    oldest = Math.min(oldest, c.state.node.oldest);
    oldestBytes = Math.min(oldestBytes, c.state.node.oldestBytes);
  }
  return { oldest, oldestBytes };
}

/** Pending ancestors in the order in which they were recorded, whatever the roots' order. Iterative: chains are long. */
function collect(roots: readonly Cell[]): PendingNode[] {
  const seen = new Set<PendingNode>();
  const stack: Cell[] = [...roots];
  for (let c = stack.pop(); c !== undefined; c = stack.pop()) {
    if (c.state.kind !== 'pending' || seen.has(c.state.node)) continue;
    seen.add(c.state.node);
    for (const input of c.state.node.inputs) stack.push(input);
  }
  return [...seen].sort((a, b) => a.serial - b.serial);
}

/** Makes the cells concrete: their pending ancestors run as one program. */
export function force(roots: readonly Cell[]): void {
  const nodes = collect(roots);
  if (nodes.length === 0) return;
  const { jaxpr, leaves, kept } = draft(nodes, new Set(roots));
  const backend = currentBackend();
  const results = withBuffers(leaves, backend, jaxpr, buffers => runOnce(backend, jaxpr, buffers));
  kept.forEach((c, i) => { const buffer = results[i]; if (buffer !== undefined) giveBuffer(c, backend, buffer); });
  for (const n of nodes) {
    n.ran = true;
    // What was not kept may be asked for again: until then its inputs may be neither overwritten nor given back.
    if (n.done || n.outputs.some(c => c.state.kind === 'pending')) continue;
    n.done = true;
    for (const c of n.inputs) c.uses--;
    n.inputs.forEach(release);
  }
}

interface Draft { readonly jaxpr: Jaxpr; readonly leaves: readonly Cell[]; readonly kept: readonly Cell[] }
/**
 * Kept is what was asked for, every result of a call, every value that is not cheap, what a recorded operation outside this program
 * waits for, and what has run before: so no costly operation ever runs twice.
 */
function draft(nodes: readonly PendingNode[], roots: ReadonlySet<Cell>): Draft {
  const vars = new Map<Cell, Var>();
  const inside = new Map<Cell, number>();
  const leaves: Cell[] = [];
  const atom = (c: Cell): Atom => {
    let v = vars.get(c);
    if (v !== undefined) return v;
    // A number of the user's is an input, so that a changing learning rate is no new program.
    if (c.state.kind === 'literal' && !c.state.lifted) return { value: c.state.value, aval: c.aval };
    vars.set(c, v = new Var(c.aval));
    leaves.push(c);
    return v;
  };
  const eqns = nodes.map((n): Eqn => {
    const inputs = n.inputs.map(atom);
    if (!n.done) for (const c of n.inputs) inside.set(c, (inside.get(c) ?? 0) + 1);
    const outputs = n.outputs.map(c => { const v = new Var(c.aval); vars.set(c, v); return v; });
    return { primitive: n.primitive, params: n.params, inputs, outputs, origin: n.origin };
  });
  const kept = nodes.flatMap(n => n.outputs.filter(c =>
    roots.has(c) || !n.primitive.properties.cheap || n.ran || c.uses > (inside.get(c) ?? 0)));
  const inputs = leaves.flatMap(c => vars.get(c) ?? []);
  return { jaxpr: { numConsts: 0, inputs, eqns, outputs: kept.map(atom) }, leaves, kept };
}

/** Runs on the buffers of cells. Those of splats were made for this run: they go back afterwards, unless they are results. */
export function withBuffers(cells: readonly Cell[], backend: Backend, program: Jaxpr, run: (buffers: readonly Buffer[]) => readonly Buffer[]): readonly Buffer[] {
  const buffers = cells.map((c, i) => bufferOf(c, backend, program, i));
  let results: readonly Buffer[] = [];
  try {
    results = run(buffers);
  } finally {
    cells.forEach((c, i) => { const b = buffers[i]; if (c.state.kind === 'literal' && b !== undefined && !results.includes(b)) backend.release(b); });
  }
  return results;
}
/** Whether overwriting the cell's buffer would be seen through another cell. */
export const sharesBuffer = (c: Cell): boolean => c.state.kind === 'buffer' && (c.state.buffer.holders ?? 0) > 1;
/** Makes a cell concrete. The backend learns whose collection frees the memory. */
export function giveBuffer(c: Cell, backend: Backend, buffer: Buffer): void {
  c.state = { kind: 'buffer', backend, buffer };
  buffer.holders = (buffer.holders ?? 0) + 1;
  backend.adopt?.(c, buffer);
}
/** A result of a run as a tensor. */
export function newConcrete(a: Aval, backend: Backend, buffer: Buffer): TensorHandle {
  const cell = new Cell(a, { kind: 'buffer', backend, buffer });
  giveBuffer(cell, backend, buffer);
  return new TensorHandle(cell);
}
/** A concrete cell's buffer on the backend, as an input of a program; host data is uploaded at its first use. */
export function bufferOf(c: Cell, backend: Backend, program: Jaxpr, input: number): Buffer {
  const s = c.state;
  switch (s.kind) {
    case 'buffer': {
      if (s.backend === backend) return s.buffer;
      if (s.backend.lost === true) throw new MemoryError('backend-mismatch', `${readerOf(program, input)}: an operand lived on a device of ${s.backend.name} that was lost; load or compute it again`);
      if (s.backend.name === backend.name) throw new MemoryError('backend-mismatch', `${readerOf(program, input)}: an operand lives on another device of ${backend.name}; make it anew: fromData(await x.data(), x.shape)`);
      throw new MemoryError('backend-mismatch', `${readerOf(program, input)}: an operand lives on ${s.backend.name}, the current backend is ${backend.name}; move it: await to(x, '${backend.name}')`);
    }
    case 'host': {
      backend.checkDType(c.aval.dtype);
      const buffer = backend.upload(s.data, c.aval);
      giveBuffer(c, backend, buffer);
      return buffer;
    }
    case 'literal': return backend.fill(s.value, c.aval);
    case 'pending':
    case 'released':
    case 'tracer': return fail(s.kind);
    default: return s satisfies never;
  }
}

function fail(kind: Cell['state']['kind']): never { throw new MemoryError('unsupported', `a ${kind} value has no buffer`); }

/** Who reads an input, by name. */
function readerOf(program: Jaxpr, input: number): string {
  const v = program.inputs[input];
  const e = program.eqns.find(eqn => eqn.inputs.some(a => a === v));
  const name = e?.params['name'];
  return e === undefined ? 'result' : typeof name === 'string' ? name : e.primitive.name;
}

function hostCopy(c: Cell): HostArray | null {
  const s = c.state;
  if (s.kind === 'host') return s.data.slice();
  if (s.kind === 'literal') return allocate(c.aval.dtype, sizeOf(c.aval.shape)).fill(s.value);
  return null;
}
function downloadSync(c: Cell): HostArray {
  const s = c.state;
  if (s.kind === 'buffer') return s.backend.downloadSync(s.buffer, c.aval);
  return hostCopy(c) ?? fail(s.kind);
}
function readSync(c: Cell): HostArray {
  force([c]);
  return downloadSync(c);
}

/** Reads asked for in one tick run as one program: `Promise.all([a.data(), b.data()])` is one launch. */
let wanted: Cell[] = [];
let tick: Promise<void> | null = null;
async function read(c: Cell): Promise<HostArray> {
  if (c.state.kind === 'pending') {
    wanted.push(c);
    tick ??= Promise.resolve().then(() => {
      const roots = wanted;
      wanted = [];
      tick = null;
      force(roots);
    });
    // If another read of this tick failed, this one still gets its own answer, or its own error.
    try { await tick; } catch { force([c]); }
  }
  const host = hostCopy(c);
  if (host !== null) return host;
  const s = c.state;
  return s.kind === 'buffer' ? s.backend.download(s.buffer, c.aval) : readSync(c);
}
/** Gives back the memory of a value that was disposed or donated, and that nobody waits for. */
function release(c: Cell): void {
  if (c.state.kind !== 'buffer' || c.handles > 0 || c.uses > 0 || c.captured) return;
  const { backend, buffer } = c.state;
  c.state = { kind: 'released' };
  buffer.holders = (buffer.holders ?? 1) - 1;
  backend.release(buffer, c);
}

installOutermost({ record });
installReader({ read, readSync, release });
