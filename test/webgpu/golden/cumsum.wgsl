// 1 dispatches, 1 kernels, 0 bytes for temporaries

// cumsum: 64 workgroups; input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
var<workgroup> sums: array<f32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 64u) { return; }
let line = group / 1u;
let tile_number = group % 1u;
let first = i32((line / 1u) * 256u + line % 1u);
var m0: f32 = 0.0f;
for (var t1 = 0u; t1 < 1u; t1++) {
let v2 = t1 * 1024u + lane * 4u + 0u;
let v3 = first + i32(min(v2, 255u)) * 1i;
let v4 = b0[v3];
let v5 = select(0.0f, v4, (v2 < 256u));
let v6 = t1 * 1024u + lane * 4u + 1u;
let v7 = first + i32(min(v6, 255u)) * 1i;
let v8 = b0[v7];
let v9 = select(0.0f, v8, (v6 < 256u));
let v10 = v5 + v9;
let v11 = t1 * 1024u + lane * 4u + 2u;
let v12 = first + i32(min(v11, 255u)) * 1i;
let v13 = b0[v12];
let v14 = select(0.0f, v13, (v11 < 256u));
let v15 = v10 + v14;
let v16 = t1 * 1024u + lane * 4u + 3u;
let v17 = first + i32(min(v16, 255u)) * 1i;
let v18 = b0[v17];
let v19 = select(0.0f, v18, (v16 < 256u));
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
if (v2 < 256u) {
b1[v3] = v30;
}
let v31 = v29 + v10;
if (v6 < 256u) {
b1[v7] = v31;
}
let v32 = v29 + v15;
if (v11 < 256u) {
b1[v12] = v32;
}
let v33 = v29 + v20;
if (v16 < 256u) {
b1[v17] = v33;
}
workgroupBarrier();
let v34 = m0 + v26;
m0 = v34;
}
}
