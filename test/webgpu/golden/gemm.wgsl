// 1 dispatches, 1 kernels, 0 bytes for temporaries

// dotGeneral 64x64x16: 64 workgroups; input 0 read, input 1 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
var<workgroup> tile_a: array<f32, 1024>;
var<workgroup> tile_b: array<f32, 1024>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 64u) { return; }
let batch = flat / 64u;
let row0 = ((flat / 8u) % 8u) * 64u;
let column0 = (flat % 8u) * 64u;
let batchA = 0i;
let batchB = 0i;
let batchC = 0i;
let x = lane % 16u;
let y = lane / 16u;
var sum0 = vec4f();
var sum1 = vec4f();
var sum2 = vec4f();
var sum3 = vec4f();
for (var step = 0u; step < 16u; step++) {
for (var e = lane; e < 1024u; e += 256u) {
let inside = e / 16u;
let deep = e % 16u;
let along = row0 + inside;
let depth = step * 16u + deep;
let exists = (along < 512u) & (depth < 256u);
let v0 = b0[select(0i, batchA + 256i * i32(along / 1u) + 1i * i32(depth / 1u), exists)];
tile_a[deep * 64u + inside] = select(0.0f, v0, exists);
}
for (var e = lane; e < 1024u; e += 256u) {
let inside = e % 64u;
let deep = e / 64u;
let along = column0 + inside;
let depth = step * 16u + deep;
let exists = (along < 512u) & (depth < 256u);
let v1 = b1[select(0i, batchB + 1i * i32(along / 1u) + 512i * i32(depth / 1u), exists)];
tile_b[deep * 64u + inside] = select(0.0f, v1, exists);
}
workgroupBarrier();
for (var deep = 0u; deep < 16u; deep++) {
let at = deep * 64u + x * 4u;
let b = vec4f(tile_b[at], tile_b[at + 1u], tile_b[at + 2u], tile_b[at + 3u]);
let from_a = deep * 64u + y * 4u;
sum0 += tile_a[from_a + 0u] * b;
sum1 += tile_a[from_a + 1u] * b;
sum2 += tile_a[from_a + 2u] * b;
sum3 += tile_a[from_a + 3u] * b;
}
workgroupBarrier();
}
let row1 = row0 + y * 4u + 0u;
if ((row1 < 512u) & (column0 + x * 4u + 0u < 512u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 512i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[0];
}
if ((row1 < 512u) & (column0 + x * 4u + 1u < 512u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 512i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[1];
}
if ((row1 < 512u) & (column0 + x * 4u + 2u < 512u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 512i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[2];
}
if ((row1 < 512u) & (column0 + x * 4u + 3u < 512u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 512i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[3];
}
let row2 = row0 + y * 4u + 1u;
if ((row2 < 512u) & (column0 + x * 4u + 0u < 512u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 512i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[0];
}
if ((row2 < 512u) & (column0 + x * 4u + 1u < 512u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 512i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[1];
}
if ((row2 < 512u) & (column0 + x * 4u + 2u < 512u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 512i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[2];
}
if ((row2 < 512u) & (column0 + x * 4u + 3u < 512u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 512i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[3];
}
let row3 = row0 + y * 4u + 2u;
if ((row3 < 512u) & (column0 + x * 4u + 0u < 512u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 512i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[0];
}
if ((row3 < 512u) & (column0 + x * 4u + 1u < 512u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 512i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[1];
}
if ((row3 < 512u) & (column0 + x * 4u + 2u < 512u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 512i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[2];
}
if ((row3 < 512u) & (column0 + x * 4u + 3u < 512u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 512i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[3];
}
let row4 = row0 + y * 4u + 3u;
if ((row4 < 512u) & (column0 + x * 4u + 0u < 512u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 512i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[0];
}
if ((row4 < 512u) & (column0 + x * 4u + 1u < 512u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 512i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[1];
}
if ((row4 < 512u) & (column0 + x * 4u + 2u < 512u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 512i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[2];
}
if ((row4 < 512u) & (column0 + x * 4u + 3u < 512u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 512i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[3];
}
}
