// Small files as bytes, made by hand, and mutations of them. Written apart from the readers, so that neither hides the other's mistake.

/** The ASCII or UTF-8 bytes of a text. */
export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** An IDX file of unsigned bytes. */
export const idxFile = (shape: readonly number[], data: ArrayLike<number>, type = 8): Uint8Array => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = type;
  header[3] = shape.length;
  shape.forEach((dim, axis) => header.writeUInt32BE(dim, 4 + 4 * axis));
  return new Uint8Array(Buffer.concat([header, Uint8Array.from(data)]));
};

/** A generator of 32-bit words for mutations (a linear congruential one, of no relation to the library's). */
export const words = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state ^ (state >>> 16)) >>> 0;
  };
};

/** A damaged copy: cut off, lengthened, bytes changed, or a piece written over another. */
export const mutated = (bytes: Uint8Array, word: () => number): Uint8Array => {
  const at = (length: number): number => word() % Math.max(1, length);
  let copy = bytes.slice();
  for (let change = 1 + at(3); change > 0; change--) {
    switch (at(4)) {
      case 0: copy = copy.slice(0, at(copy.length)); break;
      case 1: copy = new Uint8Array([...copy, ...Array.from({ length: 1 + at(8) }, () => at(256))]); break;
      case 2: if (copy.length > 0) copy[at(copy.length)] = at(256); break;
      default: copy.copyWithin(at(copy.length), at(copy.length), at(copy.length)); break;
    }
  }
  return copy;
};
