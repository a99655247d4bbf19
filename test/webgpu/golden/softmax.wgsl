// 1 dispatches, 1 kernels, 0 bytes for temporaries

// lanes kernel of isFinite select sub exp div: 64 workgroups; input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
var<workgroup> fold_f32: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 64u) { return; }
let i0 = i32(flat);
var m0: f32 = bitcast<f32>(bits_minus_infinity);
for (var t1 = lane; t1 < 256u; t1 += 64u) {
let i1 = i32(t1);
let v2 = b0[(256i * i0 + i1)];
let v3 = (bitcast<u32>(v2) & 0x7fffffffu) > 0x7f800000u;
let v4 = select(m0, v2, (m0 < v2) | (v3 & ((bitcast<u32>(m0) & 0x7fffffffu) <= 0x7f800000u)));
m0 = v4;
}
fold_f32[lane] = m0;
workgroupBarrier();
if (lane < 32u) {
let v5 = fold_f32[lane];
let v6 = fold_f32[lane + 32u];
let v7 = (bitcast<u32>(v6) & 0x7fffffffu) > 0x7f800000u;
let v8 = select(v5, v6, (v5 < v6) | (v7 & ((bitcast<u32>(v5) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v8;
}
workgroupBarrier();
if (lane < 16u) {
let v9 = fold_f32[lane];
let v10 = fold_f32[lane + 16u];
let v11 = (bitcast<u32>(v10) & 0x7fffffffu) > 0x7f800000u;
let v12 = select(v9, v10, (v9 < v10) | (v11 & ((bitcast<u32>(v9) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v12;
}
workgroupBarrier();
if (lane < 8u) {
let v13 = fold_f32[lane];
let v14 = fold_f32[lane + 8u];
let v15 = (bitcast<u32>(v14) & 0x7fffffffu) > 0x7f800000u;
let v16 = select(v13, v14, (v13 < v14) | (v15 & ((bitcast<u32>(v13) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v16;
}
workgroupBarrier();
if (lane < 4u) {
let v17 = fold_f32[lane];
let v18 = fold_f32[lane + 4u];
let v19 = (bitcast<u32>(v18) & 0x7fffffffu) > 0x7f800000u;
let v20 = select(v17, v18, (v17 < v18) | (v19 & ((bitcast<u32>(v17) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v20;
}
workgroupBarrier();
if (lane < 2u) {
let v21 = fold_f32[lane];
let v22 = fold_f32[lane + 2u];
let v23 = (bitcast<u32>(v22) & 0x7fffffffu) > 0x7f800000u;
let v24 = select(v21, v22, (v21 < v22) | (v23 & ((bitcast<u32>(v21) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v24;
}
workgroupBarrier();
if (lane < 1u) {
let v25 = fold_f32[lane];
let v26 = fold_f32[lane + 1u];
let v27 = (bitcast<u32>(v26) & 0x7fffffffu) > 0x7f800000u;
let v28 = select(v25, v26, (v25 < v26) | (v27 & ((bitcast<u32>(v25) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v28;
}
workgroupBarrier();
let v29 = fold_f32[0u];
m0 = v29;
workgroupBarrier();
let v30 = (bitcast<u32>(m0) & 0x7f800000u) != 0x7f800000u;
let v31 = 0.0f;
let v32 = select(v31, m0, v30);
var m33: f32 = 0.0f;
for (var t34 = lane; t34 < 256u; t34 += 64u) {
let i1 = i32(t34);
let v35 = b0[(256i * i0 + i1)];
let v36 = v35 - v32;
let v37 = select(v36, -87.9000015258789f, v36 < -87.9000015258789f);
let v38 = select(v37, 89.0f, 89.0f < v37);
let v39 = fma(v38, 1.4426950216293335f, -0.5f);
let v40 = v39 + 12583039.0f;
let v41 = bitcast<f32>(bitcast<u32>(v40) ^ bits_zero);
let v42 = v41 - 12583039.0f;
let v43 = fma(v42, -0.693359375f, v38);
let v44 = fma(v42, 0.00021219444170128554f, v43);
let v45 = fma(0.001875321613624692f, v44, 0.007939801551401615f);
let v46 = fma(v45, v44, 0.04180574417114258f);
let v47 = fma(v46, v44, 0.16664621233940125f);
let v48 = fma(v47, v44, 0.5000008344650269f);
let v49 = fma(v48, v44, 1.0f);
let v50 = fma(v49, v44, 1.0f);
let v51 = bitcast<u32>(v41) << 23u;
let v52 = v50 * bitcast<f32>(v51);
let v53 = m33 + v52;
m33 = v53;
}
fold_f32[lane] = m33;
workgroupBarrier();
if (lane < 32u) {
let v54 = fold_f32[lane];
let v55 = fold_f32[lane + 32u];
let v56 = v54 + v55;
fold_f32[lane] = v56;
}
workgroupBarrier();
if (lane < 16u) {
let v57 = fold_f32[lane];
let v58 = fold_f32[lane + 16u];
let v59 = v57 + v58;
fold_f32[lane] = v59;
}
workgroupBarrier();
if (lane < 8u) {
let v60 = fold_f32[lane];
let v61 = fold_f32[lane + 8u];
let v62 = v60 + v61;
fold_f32[lane] = v62;
}
workgroupBarrier();
if (lane < 4u) {
let v63 = fold_f32[lane];
let v64 = fold_f32[lane + 4u];
let v65 = v63 + v64;
fold_f32[lane] = v65;
}
workgroupBarrier();
if (lane < 2u) {
let v66 = fold_f32[lane];
let v67 = fold_f32[lane + 2u];
let v68 = v66 + v67;
fold_f32[lane] = v68;
}
workgroupBarrier();
if (lane < 1u) {
let v69 = fold_f32[lane];
let v70 = fold_f32[lane + 1u];
let v71 = v69 + v70;
fold_f32[lane] = v71;
}
workgroupBarrier();
let v72 = fold_f32[0u];
m33 = v72;
workgroupBarrier();
for (var t73 = lane; t73 < 256u; t73 += 64u) {
let i1 = i32(t73);
let v74 = b0[(256i * i0 + i1)];
let v75 = v74 - v32;
let v76 = select(v75, -87.9000015258789f, v75 < -87.9000015258789f);
let v77 = select(v76, 89.0f, 89.0f < v76);
let v78 = fma(v77, 1.4426950216293335f, -0.5f);
let v79 = v78 + 12583039.0f;
let v80 = bitcast<f32>(bitcast<u32>(v79) ^ bits_zero);
let v81 = v80 - 12583039.0f;
let v82 = fma(v81, -0.693359375f, v77);
let v83 = fma(v81, 0.00021219444170128554f, v82);
let v84 = fma(0.001875321613624692f, v83, 0.007939801551401615f);
let v85 = fma(v84, v83, 0.04180574417114258f);
let v86 = fma(v85, v83, 0.16664621233940125f);
let v87 = fma(v86, v83, 0.5000008344650269f);
let v88 = fma(v87, v83, 1.0f);
let v89 = fma(v88, v83, 1.0f);
let v90 = bitcast<u32>(v80) << 23u;
let v91 = v89 * bitcast<f32>(v90);
let v92 = v91 / m33;
b1[(256i * i0 + i1)] = v92;
}
}
