// The PNG format: images of 1 to 16 bits a sample, grey, coloured, with a palette, with opacity, interlaced or not.
// Floor 7, browser-safe: bytes in, samples out, and back. Unpacking is the platform's. Knows nothing of tensors.

import { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { optionsOf } from '../shape/options.ts';
import { excerpt, failure } from './failure.ts';
import { deflate, inflate } from './inflate.ts';
import { crc32 } from './zip.ts';

/** An image: row-major, the samples of a pixel side by side. */
export interface Image {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 2 grey and opacity, 3 red green blue, 4 red green blue and opacity. */
  readonly channels: 1 | 2 | 3 | 4;
  /** `height * width * channels` samples of 0 to 255. */
  readonly data: Uint8Array;
}

/** Options of `readPng`. */
export interface PngOptions {
  readonly name?: string;
  /** The most pixels of an image that is read. Default 2^26 (8192 x 8192). */
  readonly limit?: number;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Samples of a pixel in the file, and bits of a sample, by colour type. */
const colours: ReadonlyMap<number, { readonly samples: 1 | 2 | 3 | 4; readonly depths: readonly number[] }> = new Map([
  [0, { samples: 1, depths: [1, 2, 4, 8, 16] }], [2, { samples: 3, depths: [8, 16] }], [3, { samples: 1, depths: [1, 2, 4, 8] }],
  [4, { samples: 2, depths: [8, 16] }], [6, { samples: 4, depths: [8, 16] }],
]);
/** The passes of Adam7: where each begins, and its steps. */
const interlaced = [[0, 0, 8, 8], [0, 4, 8, 8], [4, 0, 8, 4], [0, 2, 4, 4], [2, 0, 4, 2], [0, 1, 2, 2], [1, 0, 2, 1]] as const;

interface Header { readonly height: number; readonly width: number; readonly depth: number; readonly colour: number; readonly samples: 1 | 2 | 3 | 4; readonly interlace: boolean }
interface Chunks { readonly header: Header; readonly palette: Uint8Array | undefined; readonly opacity: Uint8Array | undefined; readonly body: Uint8Array }

function readHeader(view: DataView, at: number, length: number, name: string, limit: number): Either<CotangentError, Header> {
  if (length !== 13) return failure(name, `its header has ${length} bytes, 13 are needed`);
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, colour, packing, filtering, interlace] = [0, 1, 2, 3, 4].map(k => view.getUint8(at + 8 + k));
  const kind = colours.get(colour ?? -1);
  if (depth === undefined || colour === undefined || kind === undefined || !kind.depths.includes(depth)) return failure(name, `colour type ${colour} with ${depth} bits a sample is no PNG image`);
  if (packing !== 0 || filtering !== 0 || interlace === undefined || interlace > 1) return failure(name, `packing ${packing}, filtering ${filtering}, interlacing ${interlace}: unknown`);
  if (width === 0 || height === 0 || width * height > limit) return failure(name, `an image of ${width} x ${height} pixels; 1 to ${limit} are read`);
  return right({ height, width, depth, colour, samples: kind.samples, interlace: interlace === 1 });
}

function readChunks(bytes: Uint8Array, name: string, limit: number): Either<CotangentError, Chunks> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: Header | undefined;
  let palette: Uint8Array | undefined;
  let opacity: Uint8Array | undefined;
  const parts: Uint8Array[] = [];
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) return failure(name, 'truncated: it ends before its IEND chunk');
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) return failure(name, `truncated: a chunk of ${length} bytes at ${at} ends beyond the file`);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) return failure(name, `damaged: chunk ${excerpt(type)} at ${at} does not have its check sum`);
    if ((header === undefined) !== (type === 'IHDR')) return failure(name, header === undefined ? `starts with a chunk ${excerpt(type)}, not IHDR` : 'has two headers');
    if (type === 'IHDR') {
      const read = readHeader(view, at + 8, length, name, limit);
      if (isLeft(read)) return read;
      header = read.right;
    } else if (type === 'PLTE') palette = body;
    else if (type === 'tRNS') opacity = body;
    else if (type === 'IDAT') parts.push(body);
    else if (type === 'IEND') break;
    else if (((bytes[at + 4] ?? 0) & 0x20) === 0) return failure(name, `has a chunk ${excerpt(type)} that must be understood and is not`);
    at += 12 + length;
  }
  if (header === undefined) return failure(name, 'has no header');
  const body = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { body.set(part, at); at += part.length; }
  return right({ header, palette, opacity, body });
}

