// 1 dispatches, 1 kernels, 0 bytes for temporaries

// lanes kernel of div sub mul add rsqrt: 64 workgroups; input 2 read, input 1 read, input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read> b2: array<f32>;
@group(0) @binding(3) var<storage, read_write> b3: array<f32>;
var<workgroup> fold_f32: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 64u) { return; }
let v0 = i32(group);
var m1: f32 = 0.0f;
let v2 = lane + 0u;
let v3 = i32(v2);
let v4 = lane + 64u;
let v5 = i32(v4);
let v6 = lane + 128u;
let v7 = i32(v6);
let v8 = lane + 192u;
let v9 = i32(v8);
let v10 = b0[(256i * v0 + v3)];
let v11 = m1 + v10;
m1 = v11;
let v12 = b0[(256i * v0 + v5)];
let v13 = m1 + v12;
m1 = v13;
let v14 = b0[(256i * v0 + v7)];
let v15 = m1 + v14;
m1 = v15;
let v16 = b0[(256i * v0 + v9)];
let v17 = m1 + v16;
m1 = v17;
fold_f32[lane] = m1;
workgroupBarrier();
if (lane < 32u) {
let v18 = fold_f32[lane];
let v19 = fold_f32[lane + 32u];
let v20 = v18 + v19;
fold_f32[lane] = v20;
}
workgroupBarrier();
if (lane < 16u) {
let v21 = fold_f32[lane];
let v22 = fold_f32[lane + 16u];
let v23 = v21 + v22;
fold_f32[lane] = v23;
}
workgroupBarrier();
if (lane < 8u) {
let v24 = fold_f32[lane];
let v25 = fold_f32[lane + 8u];
let v26 = v24 + v25;
fold_f32[lane] = v26;
}
workgroupBarrier();
if (lane < 4u) {
let v27 = fold_f32[lane];
let v28 = fold_f32[lane + 4u];
let v29 = v27 + v28;
fold_f32[lane] = v29;
}
workgroupBarrier();
if (lane < 2u) {
let v30 = fold_f32[lane];
let v31 = fold_f32[lane + 2u];
let v32 = v30 + v31;
fold_f32[lane] = v32;
}
workgroupBarrier();
if (lane < 1u) {
let v33 = fold_f32[lane];
let v34 = fold_f32[lane + 1u];
let v35 = v33 + v34;
fold_f32[lane] = v35;
}
workgroupBarrier();
let v36 = fold_f32[0u];
m1 = v36;
workgroupBarrier();
let v37 = 256.0f;
let v38 = m1 / v37;
var m39: f32 = 0.0f;
let v40 = v10 - v38;
let v41 = v40 * v40;
let v42 = m39 + v41;
m39 = v42;
let v43 = v12 - v38;
let v44 = v43 * v43;
let v45 = m39 + v44;
m39 = v45;
let v46 = v14 - v38;
let v47 = v46 * v46;
let v48 = m39 + v47;
m39 = v48;
let v49 = v16 - v38;
let v50 = v49 * v49;
let v51 = m39 + v50;
m39 = v51;
fold_f32[lane] = m39;
workgroupBarrier();
if (lane < 32u) {
let v52 = fold_f32[lane];
let v53 = fold_f32[lane + 32u];
let v54 = v52 + v53;
fold_f32[lane] = v54;
}
workgroupBarrier();
if (lane < 16u) {
let v55 = fold_f32[lane];
let v56 = fold_f32[lane + 16u];
let v57 = v55 + v56;
fold_f32[lane] = v57;
}
workgroupBarrier();
if (lane < 8u) {
let v58 = fold_f32[lane];
let v59 = fold_f32[lane + 8u];
let v60 = v58 + v59;
fold_f32[lane] = v60;
}
workgroupBarrier();
if (lane < 4u) {
let v61 = fold_f32[lane];
let v62 = fold_f32[lane + 4u];
let v63 = v61 + v62;
fold_f32[lane] = v63;
}
workgroupBarrier();
if (lane < 2u) {
let v64 = fold_f32[lane];
let v65 = fold_f32[lane + 2u];
let v66 = v64 + v65;
fold_f32[lane] = v66;
}
workgroupBarrier();
if (lane < 1u) {
let v67 = fold_f32[lane];
let v68 = fold_f32[lane + 1u];
let v69 = v67 + v68;
fold_f32[lane] = v69;
}
workgroupBarrier();
let v70 = fold_f32[0u];
m39 = v70;
workgroupBarrier();
let v71 = m39 / v37;
let v72 = 0.000009999999747378752f;
let v73 = v71 + v72;
let v74 = sqrt(v73);
let v75 = 1.0f / v74;
let v76 = v40 * v75;
let v77 = b1[v3];
let v78 = v76 * v77;
let v79 = b2[v3];
let v80 = v78 + v79;
b3[(256i * v0 + v3)] = v80;
let v81 = v43 * v75;
let v82 = b1[v5];
let v83 = v81 * v82;
let v84 = b2[v5];
let v85 = v83 + v84;
b3[(256i * v0 + v5)] = v85;
let v86 = v46 * v75;
let v87 = b1[v7];
let v88 = v86 * v87;
let v89 = b2[v7];
let v90 = v88 + v89;
b3[(256i * v0 + v7)] = v90;
let v91 = v49 * v75;
let v92 = b1[v9];
let v93 = v91 * v92;
let v94 = b2[v9];
let v95 = v93 + v94;
b3[(256i * v0 + v9)] = v95;
}
