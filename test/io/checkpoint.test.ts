import { mkdtemp, readdir, readFile as read, rm, writeFile as write } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grad, io, jit, nn, np, optim, random, tensor, tree, zeros, type Scalar } from '../../src/index.ts';
import { isLeft } from '../../src/fp.ts';

let directory = '';
beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'cotangent-')); });
afterAll(() => rm(directory, { recursive: true }));

const net = nn.seq(nn.dense(5), nn.tanh, nn.dense(1));
const x = tensor([[1, 2, 3], [0, -1, 0.5]]);
const fresh = (seed: number) => {
  const params = nn.init(net, random.key(seed), zeros([2, 3]));
  return { params, state: optim.adam(0.1).init(params), key: random.key(seed), step: tensor(0, 'i32') };
};
type Run = ReturnType<typeof fresh>;
const loss = (p: Run['params'], noise: Scalar): Scalar => np.mean(np.square(np.add(nn.apply(net, p, x), noise)));
const step = jit((run: Run): Run => {
  const [key, draw] = random.split(run.key);
  const [updates, state] = optim.adam(0.1).update(grad(loss)(run.params, random.normal(draw, [])), run.state, run.params);
  return { params: optim.applyUpdates(run.params, updates), state, key, step: np.add(run.step, 1) };
});
const bits = (run: Run): Promise<unknown> => Promise.all(tree.leaves(run).map(async leaf => Array.from(new Uint8Array((await leaf.data()).slice().buffer))));

describe('a checkpoint', () => {
  it('a path is no bytes', () => {
    expect(() => { Reflect.apply(io.readSafetensors, null, ['w.safetensors']); }).toThrow('readSafetensors: a string is no Uint8Array; write readSafetensors(await io.readFile(path))');
  });
  it('holds parameters, optimiser state, key and step, and training goes on from it bit by bit', async () => {
    const path = join(directory, 'deeper', 'run.safetensors');
    let run = fresh(1);
    for (let k = 0; k < 3; k++) run = step(run);
    await io.saveCheckpoint(path, run, { note: 'after three' });
    const loaded = await io.loadCheckpoint(path, fresh(2));
    expect(loaded.metadata).toEqual({ note: 'after three' });
    expect(await bits(loaded.tree)).toEqual(await bits(run));
    let again = loaded.tree;
    for (let k = 0; k < 3; k++) { run = step(run); again = step(again); }
    expect(await bits(again)).toEqual(await bits(run));
    expect(await again.step.item()).toBe(6);
  });
  it('names its leaves by their paths', async () => {
    const file = io.readSafetensors(await io.writeCheckpoint({ mlp: [{ w: zeros([2]) }], none: null }));
    expect(isLeft(file) ? file.left.message : Object.keys(file.right.tensors)).toEqual(['mlp[0].w']);
  });
  it('keeps nulls, tuples and the order of leaves where names would sort otherwise', async () => {
    const like = { b: zeros([1]), a: [null, ...Array.from({ length: 12 }, () => zeros([1]))] as const };
    const filled = { b: tensor([100]), a: [null, ...Array.from({ length: 12 }, (_, k) => tensor([k]))] as const };
    const read_ = io.readCheckpoint(await io.writeCheckpoint(filled), like);
    if (isLeft(read_)) throw read_.left;
    expect(tree.leaves(read_.right.tree).map(leaf => leaf.jsSync())).toEqual([...Array.from({ length: 12 }, (_, k) => [k]), [100]]);
    expect(tree.structure(read_.right.tree)).toEqual(tree.structure(like));
  });
  it('says in one line what does not fit', async () => {
    const bytes = await io.writeCheckpoint({ w: tensor([1, 2]), b: tensor(3) });
    const refused = (like: unknown): string => { const answer = io.readCheckpoint(bytes, like, 'f'); return isLeft(answer) ? answer.left.message : 'read'; };
    expect(refused({ w: zeros([3]), b: zeros([]) })).toBe('f: w is f32[2], f32[3] is wanted');
    expect(refused({ w: zeros([2], 'f64'), b: zeros([]) })).toBe('f: w is f32[2], f64[2] is wanted');
    expect(refused({ w: zeros([2]), b: zeros([]), c: zeros([1]) })).toBe('f: holds no c, f32[1] is wanted');
    expect(refused({ w: zeros([2]) })).toBe("f: holds b, which the wanted tree has not; leave it with { surplus: 'ignore' }");
    const part = io.readCheckpoint(bytes, { w: zeros([2]) }, 'f', { surplus: 'ignore' });
    expect(isLeft(part) ? part.left.message : Object.keys(part.right.tree)).toEqual(['w']);
    expect(refused({ w: zeros([2]), b: zeros([]), toString: zeros([]) })).toBe('f: holds no toString, f32[] is wanted');
    await expect(io.writeCheckpoint({ lr: 0.1 })).rejects.toThrow('io.writeCheckpoint: lr is the number 0.1, no tensor; wrap it: tensor(x), or write it as metadata');
  });
});

describe('a file', () => {
  it('is replaced whole, or stays as it was', async () => {
    const path = join(directory, 'file');
    await io.writeFile(path, 'old');
    await io.writeFile(path, Uint8Array.of(1, 2));
    expect([...await io.readFile(path)]).toEqual([1, 2]);
    await expect(io.writeFile(join(path, 'below'), 'x')).rejects.toThrow(/below: cannot be written \(/);
    await expect(io.writeFile(directory, 'x')).rejects.toThrow(/: cannot be written \(is a directory\)|\(no such file/);
    expect([...await read(path)]).toEqual([1, 2]);
    expect((await readdir(directory)).filter(name => name.endsWith('.tmp'))).toEqual([]);
  });
  it('that is damaged is named', async () => {
    const path = join(directory, 'damaged.safetensors');
    await write(path, 'no');
    await expect(io.loadCheckpoint(path, { w: zeros([1]) })).rejects.toThrow(`${path}: a safetensors file has at least 8 bytes, this one has 2`);
    // Where nothing can be made Node's own way to make directories never returns.
    await expect(io.writeFile('/proc/none/such/x', 'text')).rejects.toThrow('/proc/none/such/x: cannot be written');
    await io.writeFile(join(directory, 'a/b/c.txt'), 'text');
    expect(new TextDecoder().decode(await io.readFile(join(directory, 'a/b/c.txt')))).toBe('text');
    await expect(io.writeFile(join(directory, 'a/b/c.txt/d'), 'text')).rejects.toThrow('c.txt/d: cannot be written (a part of the path is no directory)');
    await expect(io.readFile(join(directory, 'none'))).rejects.toThrow('none: cannot be read (no such file or directory)');
    await expect(io.readFile(path, 1)).rejects.toThrow('has 2 bytes, more than the limit of 1');
  });
});
