// 2 dispatches, 2 kernels, 2048 bytes for temporaries

// lanes kernel of , 1 of 2: 489 workgroups; input 0 read, a0 read_write
enable subgroups;
requires subgroup_id;
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
var<workgroup> slot_f32: array<f32, 64>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) subgroup_lane: u32, @builtin(subgroup_id) subgroup_number: u32, @builtin(num_subgroups) subgroup_count: u32, @builtin(subgroup_size) subgroup_width: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 489u) { return; }
let part = group % 489u;
let row = group / 489u;
let v0 = part * 256u + lane;
var m1: f32 = 0.0f;
for (var q2 = 0u; q2 < 2u; q2++) {
let v4 = v0 + q2 * 125184u;
if (v4 < 250000u) {
let v5 = i32(v4) * 4i;
let four6 = (b0[(v5) >> 2u]);
let v7 = m1 + four6.x;
m1 = v7;
let v8 = m1 + four6.y;
m1 = v8;
let v9 = m1 + four6.z;
m1 = v9;
let v10 = m1 + four6.w;
m1 = v10;
}
}
let v11 = subgroupAdd(m1);
if (subgroup_lane == 0u) {
slot_f32[subgroup_number] = v11;
}
workgroupBarrier();
var m12: f32 = 0.0f;
for (var k13 = subgroup_lane; k13 < subgroup_count; k13 += subgroup_width) {
let v14 = slot_f32[k13];
let v15 = m12 + v14;
m12 = v15;
}
let v16 = subgroupAdd(m12);
m1 = v16;
workgroupBarrier();
if (lane == 0u) {
b1[i32(part * 1u + row)] = m1;
}
}

// lanes kernel of , 2 of 2: 1 workgroups; a0 read_write, result 0 read_write
enable subgroups;
requires subgroup_id;
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
var<workgroup> slot_f32: array<f32, 16>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) subgroup_lane: u32, @builtin(subgroup_id) subgroup_number: u32, @builtin(num_subgroups) subgroup_count: u32, @builtin(subgroup_size) subgroup_width: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 1u) { return; }
let row = group;
var m0: f32 = 0.0f;
for (var p1 = lane; p1 < 489u; p1 += 64u) {
let v2 = b0[i32((p1 * 1u + row))];
let v3 = m0 + v2;
m0 = v3;
}
let v4 = subgroupAdd(m0);
if (subgroup_lane == 0u) {
slot_f32[subgroup_number] = v4;
}
workgroupBarrier();
var m5: f32 = 0.0f;
for (var k6 = subgroup_lane; k6 < subgroup_count; k6 += subgroup_width) {
let v7 = slot_f32[k6];
let v8 = m5 + v7;
m5 = v8;
}
let v9 = subgroupAdd(m5);
m0 = v9;
workgroupBarrier();
if (lane == 0u) {
b1[0i] = m0;
}
}
