// 1 dispatches, 1 kernels, 0 bytes for temporaries

// lanes kernel of isFinite select sub exp div: 64 workgroups; input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
var<workgroup> fold_f32: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 64u) { return; }
let v0 = i32(group);
var m1: f32 = bitcast<f32>(bits_minus_infinity);
let v2 = lane + 0u;
let v3 = i32(v2) * 4i;
let four4 = (b0[((256i * v0 + v3)) >> 2u]);
let v5 = (bitcast<u32>(four4.x) & 0x7fffffffu) > 0x7f800000u;
let v6 = select(select(m1, four4.x, (m1 < four4.x) | (v5 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(m1) & bitcast<u32>(four4.x)), m1 == four4.x);
m1 = v6;
let v7 = (bitcast<u32>(four4.y) & 0x7fffffffu) > 0x7f800000u;
let v8 = select(select(m1, four4.y, (m1 < four4.y) | (v7 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(m1) & bitcast<u32>(four4.y)), m1 == four4.y);
m1 = v8;
let v9 = (bitcast<u32>(four4.z) & 0x7fffffffu) > 0x7f800000u;
let v10 = select(select(m1, four4.z, (m1 < four4.z) | (v9 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(m1) & bitcast<u32>(four4.z)), m1 == four4.z);
m1 = v10;
let v11 = (bitcast<u32>(four4.w) & 0x7fffffffu) > 0x7f800000u;
let v12 = select(select(m1, four4.w, (m1 < four4.w) | (v11 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(m1) & bitcast<u32>(four4.w)), m1 == four4.w);
m1 = v12;
fold_f32[lane] = m1;
workgroupBarrier();
for (var k13 = 0u; k13 < 6u; k13++) {
let w14 = 32u >> k13;
if (lane < w14) {
let v15 = fold_f32[lane];
let v16 = fold_f32[lane + w14];
let v17 = (bitcast<u32>(v16) & 0x7fffffffu) > 0x7f800000u;
let v18 = select(select(v15, v16, (v15 < v16) | (v17 & ((bitcast<u32>(v15) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(v15) & bitcast<u32>(v16)), v15 == v16);
fold_f32[lane] = v18;
}
workgroupBarrier();
}
let v19 = fold_f32[0u];
m1 = v19;
workgroupBarrier();
let v20 = (bitcast<u32>(m1) & 0x7f800000u) != 0x7f800000u;
let v21 = 0.0f;
let v22 = select(v21, m1, v20);
var m23: f32 = 0.0f;
let v24 = four4.x - v22;
let v25 = select(v24, -87.9000015258789f, v24 < -87.9000015258789f);
let v26 = select(v25, 89.0f, 89.0f < v25);
let v27 = fma(v26, 1.4426950216293335f, -0.5f);
let v28 = v27 + 12583039.0f;
let v29 = bitcast<f32>(bitcast<u32>(v28) ^ bits_zero);
let v30 = v29 - 12583039.0f;
let v31 = fma(v30, -0.693359375f, v26);
let v32 = fma(v30, 0.00021219444170128554f, v31);
let v33 = fma(0.001875321613624692f, v32, 0.007939801551401615f);
let v34 = fma(v33, v32, 0.04180574417114258f);
let v35 = fma(v34, v32, 0.16664621233940125f);
let v36 = fma(v35, v32, 0.5000008344650269f);
let v37 = fma(v36, v32, 1.0f);
let v38 = fma(v37, v32, 1.0f);
let v39 = bitcast<u32>(v29) << 23u;
let v40 = v38 * bitcast<f32>(v39);
let v41 = m23 + v40;
m23 = v41;
let v42 = four4.y - v22;
let v43 = select(v42, -87.9000015258789f, v42 < -87.9000015258789f);
let v44 = select(v43, 89.0f, 89.0f < v43);
let v45 = fma(v44, 1.4426950216293335f, -0.5f);
let v46 = v45 + 12583039.0f;
let v47 = bitcast<f32>(bitcast<u32>(v46) ^ bits_zero);
let v48 = v47 - 12583039.0f;
let v49 = fma(v48, -0.693359375f, v44);
let v50 = fma(v48, 0.00021219444170128554f, v49);
let v51 = fma(0.001875321613624692f, v50, 0.007939801551401615f);
let v52 = fma(v51, v50, 0.04180574417114258f);
let v53 = fma(v52, v50, 0.16664621233940125f);
let v54 = fma(v53, v50, 0.5000008344650269f);
let v55 = fma(v54, v50, 1.0f);
let v56 = fma(v55, v50, 1.0f);
let v57 = bitcast<u32>(v47) << 23u;
let v58 = v56 * bitcast<f32>(v57);
let v59 = m23 + v58;
m23 = v59;
let v60 = four4.z - v22;
let v61 = select(v60, -87.9000015258789f, v60 < -87.9000015258789f);
let v62 = select(v61, 89.0f, 89.0f < v61);
let v63 = fma(v62, 1.4426950216293335f, -0.5f);
let v64 = v63 + 12583039.0f;
let v65 = bitcast<f32>(bitcast<u32>(v64) ^ bits_zero);
let v66 = v65 - 12583039.0f;
let v67 = fma(v66, -0.693359375f, v62);
let v68 = fma(v66, 0.00021219444170128554f, v67);
let v69 = fma(0.001875321613624692f, v68, 0.007939801551401615f);
let v70 = fma(v69, v68, 0.04180574417114258f);
let v71 = fma(v70, v68, 0.16664621233940125f);
let v72 = fma(v71, v68, 0.5000008344650269f);
let v73 = fma(v72, v68, 1.0f);
let v74 = fma(v73, v68, 1.0f);
let v75 = bitcast<u32>(v65) << 23u;
let v76 = v74 * bitcast<f32>(v75);
let v77 = m23 + v76;
m23 = v77;
let v78 = four4.w - v22;
let v79 = select(v78, -87.9000015258789f, v78 < -87.9000015258789f);
let v80 = select(v79, 89.0f, 89.0f < v79);
let v81 = fma(v80, 1.4426950216293335f, -0.5f);
let v82 = v81 + 12583039.0f;
let v83 = bitcast<f32>(bitcast<u32>(v82) ^ bits_zero);
let v84 = v83 - 12583039.0f;
let v85 = fma(v84, -0.693359375f, v80);
let v86 = fma(v84, 0.00021219444170128554f, v85);
let v87 = fma(0.001875321613624692f, v86, 0.007939801551401615f);
let v88 = fma(v87, v86, 0.04180574417114258f);
let v89 = fma(v88, v86, 0.16664621233940125f);
let v90 = fma(v89, v86, 0.5000008344650269f);
let v91 = fma(v90, v86, 1.0f);
let v92 = fma(v91, v86, 1.0f);
let v93 = bitcast<u32>(v83) << 23u;
let v94 = v92 * bitcast<f32>(v93);
let v95 = m23 + v94;
m23 = v95;
fold_f32[lane] = m23;
workgroupBarrier();
for (var k96 = 0u; k96 < 6u; k96++) {
let w97 = 32u >> k96;
if (lane < w97) {
let v98 = fold_f32[lane];
let v99 = fold_f32[lane + w97];
let v100 = v98 + v99;
fold_f32[lane] = v100;
}
workgroupBarrier();
}
let v101 = fold_f32[0u];
m23 = v101;
workgroupBarrier();
let v102 = v40 / m23;
let v103 = v58 / m23;
let v104 = v76 / m23;
let v105 = v94 / m23;
b1[((256i * v0 + v3)) >> 2u] = vec4f(v102, v103, v104, v105);
}
