// 1 dispatches, 1 kernels, 0 bytes for temporaries

// lanes kernel of div sub mul add rsqrt: 64 workgroups; input 2 read, input 1 read, input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read> b2: array<f32>;
@group(0) @binding(3) var<storage, read_write> b3: array<f32>;
var<workgroup> fold_f32: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 64u) { return; }
let i0 = i32(flat);
var m0: f32 = 0.0f;
for (var t1 = lane; t1 < 256u; t1 += 64u) {
let i1 = i32(t1);
let v2 = b0[(256i * i0 + i1)];
let v3 = m0 + v2;
m0 = v3;
}
fold_f32[lane] = m0;
workgroupBarrier();
if (lane < 32u) {
let v4 = fold_f32[lane];
let v5 = fold_f32[lane + 32u];
let v6 = v4 + v5;
fold_f32[lane] = v6;
}
workgroupBarrier();
if (lane < 16u) {
let v7 = fold_f32[lane];
let v8 = fold_f32[lane + 16u];
let v9 = v7 + v8;
fold_f32[lane] = v9;
}
workgroupBarrier();
if (lane < 8u) {
let v10 = fold_f32[lane];
let v11 = fold_f32[lane + 8u];
let v12 = v10 + v11;
fold_f32[lane] = v12;
}
workgroupBarrier();
if (lane < 4u) {
let v13 = fold_f32[lane];
let v14 = fold_f32[lane + 4u];
let v15 = v13 + v14;
fold_f32[lane] = v15;
}
workgroupBarrier();
if (lane < 2u) {
let v16 = fold_f32[lane];
let v17 = fold_f32[lane + 2u];
let v18 = v16 + v17;
fold_f32[lane] = v18;
}
workgroupBarrier();
if (lane < 1u) {
let v19 = fold_f32[lane];
let v20 = fold_f32[lane + 1u];
let v21 = v19 + v20;
fold_f32[lane] = v21;
}
workgroupBarrier();
let v22 = fold_f32[0u];
m0 = v22;
workgroupBarrier();
let v23 = 256.0f;
let v24 = m0 / v23;
var m25: f32 = 0.0f;
for (var t26 = lane; t26 < 256u; t26 += 64u) {
let i1 = i32(t26);
let v27 = b0[(256i * i0 + i1)];
let v28 = v27 - v24;
let v29 = v28 * v28;
let v30 = m25 + v29;
m25 = v30;
}
fold_f32[lane] = m25;
workgroupBarrier();
if (lane < 32u) {
let v31 = fold_f32[lane];
let v32 = fold_f32[lane + 32u];
let v33 = v31 + v32;
fold_f32[lane] = v33;
}
workgroupBarrier();
if (lane < 16u) {
let v34 = fold_f32[lane];
let v35 = fold_f32[lane + 16u];
let v36 = v34 + v35;
fold_f32[lane] = v36;
}
workgroupBarrier();
if (lane < 8u) {
let v37 = fold_f32[lane];
let v38 = fold_f32[lane + 8u];
let v39 = v37 + v38;
fold_f32[lane] = v39;
}
workgroupBarrier();
if (lane < 4u) {
let v40 = fold_f32[lane];
let v41 = fold_f32[lane + 4u];
let v42 = v40 + v41;
fold_f32[lane] = v42;
}
workgroupBarrier();
if (lane < 2u) {
let v43 = fold_f32[lane];
let v44 = fold_f32[lane + 2u];
let v45 = v43 + v44;
fold_f32[lane] = v45;
}
workgroupBarrier();
if (lane < 1u) {
let v46 = fold_f32[lane];
let v47 = fold_f32[lane + 1u];
let v48 = v46 + v47;
fold_f32[lane] = v48;
}
workgroupBarrier();
let v49 = fold_f32[0u];
m25 = v49;
workgroupBarrier();
let v50 = m25 / v23;
let v51 = 0.000009999999747378752f;
let v52 = v50 + v51;
let v53 = sqrt(v52);
let v54 = 1.0f / v53;
for (var t55 = lane; t55 < 256u; t55 += 64u) {
let i1 = i32(t55);
let v56 = b0[(256i * i0 + i1)];
let v57 = v56 - v24;
let v58 = v57 * v54;
let v59 = b1[i1];
let v60 = v58 * v59;
let v61 = b2[i1];
let v62 = v60 + v61;
b3[(256i * i0 + i1)] = v62;
}
}