/** The predictor of Paeth: whichever of left, above, and left above is nearest to left + above - left above. */
function paeth(a: number, b: number, c: number): number {
  const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/** Takes the filters of the rows away, in place. The rows stand `stride + 1` bytes apart, each after the byte that names its filter. */
function unfilter(rows: Uint8Array, from: number, height: number, stride: number, pixel: number): number | undefined {
  for (let y = 0; y < height; y++) {
    const row = from + y * (stride + 1) + 1;
    const filter = rows[row - 1] ?? 0;
    if (filter > 4) return filter;
    for (let x = 0; x < stride; x++) {
      const a = x < pixel ? 0 : rows[row + x - pixel] ?? 0;
      const b = y === 0 ? 0 : rows[row + x - stride - 1] ?? 0;
      const c = x < pixel || y === 0 ? 0 : rows[row + x - stride - 1 - pixel] ?? 0;
      const predicted = filter === 0 ? 0 : filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : paeth(a, b, c);
      rows[row + x] = (rows[row + x] ?? 0) + predicted;
    }
  }
  return undefined;
}

/** The samples as the file holds them, before palettes and scaling. */
function samplesOf({ height, width, depth, samples, interlace }: Header, rows: Uint8Array, name: string): Either<CotangentError, Uint16Array> {
  const out = new Uint16Array(height * width * samples);
  const passes = interlace ? interlaced : [[0, 0, 1, 1]] as const;
  const pixel = Math.max(1, samples * depth >> 3);
  let from = 0;
  for (const [y0, x0, dy, dx] of passes) {
    const [h, w] = [Math.ceil((height - y0) / dy), Math.ceil((width - x0) / dx)];
    if (h <= 0 || w <= 0) continue;
    const stride = Math.ceil(w * samples * depth / 8);
    if (from + h * (stride + 1) > rows.length) return failure(name, 'truncated: its rows end before the image does');
    const unknown = unfilter(rows, from, h, stride, pixel);
    if (unknown !== undefined) return failure(name, `damaged: a row has filter ${unknown}; 0 to 4 exist`);
    for (let y = 0; y < h; y++) {
      const row = from + y * (stride + 1) + 1;
      for (let k = 0; k < w * samples; k++) {
        const bit = k * depth;
        const byte = rows[row + (bit >> 3)] ?? 0;
        const sample = depth === 16 ? byte << 8 | (rows[row + (bit >> 3) + 1] ?? 0) : (byte >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
        const x = Math.floor(k / samples);
        out[((y0 + y * dy) * width + x0 + x * dx) * samples + k % samples] = sample;
      }
    }
    from += h * (stride + 1);
  }
  return from === rows.length ? right(out) : failure(name, `damaged: its rows have ${rows.length} bytes, the image takes ${from}`);
}

function throughPalette(header: Header, samples: Uint16Array, palette: Uint8Array | undefined, opacity: Uint8Array | undefined, name: string): Either<CotangentError, Image> {
  if (palette === undefined || palette.length === 0 || palette.length % 3 !== 0) return failure(name, 'has no palette of red, green and blue');
  const channels = opacity === undefined ? 3 : 4;
  const data = new Uint8Array(samples.length * channels);
  for (const [at, index] of samples.entries()) {
    if (3 * index >= palette.length) return failure(name, `damaged: colour ${index} of a palette of ${palette.length / 3}`);
    for (let k = 0; k < 3; k++) data[at * channels + k] = palette[3 * index + k] ?? 0;
    if (opacity !== undefined) data[at * channels + 3] = opacity[index] ?? 255;
  }
  return right({ height: header.height, width: header.width, channels, data });
}

/**
 * Decodes a PNG image into samples of 0 to 255: those of 16 bits keep their upper 8, those of fewer are scaled up; palettes are looked up.
 * One colour that counts as transparent (tRNS of images without a palette) is ignored. Format: PNG (Third Edition), W3C 2025.
 *
 * Left, code `data`: no PNG image, damaged or truncated ones (every check sum is verified), more pixels than `limit`.
 *
 * @example
 * const bytes = await writePng({ height: 1, width: 2, channels: 1, data: Uint8Array.of(0, 255) });
 * await readPng(bytes); // -> { _tag: 'Right', right: { height: 1, width: 2, channels: 1, data: [0, 255] } }
 */
export const readPng = async (bytes: Uint8Array, options: PngOptions = {}): Promise<Either<CotangentError, Image>> => {
  const { name = 'png', limit = 2 ** 26 } = optionsOf('io.readPng', options, { name: 'text', limit: 'number' });
  if (signature.some((byte, at) => bytes[at] !== byte)) return failure(name, 'is no PNG image (it does not start with the bytes 0x89 "PNG")');
  const chunks = readChunks(bytes, name, limit);
  if (isLeft(chunks)) return chunks;
  const { header, palette, opacity, body } = chunks.right;
  const { height, width, depth, samples: channels, colour } = header;
  // Interlacing adds at most a byte for each row of each pass, and a byte where a row does not fill its last one.
  const most = height * (Math.ceil(width * channels * depth / 8) + 1) + (header.interlace ? 14 * (height + width) : 0);
  const rows = await inflate(body, 'deflate', name, most);
  if (isLeft(rows)) return rows;
  const samples = samplesOf(header, rows.right, name);
  if (isLeft(samples)) return samples;
  if (colour === 3) return throughPalette(header, samples.right, palette, opacity, name);
  const data = new Uint8Array(samples.right.length);
  const scale = depth < 8 ? 255 / ((1 << depth) - 1) : 1;
  for (const [at, sample] of samples.right.entries()) data[at] = depth === 16 ? sample >> 8 : sample * scale;
  return right({ height, width, channels, data });
};

/** A chunk with its length and check sum. */
function chunk(type: string, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(12 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, body.length);
  for (let k = 0; k < 4; k++) out[4 + k] = type.charCodeAt(k);
  out.set(body, 8);
  view.setUint32(8 + body.length, crc32(out.subarray(4, 8 + body.length)));
  return out;
}

/**
 * The PNG file of an image, 8 bits a sample.
 *
 * @throws `value` where the data have another number of samples than the image.
 * @example
 * const bytes = await writePng({ height: 1, width: 1, channels: 3, data: Uint8Array.of(255, 0, 0) });
 * bytes.subarray(1, 4); // -> [80, 78, 71]
 */
export const writePng = async ({ height, width, channels, data }: Image): Promise<Uint8Array> => {
  const stride = width * channels;
  if (data.length !== height * stride || data.length === 0) throw new CotangentError('value', `writePng: an image of ${height} x ${width} pixels of ${channels} samples has ${height * stride}, the data ${data.length}`);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, [0, 0, 4, 2, 6][channels] ?? 0], 8);
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const parts = [Uint8Array.from(signature), chunk('IHDR', header), chunk('IDAT', await deflate(rows, 'deflate')), chunk('IEND', new Uint8Array(0))];
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) { out.set(part, at); at += part.length; }
  return out;
};
