// 2 dispatches, 2 kernels, 230400 bytes for temporaries

// map kernel of select: 225 workgroups; input 0 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
let v0 = 0.0f;
let v1 = i32(flat % 2u) * 4i;
let v2 = flat / 2u;
let v3 = i32(v2 % 30u);
let v4 = v2 / 30u;
let v5 = i32(v4 % 30u);
let v6 = v4 / 30u;
let v7 = i32(v6);
let v8 = (((v5 + -1i) >= 0i) & ((v5 + -1i) < 28i) & ((v3 + -1i) >= 0i) & ((v3 + -1i) < 28i));
let four9 = (b0[(select(0i, (6272i * v7 + 224i * v5 + 8i * v3 + v1 + -232i), (((v5 + -1i) >= 0i) & ((v5 + -1i) < 28i) & ((v3 + -1i) >= 0i) & ((v3 + -1i) < 28i)))) >> 2u]);
let v10 = select(v0, four9.x, v8);
let v11 = select(v0, four9.y, v8);
let v12 = select(v0, four9.z, v8);
let v13 = select(v0, four9.w, v8);
b1[((7200i * v7 + 240i * v5 + 8i * v3 + v1)) >> 2u] = vec4f(v10, v11, v12, v13);
}

// convGeneral 32x32x16 4x4: 196 workgroups; a0 read_write, input 1 read, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b2: array<vec4f>;
var<workgroup> tile_a: array<vec4f, 160>;
var<workgroup> tile_b: array<vec4f, 128>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 196u) { return; }
let tile = flat;
let batch = tile / 196u;
let row0 = ((tile / 1u) % 196u) * 32u;
let column0 = (tile % 1u) * 32u;
let x = lane % 8u;
let y = lane / 8u;
let a_quad = lane % 4u;
let a_line = lane / 4u;
let a_batch = 0i;
let a_at0 = row0 + a_line + 0u;
let a_place0 = a_batch + 8i * i32((a_at0) % 28u) + 240i * i32((a_at0 / 28u) % 28u) + 7200i * i32(a_at0 / 784u);
let a_at1 = row0 + a_line + 16u;
let a_place1 = a_batch + 8i * i32((a_at1) % 28u) + 240i * i32((a_at1 / 28u) % 28u) + 7200i * i32(a_at1 / 784u);
let b_quad = lane % 8u;
let b_line = lane / 8u;
let b_batch = 0i;
let b_at = min(column0 + b_quad * 4u, 12u);
let b_place = b_batch + i32(b_at);
var sum0_0 = vec4f();
var sum1_0 = vec4f();
var sum2_0 = vec4f();
var sum3_0 = vec4f();
for (var step = 0u; step < 4u; step++) {
let v0 = step * 16u + a_quad * 4u;
let v1 = i32((v0) % 24u) + 240i * i32(v0 / 24u);
let a_next0 = b0[(a_place0 + v1) >> 2u];
let a_next1 = b0[(a_place1 + v1) >> 2u];
let v2 = step * 16u + b_line + 0u;
let v3 = 16i * i32((v2) % 24u) + 384i * i32(v2 / 24u);
let b_next0 = b1[(b_place + v3) >> 2u];
let v4 = step * 16u + b_line + 8u;
let v5 = 16i * i32((v4) % 24u) + 384i * i32(v4 / 24u);
let b_next1 = b1[(b_place + v5) >> 2u];
tile_a[(a_line + 0u) * 5u + a_quad] = a_next0;
tile_a[(a_line + 16u) * 5u + a_quad] = a_next1;
tile_b[(b_line + 0u) * 8u + b_quad] = b_next0;
tile_b[(b_line + 8u) * 8u + b_quad] = b_next1;
workgroupBarrier();
for (var deep = 0u; deep < 4u; deep++) {
let a0 = tile_a[(y + 0u) * 5u + deep];
let a1 = tile_a[(y + 8u) * 5u + deep];
let a2 = tile_a[(y + 16u) * 5u + deep];
let a3 = tile_a[(y + 24u) * 5u + deep];
let b0_0 = tile_b[(deep * 4u + 0u) * 8u + x + 0u];
sum0_0 += a0.x * b0_0;
sum1_0 += a1.x * b0_0;
sum2_0 += a2.x * b0_0;
sum3_0 += a3.x * b0_0;
let b1_0 = tile_b[(deep * 4u + 1u) * 8u + x + 0u];
sum0_0 += a0.y * b1_0;
sum1_0 += a1.y * b1_0;
sum2_0 += a2.y * b1_0;
sum3_0 += a3.y * b1_0;
let b2_0 = tile_b[(deep * 4u + 2u) * 8u + x + 0u];
sum0_0 += a0.z * b2_0;
sum1_0 += a1.z * b2_0;
sum2_0 += a2.z * b2_0;
sum3_0 += a3.z * b2_0;
let b3_0 = tile_b[(deep * 4u + 3u) * 8u + x + 0u];
sum0_0 += a0.w * b3_0;
sum1_0 += a1.w * b3_0;
sum2_0 += a2.w * b3_0;
sum3_0 += a3.w * b3_0;
}
workgroupBarrier();
}
for (var step = 4u; step < 5u; step++) {
let v6 = step * 16u + a_quad * 4u;
let v7 = min(v6, 68u);
let v8 = v6 < 72u;
let v9 = i32((v7) % 24u) + 240i * i32(v7 / 24u);
let a_next0 = select(vec4f(), b0[(a_place0 + v9) >> 2u], v8);
let a_next1 = select(vec4f(), b0[(a_place1 + v9) >> 2u], v8);
let v10 = step * 16u + b_line + 0u;
let v11 = min(v10, 71u);
let v12 = v10 < 72u;
let v13 = 16i * i32((v11) % 24u) + 384i * i32(v11 / 24u);
let b_next0 = select(vec4f(), b1[(b_place + v13) >> 2u], v12);
let v14 = step * 16u + b_line + 8u;
let v15 = min(v14, 71u);
let v16 = v14 < 72u;
let v17 = 16i * i32((v15) % 24u) + 384i * i32(v15 / 24u);
let b_next1 = select(vec4f(), b1[(b_place + v17) >> 2u], v16);
tile_a[(a_line + 0u) * 5u + a_quad] = a_next0;
tile_a[(a_line + 16u) * 5u + a_quad] = a_next1;
tile_b[(b_line + 0u) * 8u + b_quad] = b_next0;
tile_b[(b_line + 8u) * 8u + b_quad] = b_next1;
workgroupBarrier();
for (var deep = 0u; deep < 4u; deep++) {
let a0 = tile_a[(y + 0u) * 5u + deep];
let a1 = tile_a[(y + 8u) * 5u + deep];
let a2 = tile_a[(y + 16u) * 5u + deep];
let a3 = tile_a[(y + 24u) * 5u + deep];
let b0_0 = tile_b[(deep * 4u + 0u) * 8u + x + 0u];
sum0_0 += a0.x * b0_0;
sum1_0 += a1.x * b0_0;
sum2_0 += a2.x * b0_0;
sum3_0 += a3.x * b0_0;
let b1_0 = tile_b[(deep * 4u + 1u) * 8u + x + 0u];
sum0_0 += a0.y * b1_0;
sum1_0 += a1.y * b1_0;
sum2_0 += a2.y * b1_0;
sum3_0 += a3.y * b1_0;
let b2_0 = tile_b[(deep * 4u + 2u) * 8u + x + 0u];
sum0_0 += a0.z * b2_0;
sum1_0 += a1.z * b2_0;
sum2_0 += a2.z * b2_0;
sum3_0 += a3.z * b2_0;
let b3_0 = tile_b[(deep * 4u + 3u) * 8u + x + 0u];
sum0_0 += a0.w * b3_0;
sum1_0 += a1.w * b3_0;
sum2_0 += a2.w * b3_0;
sum3_0 += a3.w * b3_0;
}
workgroupBarrier();
}
let batch_place0 = 0i;
let column0_at = column0 + x * 4u + 0u;
let column0_at_place0 = i32(column0_at);
let row0_at = row0 + y + 0u;
 {
let row0_at_place0 = 16i * i32((row0_at) % 28u) + 448i * i32((row0_at / 28u) % 28u) + 12544i * i32(row0_at / 784u);
if (column0_at < 16u) {
b2[(batch_place0 + row0_at_place0 + column0_at_place0) >> 2u] = vec4f(sum0_0.x, sum0_0.y, sum0_0.z, sum0_0.w);
}
}
let row1_at = row0 + y + 8u;
 {
let row1_at_place0 = 16i * i32((row1_at) % 28u) + 448i * i32((row1_at / 28u) % 28u) + 12544i * i32(row1_at / 784u);
if (column0_at < 16u) {
b2[(batch_place0 + row1_at_place0 + column0_at_place0) >> 2u] = vec4f(sum1_0.x, sum1_0.y, sum1_0.z, sum1_0.w);
}
}
let row2_at = row0 + y + 16u;
 {
let row2_at_place0 = 16i * i32((row2_at) % 28u) + 448i * i32((row2_at / 28u) % 28u) + 12544i * i32(row2_at / 784u);
if (column0_at < 16u) {
b2[(batch_place0 + row2_at_place0 + column0_at_place0) >> 2u] = vec4f(sum2_0.x, sum2_0.y, sum2_0.z, sum2_0.w);
}
}
let row3_at = row0 + y + 24u;
 {
let row3_at_place0 = 16i * i32((row3_at) % 28u) + 448i * i32((row3_at / 28u) % 28u) + 12544i * i32(row3_at / 784u);
if (column0_at < 16u) {
b2[(batch_place0 + row3_at_place0 + column0_at_place0) >> 2u] = vec4f(sum3_0.x, sum3_0.y, sum3_0.z, sum3_0.w);
}
}
}
