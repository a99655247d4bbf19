// A backend that computes float64 in float32: so that tests that are written in float64 say of a device without it what their bounds let them say.
import type { HostArray } from '../../../src/dtype/dtype.ts';
import type { Aval } from '../../../src/ir/aval.ts';
import { isJaxpr, Var, type Atom, type Jaxpr } from '../../../src/ir/jaxpr.ts';
import type { Param } from '../../../src/ir/primitive.ts';
import type { Backend, Buffer, Executable } from '../../../src/trace/backend.ts';

const single = (a: Aval): Aval => a.dtype === 'f64' ? { shape: a.shape, dtype: 'f32' } : { shape: a.shape, dtype: a.dtype };
/** The program with float32 wherever it says float64; itself where it never does. */
export function inSingles(jaxpr: Jaxpr): Jaxpr {
  let changed = false;
  const vars = new Map<Var, Var>();
  const programs = new Map<Jaxpr, Jaxpr>();
  const aval = (a: Aval): Aval => { changed ||= a.dtype === 'f64'; return single(a); };
  const declared = (v: Var): Var => { const known = vars.get(v) ?? new Var(aval(v.aval)); vars.set(v, known); return known; };
  const atom = (a: Atom): Atom => a instanceof Var ? declared(a) : { value: a.value, aval: aval(a.aval) };
  const param = (p: Param): Param => {
    if (p === 'f64') { changed = true; return 'f32'; }
    if (typeof p !== 'object' || p === null) return p;
    if (isJaxpr(p)) return program(p);
    return Array.isArray(p) ? p.map(param) : Object.fromEntries(Object.entries(p).map(([k, q]) => [k, param(q)]));
  };
  const program = (j: Jaxpr): Jaxpr => {
    const known = programs.get(j);
    if (known !== undefined) return known;
    const made: Jaxpr = {
      ...j, inputs: j.inputs.map(declared), outputs: j.outputs.map(atom),
      eqns: j.eqns.map(e => ({ ...e, params: Object.fromEntries(Object.entries(e.params).map(([k, p]) => [k, param(p)])), inputs: e.inputs.map(atom), outputs: e.outputs.map(declared) })),
    };
    programs.set(j, made);
    return made;
  };
  const made = program(jaxpr);
  return changed ? made : jaxpr;
}

export class Narrowed implements Backend {
  readonly name: string;
  readonly #inner: Backend;
  /** Values and programs of float64, and runs of any program, until someone sets them back. */
  doubles = 0;
  ran = 0;
  readonly #works: () => void;
  /** `works` is told of each program and each value. */
  constructor(works: () => void, inner: Backend) {
    this.#works = works;
    this.name = inner.name;
    this.#inner = inner;
  }
  #single(a: Aval): Aval {
    this.#works();
    if (a.dtype === 'f64') this.doubles++;
    return single(a);
  }
  checkDType(): void { /* every dtype, or what stands for it */ }
  upload(data: HostArray, aval: Aval): Buffer { return this.#inner.upload(aval.dtype === 'f64' ? Float32Array.from(data) : data, this.#single(aval)); }
  fill(value: number, aval: Aval): Buffer { return this.#inner.fill(value, this.#single(aval)); }
  async download(b: Buffer, aval: Aval): Promise<HostArray> { return this.#double(await this.#inner.download(b, this.#single(aval)), aval); }
  downloadSync(b: Buffer, aval: Aval): HostArray { return this.#double(this.#inner.downloadSync(b, this.#single(aval)), aval); }
  #double(data: HostArray, aval: Aval): HostArray { return aval.dtype === 'f64' ? Float64Array.from(data) : data; }
  #program(jaxpr: Jaxpr): Jaxpr {
    const program = inSingles(jaxpr);
    if (program !== jaxpr) this.doubles++;
    return program;
  }
  compile(jaxpr: Jaxpr, donated?: readonly boolean[]): Executable {
    const made = this.#inner.compile(this.#program(jaxpr), donated);
    return { run: (inputs, donated, lines) => { this.#works(); this.ran++; return made.run(inputs, donated, lines); } };
  }
  explain(jaxpr: Jaxpr): readonly string[] { return this.#inner.explain?.(this.#program(jaxpr)) ?? []; }
  release(buffer: Buffer, owner?: object): void { this.#inner.release(buffer, owner); }
  adopt(owner: object, buffer: Buffer): void { this.#inner.adopt?.(owner, buffer); }
}
