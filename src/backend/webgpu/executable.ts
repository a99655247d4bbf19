// A compiled program on the device: its pipelines, its bind groups, and its runs: one encoder and one submit, unless a loop waits for what it
// computes. Floor 6.
import { MemoryError } from '../../error.ts';
import { groupsOf, keyOf, type Binding, type Piece, type Place } from '../../compile/wgsl/shader.ts';
import type { Aval } from '../../ir/aval.ts';
import type { Jaxpr } from '../../ir/jaxpr.ts';
import type { Buffer, Executable } from '../../trace/backend.ts';
import { countProgram } from '../../trace/statistics.ts';
import { DeviceBuffer, type Piece as Memory } from './buffers.ts';
import { bytesShownBy, dispatchesOf, waitsForHost, type Command, type Dispatch, type HostChoose, type Show, type While } from './commands.ts';
import { asError, type Arena, type Device } from './device.ts';
import type { GpuBufferHandle, GpuCommandEncoder, GpuComputePass, GpuObject } from './gpu.ts';
import type { Pipeline } from './pipelines.ts';
import { Log, type Source } from './log.ts';
import { Outcome } from './outcome.ts';
import { emitProgram, type CompiledProgram, type Limits, type Planned } from './program.ts';

/** As a buffer of this device. */
export function deviceBuffer(b: Buffer, { pool }: Device): DeviceBuffer {
  if (!(b instanceof DeviceBuffer)) throw new MemoryError('backend-mismatch', 'webgpu: the buffer belongs to another backend');
  if (b.piece.pool !== pool) throw new MemoryError('backend-mismatch', 'webgpu: the buffer belongs to another device');
  return b;
}

/** Most turns of a while loop that the device takes before the host asks whether there are more: an even number. */
const mostTurns = 16;
const countBytes = 12;
/** Programs kept for different choices of donated inputs, beside the first and the one that takes none. */
const mostChoices = 3;

/** Bind groups kept for each kernel: a training loop's buffers take turns. */
const keptGroups = 32;
/** Pieces of memory that a result had last: those of a loop without donation take turns. */
const keptPieces = 2;
/** A dispatch whose pipeline is ready, with the bind groups that it had, by the buffers in them; the first is the least recently made. */
interface Ready { readonly pipeline: Pipeline; readonly bindings: readonly Binding[]; readonly x: number; readonly y: number; readonly slot: number | null; readonly groups: Map<string, GpuObject> }
/** The memory of one run. */
interface Run { readonly inputs: readonly DeviceBuffer[]; readonly results: readonly DeviceBuffer[]; readonly arena: Arena; readonly counts: ReturnType<Device['counts']> | null; readonly outcome: Outcome }
/** A run that the host looks into: what it is shown, and the turns of the loops that are being given to the device. */
interface Driven extends Run { readonly log: Log; readonly turns: number[] }

/** Commands in one encoder and one pass until something else is needed. */
class Recorder {
  readonly encoder: GpuCommandEncoder;
  #pass: GpuComputePass | null = null;
  constructor(device: Device) { this.encoder = device.gpu.createCommandEncoder(); }
  get pass(): GpuComputePass { return this.#pass ??= this.encoder.beginComputePass(); }
  end(): GpuCommandEncoder {
    this.#pass?.end();
    this.#pass = null;
    return this.encoder;
  }
}

export class WebGpuExecutable implements Executable {
  readonly program: CompiledProgram;
  readonly #device: Device;
  readonly #fill: (value: number, a: Aval) => DeviceBuffer;
  readonly #ready = new Map<Dispatch, Ready>();
  readonly #waits: boolean;
  /** Bytes that are shown to the host; 0 where it looks at nothing. */
  readonly #shows: number;
  /** Settles when all pipelines are there; null from then on. */
  #making: Promise<void> | null;
  #refused: Error | null = null;
  readonly #names: readonly string[];
  /** Made here: what is made in a run would keep the run's values, and theirs those of the run before. */
  readonly #kernels = (): readonly Dispatch[] => dispatchesOf(this.program.commands);

  readonly #planned: Planned;
  readonly #limits: Limits;
  /** Inputs that results may take the place of, and those that they take the place of here. */
  readonly #takable: readonly number[];
  readonly #taken: readonly boolean[];
  /** What each result had last. */
  readonly #liked: (readonly Memory[])[] = [];
  /** The same program where others are taken. */
  readonly #others: WebGpuExecutable[] = [];

