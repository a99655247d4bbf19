// 5 dispatches, 5 kernels, 40960 bytes for temporaries

// dotGeneral 32x32x16: 2 workgroups; input 2 read, input 1 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
var<workgroup> tile_a: array<f32, 512>;
var<workgroup> tile_b: array<f32, 512>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 2u) { return; }
let batch = flat / 2u;
let row0 = ((flat / 2u) % 1u) * 32u;
let column0 = (flat % 2u) * 32u;
let batchA = 0i;
let batchB = 0i;
let batchC = 0i;
let x = lane % 8u;
let y = lane / 8u;
var sum0 = vec4f();
var sum1 = vec4f();
var sum2 = vec4f();
var sum3 = vec4f();
for (var step = 0u; step < 8u; step++) {
for (var e = lane; e < 512u; e += 64u) {
let inside = e / 16u;
let deep = e % 16u;
let along = row0 + inside;
let depth = step * 16u + deep;
let exists = (along < 32u) & (depth < 128u);
let v0 = b0[select(0i, batchA + 128i * i32(along / 1u) + 1i * i32(depth / 1u), exists)];
tile_a[deep * 32u + inside] = select(0.0f, v0, exists);
}
for (var e = lane; e < 512u; e += 64u) {
let inside = e % 32u;
let deep = e / 32u;
let along = column0 + inside;
let depth = step * 16u + deep;
let exists = (along < 64u) & (depth < 128u);
let v1 = b1[select(0i, batchB + 1i * i32(along / 1u) + 64i * i32(depth / 1u), exists)];
tile_b[deep * 32u + inside] = select(0.0f, v1, exists);
}
workgroupBarrier();
for (var deep = 0u; deep < 16u; deep++) {
let at = deep * 32u + x * 4u;
let b = vec4f(tile_b[at], tile_b[at + 1u], tile_b[at + 2u], tile_b[at + 3u]);
let from_a = deep * 32u + y * 4u;
sum0 += tile_a[from_a + 0u] * b;
sum1 += tile_a[from_a + 1u] * b;
sum2 += tile_a[from_a + 2u] * b;
sum3 += tile_a[from_a + 3u] * b;
}
workgroupBarrier();
}
let row1 = row0 + y * 4u + 0u;
if ((row1 < 32u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[0];
}
if ((row1 < 32u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[1];
}
if ((row1 < 32u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[2];
}
if ((row1 < 32u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[3];
}
let row2 = row0 + y * 4u + 1u;
if ((row2 < 32u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[0];
}
if ((row2 < 32u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[1];
}
if ((row2 < 32u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[2];
}
if ((row2 < 32u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[3];
}
let row3 = row0 + y * 4u + 2u;
if ((row3 < 32u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[0];
}
if ((row3 < 32u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[1];
}
if ((row3 < 32u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[2];
}
if ((row3 < 32u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[3];
}
let row4 = row0 + y * 4u + 3u;
if ((row4 < 32u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[0];
}
if ((row4 < 32u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[1];
}
if ((row4 < 32u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[2];
}
if ((row4 < 32u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[3];
}
}

// lanes kernel of add isFinite select sub exp div: 1 workgroups; a0 read_write, input 0 read, input 3 read
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read> b2: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 32u) { return; }
let i0 = i32(flat);
var m0: f32 = bitcast<f32>(bits_minus_infinity);
for (var t1 = 0u; t1 < 64u; t1 += 1u) {
let i1 = i32(t1);
let v2 = b0[(64i * i0 + i1)];
let v3 = b1[i1];
let v4 = v2 + v3;
let v5 = (bitcast<u32>(v4) & 0x7fffffffu) > 0x7f800000u;
let v6 = select(m0, v4, (m0 < v4) | (v5 & ((bitcast<u32>(m0) & 0x7fffffffu) <= 0x7f800000u)));
m0 = v6;
}
let v7 = (bitcast<u32>(m0) & 0x7f800000u) != 0x7f800000u;
let v8 = 0.0f;
let v9 = select(v8, m0, v7);
var m10: f32 = 0.0f;
for (var t11 = 0u; t11 < 64u; t11 += 1u) {
let i1 = i32(t11);
let v12 = b0[(64i * i0 + i1)];
let v13 = b1[i1];
let v14 = v12 + v13;
let v15 = v14 - v9;
let v16 = select(v15, -87.9000015258789f, v15 < -87.9000015258789f);
let v17 = select(v16, 89.0f, 89.0f < v16);
let v18 = fma(v17, 1.4426950216293335f, -0.5f);
let v19 = v18 + 12583039.0f;
let v20 = bitcast<f32>(bitcast<u32>(v19) ^ bits_zero);
let v21 = v20 - 12583039.0f;
let v22 = fma(v21, -0.693359375f, v17);
let v23 = fma(v21, 0.00021219444170128554f, v22);
let v24 = fma(0.001875321613624692f, v23, 0.007939801551401615f);
let v25 = fma(v24, v23, 0.04180574417114258f);
let v26 = fma(v25, v23, 0.16664621233940125f);
let v27 = fma(v26, v23, 0.5000008344650269f);
let v28 = fma(v27, v23, 1.0f);
let v29 = fma(v28, v23, 1.0f);
let v30 = bitcast<u32>(v20) << 23u;
let v31 = v29 * bitcast<f32>(v30);
let v32 = m10 + v31;
m10 = v32;
}
let v33 = b2[i0];
let v34 = 0.03125f;
for (var t35 = 0u; t35 < 64u; t35 += 1u) {
let i1 = i32(t35);
let v36 = b0[(64i * i0 + i1)];
let v37 = b1[i1];
let v38 = v36 + v37;
let v39 = v38 - v9;
let v40 = select(v39, -87.9000015258789f, v39 < -87.9000015258789f);
let v41 = select(v40, 89.0f, 89.0f < v40);
let v42 = fma(v41, 1.4426950216293335f, -0.5f);
let v43 = v42 + 12583039.0f;
let v44 = bitcast<f32>(bitcast<u32>(v43) ^ bits_zero);
let v45 = v44 - 12583039.0f;
let v46 = fma(v45, -0.693359375f, v41);
let v47 = fma(v45, 0.00021219444170128554f, v46);
let v48 = fma(0.001875321613624692f, v47, 0.007939801551401615f);
let v49 = fma(v48, v47, 0.04180574417114258f);
let v50 = fma(v49, v47, 0.16664621233940125f);
let v51 = fma(v50, v47, 0.5000008344650269f);
let v52 = fma(v51, v47, 1.0f);
let v53 = fma(v52, v47, 1.0f);
let v54 = bitcast<u32>(v44) << 23u;
let v55 = v53 * bitcast<f32>(v54);
let v56 = v55 / m10;
let v57 = i32(i1);
let v58 = v33 == v57;
let v59 = select(0.0f, 1.0f, v58);
let v60 = v56 - v59;
let v61 = v60 * v34;
b0[(64i * i0 + i1)] = v61;
}
}

// dotGeneral 32x32x16: 8 workgroups; input 2 read, a0 read_write, a8192 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
var<workgroup> tile_a: array<f32, 512>;
var<workgroup> tile_b: array<f32, 512>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 8u) { return; }
let batch = flat / 8u;
let row0 = ((flat / 2u) % 4u) * 32u;
let column0 = (flat % 2u) * 32u;
let batchA = 0i;
let batchB = 0i;
let batchC = 0i;
let x = lane % 8u;
let y = lane / 8u;
var sum0 = vec4f();
var sum1 = vec4f();
var sum2 = vec4f();
var sum3 = vec4f();
for (var step = 0u; step < 2u; step++) {
for (var e = lane; e < 512u; e += 64u) {
let inside = e % 32u;
let deep = e / 32u;
let along = row0 + inside;
let depth = step * 16u + deep;
let exists = (along < 128u) & (depth < 32u);
let v0 = b0[select(0i, batchA + 1i * i32(along / 1u) + 128i * i32(depth / 1u), exists)];
tile_a[deep * 32u + inside] = select(0.0f, v0, exists);
}
for (var e = lane; e < 512u; e += 64u) {
let inside = e % 32u;
let deep = e / 32u;
let along = column0 + inside;
let depth = step * 16u + deep;
let exists = (along < 64u) & (depth < 32u);
let v1 = b1[select(0i, batchB + 1i * i32(along / 1u) + 64i * i32(depth / 1u), exists)];
tile_b[deep * 32u + inside] = select(0.0f, v1, exists);
}
workgroupBarrier();
for (var deep = 0u; deep < 16u; deep++) {
let at = deep * 32u + x * 4u;
let b = vec4f(tile_b[at], tile_b[at + 1u], tile_b[at + 2u], tile_b[at + 3u]);
let from_a = deep * 32u + y * 4u;
sum0 += tile_a[from_a + 0u] * b;
sum1 += tile_a[from_a + 1u] * b;
sum2 += tile_a[from_a + 2u] * b;
sum3 += tile_a[from_a + 3u] * b;
}
workgroupBarrier();
}
let row1 = row0 + y * 4u + 0u;
if ((row1 < 128u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[0];
}
if ((row1 < 128u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[1];
}
if ((row1 < 128u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[2];
}
if ((row1 < 128u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[3];
}
let row2 = row0 + y * 4u + 1u;
if ((row2 < 128u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[0];
}
if ((row2 < 128u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[1];
}
if ((row2 < 128u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[2];
}
if ((row2 < 128u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[3];
}
let row3 = row0 + y * 4u + 2u;
if ((row3 < 128u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[0];
}
if ((row3 < 128u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[1];
}
if ((row3 < 128u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[2];
}
if ((row3 < 128u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[3];
}
let row4 = row0 + y * 4u + 3u;
if ((row4 < 128u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[0];
}
if ((row4 < 128u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[1];
}
if ((row4 < 128u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[2];
}
if ((row4 < 128u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[3];
}
}

// rows kernel of mul add: 1 workgroups; a0 read_write, input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 64u) { return; }
let i0 = i32(flat);
var m0: f32 = 0.0f;
for (var t1 = 0u; t1 < 32u; t1 += 1u) {
let i1 = i32(t1);
let v2 = b0[(i0 + 64i * i1)];
let v3 = m0 + v2;
m0 = v3;
}
let v4 = b1[i0];
let v5 = -0.10000000149011612f;
let v6 = m0 * v5;
let v7 = v4 + v6;
b2[i0] = v7;
}

// map kernel of mul add: 128 workgroups; input 1 read, a8192 read_write, result 1 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 8192u) { return; }
let i2 = i32(flat);
let v0 = b0[i2];
let v1 = b1[i2];
let v2 = -0.10000000149011612f;
let v3 = v1 * v2;
let v4 = v0 + v3;
b2[i2] = v4;
}
