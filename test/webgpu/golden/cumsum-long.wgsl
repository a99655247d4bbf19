// 3 dispatches, 3 kernels, 1024 bytes for temporaries

// cumsum: 98 workgroups; input 0 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
var<workgroup> sums: array<f32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 98u) { return; }
let line = group / 98u;
let tile_number = group % 98u;
let first = i32((line / 1u) * 100000u + line % 1u);
let v0 = tile_number * 1024u + lane * 4u + 0u;
let v1 = first + i32(min(v0, 99999u)) * 1i;
let v2 = b0[v1];
let v3 = select(0.0f, v2, (v0 < 100000u));
let v4 = tile_number * 1024u + lane * 4u + 1u;
let v5 = first + i32(min(v4, 99999u)) * 1i;
let v6 = b0[v5];
let v7 = select(0.0f, v6, (v4 < 100000u));
let v8 = v3 + v7;
let v9 = tile_number * 1024u + lane * 4u + 2u;
let v10 = first + i32(min(v9, 99999u)) * 1i;
let v11 = b0[v10];
let v12 = select(0.0f, v11, (v9 < 100000u));
let v13 = v8 + v12;
let v14 = tile_number * 1024u + lane * 4u + 3u;
let v15 = first + i32(min(v14, 99999u)) * 1i;
let v16 = b0[v15];
let v17 = select(0.0f, v16, (v14 < 100000u));
let v18 = v13 + v17;
sums[lane] = v18;
workgroupBarrier();
for (var k19 = 0u; k19 < 8u; k19++) {
let w20 = 1u << k19;
let v21 = sums[lane];
let v22 = sums[max(lane, w20) - w20];
let v23 = v22 + v21;
workgroupBarrier();
if (lane >= w20) {
sums[lane] = v23;
}
workgroupBarrier();
}
let v24 = sums[255u];
workgroupBarrier();
if (lane == 0u) {
b1[i32(group)] = v24;
}
}

// cumsum: 1 workgroups; a0 read_write, a512 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
var<workgroup> sums: array<f32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 1u) { return; }
let line = group / 1u;
let tile_number = group % 1u;
let first = i32((line / 1u) * 98u + line % 1u);
var m0: f32 = 0.0f;
for (var t1 = 0u; t1 < 1u; t1++) {
let v2 = t1 * 1024u + lane * 4u + 0u;
let v3 = first + i32(min(v2, 97u)) * 1i;
let v4 = b0[v3];
let v5 = select(0.0f, v4, (v2 < 98u));
let v6 = t1 * 1024u + lane * 4u + 1u;
let v7 = first + i32(min(v6, 97u)) * 1i;
let v8 = b0[v7];
let v9 = select(0.0f, v8, (v6 < 98u));
let v10 = v5 + v9;
let v11 = t1 * 1024u + lane * 4u + 2u;
let v12 = first + i32(min(v11, 97u)) * 1i;
let v13 = b0[v12];
let v14 = select(0.0f, v13, (v11 < 98u));
let v15 = v10 + v14;
let v16 = t1 * 1024u + lane * 4u + 3u;
let v17 = first + i32(min(v16, 97u)) * 1i;
let v18 = b0[v17];
let v19 = select(0.0f, v18, (v16 < 98u));
let v20 = v15 + v19;
sums[lane] = v20;
workgroupBarrier();
for (var k21 = 0u; k21 < 8u; k21++) {
let w22 = 1u << k21;
let v23 = sums[lane];
let v24 = sums[max(lane, w22) - w22];
let v25 = v24 + v23;
workgroupBarrier();
if (lane >= w22) {
sums[lane] = v25;
}
workgroupBarrier();
}
let v26 = sums[255u];
let v27 = sums[max(lane, 1u) - 1u];
let v28 = select(v27, 0.0f, lane == 0u);
let v29 = m0 + v28;
let v30 = v29 + v5;
if (v2 < 98u) {
b1[v3] = v30;
}
let v31 = v29 + v10;
if (v6 < 98u) {
b1[v7] = v31;
}
let v32 = v29 + v15;
if (v11 < 98u) {
b1[v12] = v32;
}
let v33 = v29 + v20;
if (v16 < 98u) {
b1[v17] = v33;
}
workgroupBarrier();
let v34 = m0 + v26;
m0 = v34;
}
}

// cumsum: 98 workgroups; a512 read_write, input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
var<workgroup> sums: array<f32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 98u) { return; }
let line = group / 98u;
let tile_number = group % 98u;
let first = i32((line / 1u) * 100000u + line % 1u);
let v0 = b0[max(i32(group), 1i) - 1i];
let v1 = select(v0, 0.0f, tile_number == 0u);
let v2 = tile_number * 1024u + lane * 4u + 0u;
let v3 = first + i32(min(v2, 99999u)) * 1i;
let v4 = b1[v3];
let v5 = select(0.0f, v4, (v2 < 100000u));
let v6 = tile_number * 1024u + lane * 4u + 1u;
let v7 = first + i32(min(v6, 99999u)) * 1i;
let v8 = b1[v7];
let v9 = select(0.0f, v8, (v6 < 100000u));
let v10 = v5 + v9;
let v11 = tile_number * 1024u + lane * 4u + 2u;
let v12 = first + i32(min(v11, 99999u)) * 1i;
let v13 = b1[v12];
let v14 = select(0.0f, v13, (v11 < 100000u));
let v15 = v10 + v14;
let v16 = tile_number * 1024u + lane * 4u + 3u;
let v17 = first + i32(min(v16, 99999u)) * 1i;
let v18 = b1[v17];
let v19 = select(0.0f, v18, (v16 < 100000u));
let v20 = v15 + v19;
sums[lane] = v20;
workgroupBarrier();
for (var k21 = 0u; k21 < 8u; k21++) {
let w22 = 1u << k21;
let v23 = sums[lane];
let v24 = sums[max(lane, w22) - w22];
let v25 = v24 + v23;
workgroupBarrier();
if (lane >= w22) {
sums[lane] = v25;
}
workgroupBarrier();
}
let v26 = sums[255u];
let v27 = sums[max(lane, 1u) - 1u];
let v28 = select(v27, 0.0f, lane == 0u);
let v29 = v1 + v28;
let v30 = v29 + v5;
if (v2 < 100000u) {
b2[v3] = v30;
}
let v31 = v29 + v10;
if (v6 < 100000u) {
b2[v7] = v31;
}
let v32 = v29 + v15;
if (v11 < 100000u) {
b2[v12] = v32;
}
let v33 = v29 + v20;
if (v16 < 100000u) {
b2[v17] = v33;
}
workgroupBarrier();
}
