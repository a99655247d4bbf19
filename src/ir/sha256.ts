// SHA-256 (FIPS 180-4): names constants by their content, the same in Node and in browsers, at once. Floor 1: bytes only.

/** The first 32 bits of the fractional parts of the cube (square) roots of the first primes. */
function fractions(count: number, root: (prime: number) => number): Int32Array {
  const out = new Int32Array(count);
  let found = 0;
  for (let n = 2; found < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
    if (prime) out[found++] = Math.floor((root(n) % 1) * 2 ** 32) | 0;
  }
  return out;
}
const roundConstants = fractions(64, Math.cbrt);
const initialState = fractions(8, Math.sqrt);

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** The digest of the bytes as 64 hexadecimal digits. */
export function sha256(bytes: Uint8Array): string {
  const state = initialState.slice();
  const words = new Int32Array(64);
  const whole = bytes.length - (bytes.length % 64);
  for (let i = 0; i < whole; i += 64) mix(state, words, bytes, i);
  // The rest, a 1 bit, zeros, and the length in bits.
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const length = new DataView(tail.buffer);
  length.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  length.setUint32(tail.length - 4, bytes.length << 3);
  for (let i = 0; i < tail.length; i += 64) mix(state, words, tail, i);
  return Array.from(state, word => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

function mix(state: Int32Array, w: Int32Array, bytes: Uint8Array, start: number): void {
  for (let t = 0, i = start; t < 16; t++, i += 4) w[t] = ((bytes[i] ?? 0) << 24) | ((bytes[i + 1] ?? 0) << 16) | ((bytes[i + 2] ?? 0) << 8) | (bytes[i + 3] ?? 0);
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15] ?? 0;
    const y = w[t - 2] ?? 0;
    w[t] = (w[t - 16] ?? 0) + (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) + (w[t - 7] ?? 0) + (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10));
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let t = 0; t < 64; t++) {
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (roundConstants[t] ?? 0) + (w[t] ?? 0)) | 0;
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + first) | 0;
    d = c; c = b; b = a; a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((x, i) => { state[i] = ((state[i] ?? 0) + x) | 0; });
}
