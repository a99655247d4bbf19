// ZIP archives, as far as NPZ needs them: stored and deflated members, read through the central directory, checked by CRC-32.
// Floor 7, browser-safe. Knows nothing of what the members are.

import { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { failure, excerpt } from './failure.ts';
import { inflate } from './inflate.ts';

/** A member of an archive. */
export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** The CRC-32 of ISO 3309, as ZIP, gzip and PNG use it. */
export function crc32(bytes: Uint8Array): number {
  let c = 0xffff_ffff;
  for (let i = 0; i < bytes.length; i++) c = (table[(c ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffff_ffff) >>> 0;
}

/** Where the record of the end stands: it is the last one, followed by a comment of up to 65535 bytes. */
function endOfDirectory(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at--) {
    if (view.getUint32(at, true) === 0x0605_4b50 && at + 22 + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  return -1;
}

interface Entry { readonly name: string; readonly method: number; readonly crc: number; readonly packed: number; readonly size: number; readonly local: number }

function readEntry(view: DataView, at: number, end: number, name: string): Either<CotangentError, { readonly entry: Entry; readonly next: number }> {
  if (at + 46 > end || view.getUint32(at, true) !== 0x0201_4b50) return failure(name, 'damaged or truncated ZIP directory');
  const [nameLength, extra, comment] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true)];
  const next = at + 46 + nameLength + extra + comment;
  if (next > end) return failure(name, 'damaged or truncated ZIP directory');
  const member = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 46, nameLength));
  if (view.getUint16(at + 8, true) & 1) return failure(name, `${excerpt(member)} is encrypted; encrypted members are not read`);
  return right({ next, entry: {
    name: member, method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true), size: view.getUint32(at + 24, true), local: view.getUint32(at + 42, true),
  } });
}

/**
 * The members of an archive, in the order of its directory. Left, code `data`: no archive, damaged or truncated members, ways of packing
 * other than stored and deflated, archives beyond 4 GiB, more output than `limit` bytes.
 */
export async function readZip(bytes: Uint8Array, name: string, limit: number): Promise<Either<CotangentError, readonly Member[]>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length < 22 ? -1 : endOfDirectory(view);
  if (end < 0) return failure(name, 'is no ZIP archive, or a truncated one (it has no end record)');
  const [count, directory] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  if (directory === 0xffff_ffff || count === 0xffff) return failure(name, 'is a ZIP64 archive; archives up to 4 GiB are read');
  const members: Member[] = [];
  let at = directory;
  let left = limit;
  for (let k = 0; k < count; k++) {
    const read = readEntry(view, at, end, name);
    if (isLeft(read)) return read;
    const { entry, next } = read.right;
    at = next;
    const unpacked = await readMember(bytes, view, entry, `${name}: ${entry.name}`, left);
    if (isLeft(unpacked)) return unpacked;
    left -= unpacked.right.length;
    members.push({ name: entry.name, bytes: unpacked.right });
  }
  return right(members);
}

async function readMember(bytes: Uint8Array, view: DataView, { method, crc, packed, size, local }: Entry, name: string, limit: number): Promise<Either<CotangentError, Uint8Array>> {
  if (packed === 0xffff_ffff || size === 0xffff_ffff || local === 0xffff_ffff) return failure(name, 'is a ZIP64 member; members up to 4 GiB are read');
  if (local + 30 > bytes.length || view.getUint32(local, true) !== 0x0403_4b50) return failure(name, 'damaged or truncated: its local header is not where the directory says');
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packed > bytes.length) return failure(name, 'truncated');
  if (size > limit) return failure(name, `unpacks to more than the limit of ${limit} bytes`);
  const body = bytes.subarray(start, start + packed);
  const unpacked = method === 0 ? right(body.slice()) : method === 8 ? await inflate(body, 'deflate-raw', name, size) : failure(name, `packed by method ${method}; stored (0) and deflated (8) members are read`);
  if (isLeft(unpacked)) return unpacked;
  if (unpacked.right.length !== size || crc32(unpacked.right) !== crc) return failure(name, 'damaged: its bytes do not have the length and check sum of the directory');
  return unpacked;
}

/**
 * The archive of the members, stored unpacked.
 *
 * @throws `value` where there are more than 65534 members or 4 GiB.
 */
export function writeZip(members: readonly Member[]): Uint8Array {
  const encoded = members.map(({ name, bytes }) => ({ name: new TextEncoder().encode(name), bytes, crc: crc32(bytes) }));
  const size = encoded.reduce((sum, { name, bytes }) => sum + 30 + 46 + 2 * name.length + bytes.length, 22);
  if (size >= 0xffff_ffff || members.length >= 0xffff) throw new CotangentError('value', `writeZip: ${members.length} members of ${size} bytes in all; a ZIP archive holds up to 65534 of 4 GiB in all`);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  let at = 0;
  // What the local header and the directory say alike: version 2.0, names in UTF-8, stored, 1 January 1980, check sum, lengths.
  const common = (from: number, { name, bytes, crc }: (typeof encoded)[number]): void => {
    view.setUint16(from, 20, true);
    view.setUint16(from + 2, 0x0800, true);
    view.setUint16(from + 8, 0x21, true);
    view.setUint32(from + 10, crc, true);
    view.setUint32(from + 14, bytes.length, true);
    view.setUint32(from + 18, bytes.length, true);
    view.setUint16(from + 22, name.length, true);
  };
  const offsets = encoded.map(member => {
    const local = at;
    view.setUint32(at, 0x0403_4b50, true);
    common(at + 4, member);
    out.set(member.name, at + 30);
    out.set(member.bytes, at + 30 + member.name.length);
    at += 30 + member.name.length + member.bytes.length;
    return local;
  });
  const directory = at;
  for (const [k, member] of encoded.entries()) {
    view.setUint32(at, 0x0201_4b50, true);
    view.setUint16(at + 4, 20, true);
    common(at + 6, member);
    view.setUint32(at + 42, offsets[k] ?? 0, true);
    out.set(member.name, at + 46);
    at += 46 + member.name.length;
  }
  view.setUint32(at, 0x0605_4b50, true);
  view.setUint16(at + 8, members.length, true);
  view.setUint16(at + 10, members.length, true);
  view.setUint32(at + 12, at - directory, true);
  view.setUint32(at + 16, directory, true);
  return out;
}
