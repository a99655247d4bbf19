// 2 dispatches, 2 kernels, 0 bytes for temporaries

// lanes kernel of add: 1 workgroups; input 0 read, result 0 read_write, result 3 read_write
@group(0) @binding(0) var<storage, read> b0: array<u32>;
@group(0) @binding(1) var<storage, read_write> b1: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> b2: array<atomic<u32>>;
var<workgroup> fold_u32: array<u32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 1u) { return; }
let place = group * 16u + lane / 4u;
let mine = lane % 4u;
let v0 = min(place, 4u);
let v1 = i32(v0);
let v2 = 3u;
var m3: u32 = 0u;
for (var q4 = 0u; q4 < 3u; q4++) {
let v6 = mine + q4 * 4u;
if (v6 < 9u) {
let v7 = i32(v6);
let v8 = u32((9i * v1 + v7));
let v9 = b0[v8 >> 2u];
let v10 = (v9 >> ((v8 & 3u) << 3u)) & 255u;
let v11 = max(m3, v10);
m3 = v11;
let v12 = v10 + v2;
let v13 = v12 & 255u;
if (place < 5u) {
let v14 = v13 & 255u;
let v15 = u32((9i * v1 + v7));
let v16 = ((v15 & 3u) << 3u);
atomicAnd(&b1[v15 >> 2u], ~(255u << v16));
atomicOr(&b1[v15 >> 2u], v14 << v16);
}
}
}
fold_u32[lane] = m3;
workgroupBarrier();
for (var k17 = 0u; k17 < 2u; k17++) {
let w18 = 2u >> k17;
if ((lane % 4u) < w18) {
let v19 = fold_u32[lane];
let v20 = fold_u32[lane + w18];
let v21 = max(v19, v20);
fold_u32[lane] = v21;
}
workgroupBarrier();
}
let v22 = fold_u32[lane - lane % 4u];
m3 = v22;
workgroupBarrier();
let v23 = m3 & 255u;
if ((place < 5u) & (mine == 0u)) {
let v24 = v23 & 255u;
let v25 = u32(v1);
let v26 = ((v25 & 3u) << 3u);
atomicAnd(&b2[v25 >> 2u], ~(255u << v26));
atomicOr(&b2[v25 >> 2u], v24 << v26);
}
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
let v2 = i32(element);
let v3 = u32(v2);
let v4 = b0[v3 >> 1u];
let v5 = from_half(v4 >> ((v3 & 1u) << 4u));
let v6 = 0.0f;
let v7 = v5 > v6;
let v8 = 0.5f;
let v9 = v5 + v8;
let v10 = bitcast<f32>(bitcast<u32>(v9) & 0x7fffffffu);
let v11 = select(v10, 65536.0f, 65536.0f < v10);
let v12 = bitcast<u32>(v11) & bitcast<u32>(2139095040i);
let v13 = bitcast<f32>(v12) * 8192.0f;
let v14 = select(v13, 0.5f, v13 < 0.5f);
let v15 = v11 + v14;
let v16 = bitcast<f32>(bitcast<u32>(v15) ^ bits_zero);
let v17 = v16 - v14;
let v18 = v17 >= 65536.0f;
let v19 = select(0u, 0xffffffffu, v18) & bitcast<u32>(2139095040i);
let v20 = bitcast<u32>(v17) | v19;
let v21 = bitcast<u32>(v9) & bitcast<u32>(i32(-2147483647 - 1));
let v22 = v20 | v21;
let v23 = bitcast<f32>(v22);
let v24 = select(0u, 1u, v7);
word0 |= v24 << (part % 4u * 8u);
let v25 = to_half(bitcast<u32>(v23));
word1 |= v25 << (part % 2u * 16u);
if (part % 2u == 1u || element + 1u == 45u) {
b1[u32(i32(element - part % 2u)) >> 1u] = word1;
word1 = 0u;
}
}
b2[u32(i32(flat * 4u)) >> 2u] = word0;
}
