// 1 dispatches, 1 kernels, 0 bytes for temporaries

// lanes kernel of div sub mul add rsqrt: 64 workgroups; input 2 read, input 1 read, input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read> b2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> b3: array<vec4f>;
var<workgroup> fold_f32: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 64u) { return; }
let v0 = i32(group);
var m1: f32 = 0.0f;
let v2 = lane + 0u;
let v3 = i32(v2) * 4i;
let four4 = (b0[((256i * v0 + v3)) >> 2u]);
let v5 = m1 + four4.x;
m1 = v5;
let v6 = m1 + four4.y;
m1 = v6;
let v7 = m1 + four4.z;
m1 = v7;
let v8 = m1 + four4.w;
m1 = v8;
fold_f32[lane] = m1;
workgroupBarrier();
for (var k9 = 0u; k9 < 6u; k9++) {
let w10 = 32u >> k9;
if (lane < w10) {
let v11 = fold_f32[lane];
let v12 = fold_f32[lane + w10];
let v13 = v11 + v12;
fold_f32[lane] = v13;
}
workgroupBarrier();
}
let v14 = fold_f32[0u];
m1 = v14;
workgroupBarrier();
let v15 = 256.0f;
let v16 = m1 / v15;
var m17: f32 = 0.0f;
let v18 = four4.x - v16;
let v19 = v18 * v18;
let v20 = m17 + v19;
m17 = v20;
let v21 = four4.y - v16;
let v22 = v21 * v21;
let v23 = m17 + v22;
m17 = v23;
let v24 = four4.z - v16;
let v25 = v24 * v24;
let v26 = m17 + v25;
m17 = v26;
let v27 = four4.w - v16;
let v28 = v27 * v27;
let v29 = m17 + v28;
m17 = v29;
fold_f32[lane] = m17;
workgroupBarrier();
for (var k30 = 0u; k30 < 6u; k30++) {
let w31 = 32u >> k30;
if (lane < w31) {
let v32 = fold_f32[lane];
let v33 = fold_f32[lane + w31];
let v34 = v32 + v33;
fold_f32[lane] = v34;
}
workgroupBarrier();
}
let v35 = fold_f32[0u];
m17 = v35;
workgroupBarrier();
let v36 = m17 / v15;
let v37 = 0.000009999999747378752f;
let v38 = v36 + v37;
let v39 = sqrt(v38);
let v40 = 1.0f / v39;
let v41 = v18 * v40;
let four42 = (b1[(v3) >> 2u]);
let v43 = v41 * four42.x;
let four44 = (b2[(v3) >> 2u]);
let v45 = v43 + four44.x;
let v46 = v21 * v40;
let v47 = v46 * four42.y;
let v48 = v47 + four44.y;
let v49 = v24 * v40;
let v50 = v49 * four42.z;
let v51 = v50 + four44.z;
let v52 = v27 * v40;
let v53 = v52 * four42.w;
let v54 = v53 + four44.w;
b3[((256i * v0 + v3)) >> 2u] = vec4f(v45, v48, v51, v54);
}
