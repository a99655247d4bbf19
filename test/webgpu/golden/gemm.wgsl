// 1 dispatches, 1 kernels, 0 bytes for temporaries

// dotGeneral 32x32x16 4x4: 256 workgroups; input 0 read, input 1 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b2: array<vec4f>;
var<workgroup> tile_a: array<vec4f, 160>;
var<workgroup> tile_b: array<vec4f, 128>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 256u) { return; }
let tile = flat;
let batch = tile / 256u;
let row0 = ((tile / 16u) % 16u) * 32u;
let column0 = (tile % 16u) * 32u;
let x = lane % 8u;
let y = lane / 8u;
let a_quad = lane % 4u;
let a_line = lane / 4u;
let a_batch = 0i;
let a_at0 = row0 + a_line + 0u;
let a_place0 = a_batch + 256i * i32(a_at0);
let a_at1 = row0 + a_line + 16u;
let a_place1 = a_batch + 256i * i32(a_at1);
let b_quad = lane % 8u;
let b_line = lane / 8u;
let b_batch = 0i;
let b_at = column0 + b_quad * 4u;
let b_place = b_batch + i32(b_at);
var sum0_0 = vec4f();
var sum1_0 = vec4f();
var sum2_0 = vec4f();
var sum3_0 = vec4f();
for (var step = 0u; step < 16u; step++) {
let v0 = step * 16u + a_quad * 4u;
let v1 = i32(v0);
let a_next0 = b0[(a_place0 + v1) >> 2u];
let a_next1 = b0[(a_place1 + v1) >> 2u];
let v2 = step * 16u + b_line + 0u;
let v3 = 512i * i32(v2);
let b_next0 = b1[(b_place + v3) >> 2u];
let v4 = step * 16u + b_line + 8u;
let v5 = 512i * i32(v4);
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
let batch_place0 = 0i;
let column0_at = column0 + x * 4u + 0u;
let column0_at_place0 = i32(column0_at);
let row0_at = row0 + y + 0u;
 {
let row0_at_place0 = 512i * i32(row0_at);
 {
b2[(batch_place0 + row0_at_place0 + column0_at_place0) >> 2u] = vec4f(sum0_0.x, sum0_0.y, sum0_0.z, sum0_0.w);
}
}
let row1_at = row0 + y + 8u;
 {
let row1_at_place0 = 512i * i32(row1_at);
 {
b2[(batch_place0 + row1_at_place0 + column0_at_place0) >> 2u] = vec4f(sum1_0.x, sum1_0.y, sum1_0.z, sum1_0.w);
}
}
let row2_at = row0 + y + 16u;
 {
let row2_at_place0 = 512i * i32(row2_at);
 {
b2[(batch_place0 + row2_at_place0 + column0_at_place0) >> 2u] = vec4f(sum2_0.x, sum2_0.y, sum2_0.z, sum2_0.w);
}
}
let row3_at = row0 + y + 24u;
 {
let row3_at_place0 = 512i * i32(row3_at);
 {
b2[(batch_place0 + row3_at_place0 + column0_at_place0) >> 2u] = vec4f(sum3_0.x, sum3_0.y, sum3_0.z, sum3_0.w);
}
}
}