  /** `fill` makes a buffer whose elements are all one value; `donated` are the inputs that runs will mostly give away. */
  constructor(device: Device, planned: Planned, fill: (value: number, a: Aval) => DeviceBuffer, limits: Limits, donated: readonly boolean[] = []) {
    this.#device = device;
    this.#fill = fill;
    this.#planned = planned;
    this.#limits = limits;
    const program = emitProgram(planned, limits, donated);
    this.program = program;
    this.#takable = [...planned.inPlace.values()].map(v => program.jaxpr.inputs.indexOf(v));
    this.#taken = this.#takable.map(i => donated[i] === true);
    this.#names = program.jaxpr.eqns.map(e => e.primitive.name);
    this.#shows = program.commands.reduce((n, c) => n + bytesShownBy(c), 0);
    this.#waits = this.#shows > 0 || waitsForHost(program.commands);
    this.#making = Promise.all([...new Set(dispatchesOf(program.commands))].map(async d => {
      const pipeline = await device.pipelines.get(d.shader, d.name);
      this.#ready.set(d, { pipeline, bindings: d.shader.bindings, ...groupsOf(d.shader.groups), slot: d.slot, groups: new Map() });
    })).then(() => undefined, (error: unknown) => { this.#refused = asError(error); }).finally(() => { this.#making = null; });
  }
  /** When it can run at once; rejects where the device refused a kernel. */
  async ready(donated: readonly boolean[] = []): Promise<void> {
    const taking = this.#taking(donated);
    await taking.#making;
    this.#device.alive();
    if (taking.#refused !== null) throw taking.#refused;
  }

  /** The program where results take the place of these inputs; of many different choices, none. */
  #taking(donated: readonly boolean[]): WebGpuExecutable {
    const fits = (e: WebGpuExecutable): boolean => this.#takable.every((i, k) => e.#taken[k] === (donated[i] === true));
    if (fits(this)) return this;
    const known = this.#others.find(fits);
    if (known !== undefined) return known;
    if (this.#others.length >= mostChoices && donated.includes(true)) return this.#taking([]);
    const other = executable(this.#device, this.#planned, this.#fill, this.#limits, donated);
    this.#others.push(other);
    return other;
  }
  run(inputs: readonly Buffer[], donated: readonly boolean[] = [], lines: Jaxpr = this.#planned.source): readonly Buffer[] { return this.#taking(donated).#run(inputs, lines); }
  #run(inputs: readonly Buffer[], lines: Jaxpr): readonly Buffer[] {
    const held = inputs.map(b => deviceBuffer(b, this.#device));
    const results: DeviceBuffer[] = [];
    for (const r of this.program.results) {
      if (r.kind === 'own') {
        const liked = this.#liked[results.length] ?? [];
        const b = this.#device.pool.take(r.bytes, 'program', liked);
        if (!liked.includes(b.piece)) this.#liked[results.length] = [b.piece, ...liked].slice(0, keptPieces);
        results.push(b);
      }
      else if (r.kind === 'literal') results.push(this.#fill(r.value, r.aval));
      else { const same = r.kind === 'result' ? results[r.index] : held[r.index]; if (same !== undefined) results.push(same); }
    }
    countProgram(this.#names);
    if (this.program.commands.length === 0) return results;
    const failed = (error: Error): void => {
      this.#device.failed(error);
      results.forEach((r, i) => { if (this.program.results[i]?.kind !== 'input') r.failure ??= error; });
    };
    const outcome = new Outcome(this.#kernels);
    const work = { waitFor: () => this.#making, failed, outcome };
    if (this.#waits) this.#device.drive({ ...work, steps: () => this.#steps(held, results, outcome, lines) });
    else this.#device.submit({ ...work, encode: () => this.#encode(held, results, outcome) });
    return results;
  }
  /** Microseconds of runs that the device does one after another, of a program that the host need not look at. */
  async timed(inputs: readonly Buffer[], results: readonly Buffer[], samples: number): Promise<readonly number[]> {
    await this.#making;
    return this.#device.timed(samples, pass => { this.#all(pass, this.program.commands, this.#memory(inputs.map(b => deviceBuffer(b, this.#device)), results.map(b => deviceBuffer(b, this.#device)), new Outcome())); });
  }
  #memory(inputs: readonly DeviceBuffer[], results: readonly DeviceBuffer[], outcome: Outcome): Run {
    if (this.#refused !== null) throw this.#refused;
    for (const { fault } of inputs) if (fault !== null) throw fault;
    const arena = this.#device.arena(this.program.arenaBytes);
    outcome.follows(inputs);
    outcome.follows(results);
    const lacking = arena.lacking();
    if (lacking !== null) outcome.needs([lacking]);
    results.forEach((r, i) => { if (this.program.results[i]?.kind !== 'input') r.outcome = outcome; });
    return { inputs, results, arena, counts: this.program.slots === 0 ? null : this.#device.counts(this.program.slots * countBytes), outcome };
  }
  #encode(inputs: readonly DeviceBuffer[], results: readonly DeviceBuffer[], outcome: Outcome): GpuObject {
    const run = this.#memory(inputs, results, outcome);
    const recorder = new Recorder(this.#device);
    this.#all(recorder.pass, this.program.commands, run);
    return recorder.end().finish();
  }
  /** Commands that the host need not look at. */
  #all(pass: GpuComputePass, commands: readonly Command[], run: Run): void {
    for (const c of commands) {
      switch (c.kind) {
        case 'dispatch': this.#dispatch(pass, c, run); break;
        case 'repeat': for (let turn = 0; turn < c.turns; turn++) this.#all(pass, turn % 2 === 0 ? c.even : c.odd, run); break;
        case 'choose': this.#dispatch(pass, c.decide, run); for (const b of c.bodies) this.#all(pass, b, run); break;
        case 'hostChoose': case 'while': case 'show': throw new MemoryError('unsupported', 'webgpu: the device was given what waits for the host');
        default: c satisfies never;
      }
    }
  }
  #dispatch(pass: GpuComputePass, d: Dispatch, run: Run): void {
    const ready = this.#ready.get(d);
    if (ready === undefined) throw new MemoryError('unsupported', 'webgpu: a kernel is not ready');
    pass.setPipeline(ready.pipeline.pipeline);
    pass.setBindGroup(0, this.#group(ready, run));
    if (ready.slot === null || run.counts === null) pass.dispatchWorkgroups(ready.x, ready.y);
    else pass.dispatchWorkgroupsIndirect(run.counts.handle, ready.slot * countBytes);
    this.#device.dispatches++;
  }
  #buffer(piece: Piece, { inputs, results, arena, counts }: Run): { readonly handle: GpuBufferHandle; readonly id: number; readonly offset: number; readonly bytes: number } {
    if (piece.kind === 'arena') return { handle: arena.handle, id: arena.generation, offset: piece.offset, bytes: piece.bytes };
    if (piece.kind === 'counts' && counts !== null) return { handle: counts.handle, id: counts.generation, offset: 0, bytes: this.program.slots * countBytes };
    const b = piece.kind === 'input' ? inputs[piece.index] : piece.kind === 'result' ? results[piece.index] : undefined;
    if (b === undefined || piece.kind === 'counts') throw new MemoryError('unsupported', `webgpu: no buffer for ${keyOf(piece)}`);
    return { handle: b.piece.handle, id: b.piece.id + 1, offset: 0, bytes: piece.bytes };
  }
  #group(ready: Ready, run: Run): GpuObject {
    const buffers = ready.bindings.map(({ place }) => this.#buffer(place.piece, run));
    const key = buffers.map(b => b.id).join();
    const known = ready.groups.get(key);
    if (known !== undefined) return known;
    const entries = buffers.map((b, binding) => ({ binding, resource: { buffer: b.handle, offset: b.offset, size: Math.max(4, b.bytes) } }));
    const group = this.#device.gpu.createBindGroup({ label: ready.pipeline.label, layout: ready.pipeline.layout, entries });
    ready.groups.set(key, group);
    if (ready.groups.size > keptGroups) for (const oldest of ready.groups.keys()) { ready.groups.delete(oldest); break; }
    return group;
  }

  // ---- programs that the host looks into, or that wait for what they compute
  async #steps(inputs: readonly DeviceBuffer[], results: readonly DeviceBuffer[], outcome: Outcome, lines: Jaxpr): Promise<void> {
    const run: Driven = { ...this.#memory(inputs, results, outcome), log: new Log(this.#device, outcome, lines, this.#shows), turns: [] };
    try {
      const last = await this.#each(this.program.commands, run, new Recorder(this.#device));
      await this.#read([], run, last);
    } finally { run.log.drop(); }
    for (const { error, concerns } of run.log.faults) results.forEach((r, i) => {
      if (this.program.results[i]?.kind === 'input') return;
      if (concerns === null || concerns.includes(i)) r.failure ??= asError(error); else r.spared = asError(error);
    });
  }
  async #each(commands: readonly Command[], run: Driven, from: Recorder): Promise<Recorder> {
    let recorder = from;
    for (const c of commands) {
      if (bytesShownBy(c) === 0 && !waitsForHost([c])) { this.#all(recorder.pass, [c], run); continue; }
      switch (c.kind) {
        case 'show': recorder = await this.#show(c, run, recorder); break;
        case 'hostChoose': recorder = await this.#hostChoose(c, run, recorder); break;
        case 'while': recorder = c.waits ? await this.#turnByTurn(c, run, recorder) : await this.#manyTurns(c, run, recorder); break;
        case 'repeat': for (let turn = 0; turn < c.turns; turn++) recorder = await this.#turn(turn % 2 === 0 ? c.even : c.odd, turn, run, recorder); break;
        case 'choose': for (const list of [[c.decide], ...c.bodies]) recorder = await this.#each(list, run, recorder); break;
        case 'dispatch': this.#dispatch(recorder.pass, c, run); break;
        default: c satisfies never;
      }
    }
    return recorder;
  }
  async #turn(commands: readonly Command[], turn: number, run: Driven, from: Recorder): Promise<Recorder> {
    run.turns.push(turn);
    const recorder = await this.#each(commands, run, from);
    run.turns.pop();
    return recorder;
  }
  async #show(c: Show, run: Driven, from: Recorder): Promise<Recorder> {
    let recorder = from;
    if (!run.log.hasRoom(c)) {
      await this.#read([], run, recorder);
      recorder = new Recorder(this.#device);
    }
    run.log.write(recorder.end(), c, run.turns, (of): Source | null => {
      if ('value' in of) return null;
      if ('slot' in of) return run.counts === null ? null : { handle: run.counts.handle, offset: of.slot * countBytes };
      return this.#buffer(('word' in of ? of.word : of).piece, run);
    });
    return recorder;
  }
  /** Gives the device what was recorded, lets the host look at what it is shown, and reads single words. */
  async #read(places: readonly Place[], run: Driven, recorder: Recorder): Promise<Int32Array> {
    const words = await this.#device.flush(run.outcome, recorder.end(), places.map(p => { const b = this.#buffer(p.piece, run); return { buffer: b.handle, offset: b.offset }; }));
    try { await run.log.lookedAt(); } catch (error) {
      this.#device.tell(asError(error));
      throw error;
    }
    for (const { error } of run.log.faults) this.#device.tell(asError(error));
    return words;
  }
  /** A loop in which something went wrong may never end. */
  #stopAtFault({ log }: Driven): void {
    const [fault] = log.faults;
    if (fault !== undefined) throw fault.error;
  }
  async #hostChoose({ index, bodies }: HostChoose, run: Driven, recorder: Recorder): Promise<Recorder> {
    const [chosen = 0] = await this.#read([index], run, recorder);
    return this.#each(bodies[Math.min(Math.max(chosen, 0), bodies.length - 1)] ?? [], run, new Recorder(this.#device));
  }
  async #turnByTurn(c: While, run: Driven, from: Recorder): Promise<Recorder> {
    let recorder = from;
    for (let turn = 0; ; turn++) {
      const { test, body } = turn % 2 === 0 ? c.even : c.odd;
      const tested = await this.#turn(test, turn, run, recorder);
      const [answer = 0] = await this.#read([c.answer], run, tested);
      this.#stopAtFault(run);
      // A bool is the first byte of its word.
      if ((answer & 255) === 0) return this.#each(turn % 2 === 0 ? c.afterEven : c.afterOdd, run, new Recorder(this.#device));
      recorder = await this.#turn(body, turn, run, new Recorder(this.#device));
    }
  }
  async #manyTurns(c: While, run: Driven, from: Recorder): Promise<Recorder> {
    let recorder = from;
    let before = 0;
    for (let turns = 2; ; turns = Math.min(mostTurns, 2 * turns)) {
      for (let turn = 0; turn < turns; turn++) {
        const { test, decide, body } = turn % 2 === 0 ? c.even : c.odd;
        recorder = await this.#turn([...test, decide, ...body], before + turn, run, recorder);
      }
      before += turns;
      const [alive = 0, taken = 0] = await this.#read([c.alive, c.taken], run, recorder);
      this.#stopAtFault(run);
      recorder = new Recorder(this.#device);
      if (alive === 0) return this.#each(taken % 2 === 0 ? c.afterEven : c.afterOdd, run, recorder);
    }
  }
}

/** By a function: the compiler of the package gives a class that names itself an alias, which would be work when the module is loaded. */
function executable(...told: ConstructorParameters<typeof WebGpuExecutable>): WebGpuExecutable { return new WebGpuExecutable(...told); }
