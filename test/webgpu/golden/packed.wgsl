// 2 dispatches, 2 kernels, 0 bytes for temporaries

// lanes kernel of add: 1 workgroups; input 0 read, result 0 read_write, result 3 read_write
@group(0) @binding(0) var<storage, read> b0: array<u32>;
@group(0) @binding(1) var<storage, read_write> b1: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> b2: array<atomic<u32>>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 5u) { return; }
let i0 = i32(flat);
let v0 = 3u;
var m1: u32 = 0u;
for (var t2 = 0u; t2 < 9u; t2 += 1u) {
let i1 = i32(t2);
let v3 = u32((9i * i0 + i1));
let v4 = b0[v3 >> 2u];
let v5 = (v4 >> ((v3 & 3u) << 3u)) & 255u;
let v6 = max(m1, v5);
m1 = v6;
let v7 = v5 + v0;
let v8 = v7 & 255u;
let v9 = v8 & 255u;
let v10 = u32((9i * i0 + i1));
let v11 = ((v10 & 3u) << 3u);
atomicAnd(&b1[v10 >> 2u], ~(255u << v11));
atomicOr(&b1[v10 >> 2u], v9 << v11);
}
let v12 = m1 & 255u;
let v13 = v12 & 255u;
let v14 = u32(i0);
let v15 = ((v14 & 3u) << 3u);
atomicAnd(&b2[v14 >> 2u], ~(255u << v15));
atomicOr(&b2[v14 >> 2u], v13 << v15);
}

// map kernel of gt add: 1 workgroups; input 1 read, result 2 read_write, result 1 read_write
@group(0) @binding(0) var<storage, read> b0: array<u32>;
@group(0) @binding(1) var<storage, read_write> b1: array<u32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;

fn from_half(bits: u32) -> f32 {
  let size = bits & 0x7fffu;
  let number = select((size << 13u) + 0x38000000u, (size << 13u) | 0x7f800000u, size >= 0x7c00u);
  let small = bitcast<u32>(f32(size) * 0x1p-24f);
  return bitcast<f32>(select(number, small, size < 0x400u) | ((bits & 0x8000u) << 16u));
}

fn to_half(word: u32) -> u32 {
  let size = word & 0x7fffffffu;
  let number = (size - 0x38000000u + 0xfffu + ((size >> 13u) & 1u)) >> 13u;
  let small = u32(round(bitcast<f32>(min(size, 0x38800000u)) * 0x1p24f));
  let large = select(0x7c00u, 0x7e00u, size > 0x7f800000u);
  return select(select(number, large, size >= 0x47800000u), small, size < 0x38800000u) | ((word >> 16u) & 0x8000u);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 12u) { return; }
var word0 = 0u;
var word1 = 0u;
for (var part = 0u; part < 4u; part++) {
let element = flat * 4u + part;
if (element >= 45u) { break; }
let i2 = i32(element);
let v2 = u32(i2);
let v3 = b0[v2 >> 1u];
let v4 = from_half(v3 >> ((v2 & 1u) << 4u));
let v5 = 0.0f;
let v6 = v4 > v5;
let v7 = 0.5f;
let v8 = v4 + v7;
let v9 = bitcast<f32>(bitcast<u32>(v8) & 0x7fffffffu);
let v10 = select(v9, 65536.0f, 65536.0f < v9);
let v11 = bitcast<u32>(v10) & bitcast<u32>(2139095040i);
let v12 = bitcast<f32>(v11) * 8192.0f;
let v13 = select(v12, 0.5f, v12 < 0.5f);
let v14 = v10 + v13;
let v15 = bitcast<f32>(bitcast<u32>(v14) ^ bits_zero);
let v16 = v15 - v13;
let v17 = v16 >= 65536.0f;
let v18 = select(0u, 0xffffffffu, v17) & bitcast<u32>(2139095040i);
let v19 = bitcast<u32>(v16) | v18;
let v20 = bitcast<u32>(v8) & bitcast<u32>(i32(-2147483647 - 1));
let v21 = v19 | v20;
let v22 = bitcast<f32>(v21);
let v23 = select(0u, 1u, v6);
word0 |= v23 << (part % 4u * 8u);
let v24 = to_half(bitcast<u32>(v22));
word1 |= v24 << (part % 2u * 16u);
if (part % 2u == 1u || element + 1u == 45u) {
b1[u32(i32(element - part % 2u)) >> 1u] = word1;
word1 = 0u;
}
}
b2[u32(i32(flat * 4u)) >> 2u] = word0;
}
