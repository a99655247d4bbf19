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
for (var k18 = 0u; k18 < 6u; k18++) {
let w19 = 32u >> k18;
if (lane < w19) {
let v20 = fold_f32[lane];
let v21 = fold_f32[lane + w19];
let v22 = v20 + v21;
fold_f32[lane] = v22;
}
workgroupBarrier();
}
let v23 = fold_f32[0u];
m1 = v23;
workgroupBarrier();
let v24 = 256.0f;
let v25 = m1 / v24;
var m26: f32 = 0.0f;
let v27 = v10 - v25;
let v28 = v27 * v27;
let v29 = m26 + v28;
m26 = v29;
let v30 = v12 - v25;
let v31 = v30 * v30;
let v32 = m26 + v31;
m26 = v32;
let v33 = v14 - v25;
let v34 = v33 * v33;
let v35 = m26 + v34;
m26 = v35;
let v36 = v16 - v25;
let v37 = v36 * v36;
let v38 = m26 + v37;
m26 = v38;
fold_f32[lane] = m26;
workgroupBarrier();
for (var k39 = 0u; k39 < 6u; k39++) {
let w40 = 32u >> k39;
if (lane < w40) {
let v41 = fold_f32[lane];
let v42 = fold_f32[lane + w40];
let v43 = v41 + v42;
fold_f32[lane] = v43;
}
workgroupBarrier();
}
let v44 = fold_f32[0u];
m26 = v44;
workgroupBarrier();
let v45 = m26 / v24;
let v46 = 0.000009999999747378752f;
let v47 = v45 + v46;
let v48 = sqrt(v47);
let v49 = 1.0f / v48;
let v50 = v27 * v49;
let v51 = b1[v3];
let v52 = v50 * v51;
let v53 = b2[v3];
let v54 = v52 + v53;
b3[(256i * v0 + v3)] = v54;
let v55 = v30 * v49;
let v56 = b1[v5];
let v57 = v55 * v56;
let v58 = b2[v5];
let v59 = v57 + v58;
b3[(256i * v0 + v5)] = v59;
let v60 = v33 * v49;
let v61 = b1[v7];
let v62 = v60 * v61;
let v63 = b2[v7];
let v64 = v62 + v63;
b3[(256i * v0 + v7)] = v64;
let v65 = v36 * v49;
let v66 = b1[v9];
let v67 = v65 * v66;
let v68 = b2[v9];
let v69 = v67 + v68;
b3[(256i * v0 + v9)] = v69;
}
