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
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 64u) { return; }
let v0 = i32(group);
var m1: f32 = bitcast<f32>(bits_minus_infinity);
let v2 = lane + 0u;
let v3 = i32(v2);
let v4 = lane + 64u;
let v5 = i32(v4);
let v6 = lane + 128u;
let v7 = i32(v6);
let v8 = lane + 192u;
let v9 = i32(v8);
let v10 = b0[(256i * v0 + v3)];
let v11 = (bitcast<u32>(v10) & 0x7fffffffu) > 0x7f800000u;
let v12 = select(m1, v10, (m1 < v10) | (v11 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u)));
m1 = v12;
let v13 = b0[(256i * v0 + v5)];
let v14 = (bitcast<u32>(v13) & 0x7fffffffu) > 0x7f800000u;
let v15 = select(m1, v13, (m1 < v13) | (v14 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u)));
m1 = v15;
let v16 = b0[(256i * v0 + v7)];
let v17 = (bitcast<u32>(v16) & 0x7fffffffu) > 0x7f800000u;
let v18 = select(m1, v16, (m1 < v16) | (v17 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u)));
m1 = v18;
let v19 = b0[(256i * v0 + v9)];
let v20 = (bitcast<u32>(v19) & 0x7fffffffu) > 0x7f800000u;
let v21 = select(m1, v19, (m1 < v19) | (v20 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u)));
m1 = v21;
fold_f32[lane] = m1;
workgroupBarrier();
if (lane < 32u) {
let v22 = fold_f32[lane];
let v23 = fold_f32[lane + 32u];
let v24 = (bitcast<u32>(v23) & 0x7fffffffu) > 0x7f800000u;
let v25 = select(v22, v23, (v22 < v23) | (v24 & ((bitcast<u32>(v22) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v25;
}
workgroupBarrier();
if (lane < 16u) {
let v26 = fold_f32[lane];
let v27 = fold_f32[lane + 16u];
let v28 = (bitcast<u32>(v27) & 0x7fffffffu) > 0x7f800000u;
let v29 = select(v26, v27, (v26 < v27) | (v28 & ((bitcast<u32>(v26) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v29;
}
workgroupBarrier();
if (lane < 8u) {
let v30 = fold_f32[lane];
let v31 = fold_f32[lane + 8u];
let v32 = (bitcast<u32>(v31) & 0x7fffffffu) > 0x7f800000u;
let v33 = select(v30, v31, (v30 < v31) | (v32 & ((bitcast<u32>(v30) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v33;
}
workgroupBarrier();
if (lane < 4u) {
let v34 = fold_f32[lane];
let v35 = fold_f32[lane + 4u];
let v36 = (bitcast<u32>(v35) & 0x7fffffffu) > 0x7f800000u;
let v37 = select(v34, v35, (v34 < v35) | (v36 & ((bitcast<u32>(v34) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v37;
}
workgroupBarrier();
if (lane < 2u) {
let v38 = fold_f32[lane];
let v39 = fold_f32[lane + 2u];
let v40 = (bitcast<u32>(v39) & 0x7fffffffu) > 0x7f800000u;
let v41 = select(v38, v39, (v38 < v39) | (v40 & ((bitcast<u32>(v38) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v41;
}
workgroupBarrier();
if (lane < 1u) {
let v42 = fold_f32[lane];
let v43 = fold_f32[lane + 1u];
let v44 = (bitcast<u32>(v43) & 0x7fffffffu) > 0x7f800000u;
let v45 = select(v42, v43, (v42 < v43) | (v44 & ((bitcast<u32>(v42) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v45;
}
workgroupBarrier();
let v46 = fold_f32[0u];
m1 = v46;
workgroupBarrier();
let v47 = (bitcast<u32>(m1) & 0x7f800000u) != 0x7f800000u;
let v48 = 0.0f;
let v49 = select(v48, m1, v47);
var m50: f32 = 0.0f;
let v51 = v10 - v49;
let v52 = select(v51, -87.9000015258789f, v51 < -87.9000015258789f);
let v53 = select(v52, 89.0f, 89.0f < v52);
let v54 = fma(v53, 1.4426950216293335f, -0.5f);
let v55 = v54 + 12583039.0f;
let v56 = bitcast<f32>(bitcast<u32>(v55) ^ bits_zero);
let v57 = v56 - 12583039.0f;
let v58 = fma(v57, -0.693359375f, v53);
let v59 = fma(v57, 0.00021219444170128554f, v58);
let v60 = fma(0.001875321613624692f, v59, 0.007939801551401615f);
let v61 = fma(v60, v59, 0.04180574417114258f);
let v62 = fma(v61, v59, 0.16664621233940125f);
let v63 = fma(v62, v59, 0.5000008344650269f);
let v64 = fma(v63, v59, 1.0f);
let v65 = fma(v64, v59, 1.0f);
let v66 = bitcast<u32>(v56) << 23u;
let v67 = v65 * bitcast<f32>(v66);
let v68 = m50 + v67;
m50 = v68;
let v69 = v13 - v49;
let v70 = select(v69, -87.9000015258789f, v69 < -87.9000015258789f);
let v71 = select(v70, 89.0f, 89.0f < v70);
let v72 = fma(v71, 1.4426950216293335f, -0.5f);
let v73 = v72 + 12583039.0f;
let v74 = bitcast<f32>(bitcast<u32>(v73) ^ bits_zero);
let v75 = v74 - 12583039.0f;
let v76 = fma(v75, -0.693359375f, v71);
let v77 = fma(v75, 0.00021219444170128554f, v76);
let v78 = fma(0.001875321613624692f, v77, 0.007939801551401615f);
let v79 = fma(v78, v77, 0.04180574417114258f);
let v80 = fma(v79, v77, 0.16664621233940125f);
let v81 = fma(v80, v77, 0.5000008344650269f);
let v82 = fma(v81, v77, 1.0f);
let v83 = fma(v82, v77, 1.0f);
let v84 = bitcast<u32>(v74) << 23u;
let v85 = v83 * bitcast<f32>(v84);
let v86 = m50 + v85;
m50 = v86;
let v87 = v16 - v49;
let v88 = select(v87, -87.9000015258789f, v87 < -87.9000015258789f);
let v89 = select(v88, 89.0f, 89.0f < v88);
let v90 = fma(v89, 1.4426950216293335f, -0.5f);
let v91 = v90 + 12583039.0f;
let v92 = bitcast<f32>(bitcast<u32>(v91) ^ bits_zero);
let v93 = v92 - 12583039.0f;
let v94 = fma(v93, -0.693359375f, v89);
let v95 = fma(v93, 0.00021219444170128554f, v94);
let v96 = fma(0.001875321613624692f, v95, 0.007939801551401615f);
let v97 = fma(v96, v95, 0.04180574417114258f);
let v98 = fma(v97, v95, 0.16664621233940125f);
let v99 = fma(v98, v95, 0.5000008344650269f);
let v100 = fma(v99, v95, 1.0f);
let v101 = fma(v100, v95, 1.0f);
let v102 = bitcast<u32>(v92) << 23u;
let v103 = v101 * bitcast<f32>(v102);
let v104 = m50 + v103;
m50 = v104;
let v105 = v19 - v49;
let v106 = select(v105, -87.9000015258789f, v105 < -87.9000015258789f);
let v107 = select(v106, 89.0f, 89.0f < v106);
let v108 = fma(v107, 1.4426950216293335f, -0.5f);
let v109 = v108 + 12583039.0f;
let v110 = bitcast<f32>(bitcast<u32>(v109) ^ bits_zero);
let v111 = v110 - 12583039.0f;
let v112 = fma(v111, -0.693359375f, v107);
let v113 = fma(v111, 0.00021219444170128554f, v112);
let v114 = fma(0.001875321613624692f, v113, 0.007939801551401615f);
let v115 = fma(v114, v113, 0.04180574417114258f);
let v116 = fma(v115, v113, 0.16664621233940125f);
let v117 = fma(v116, v113, 0.5000008344650269f);
let v118 = fma(v117, v113, 1.0f);
let v119 = fma(v118, v113, 1.0f);
let v120 = bitcast<u32>(v110) << 23u;
let v121 = v119 * bitcast<f32>(v120);
let v122 = m50 + v121;
m50 = v122;
fold_f32[lane] = m50;
workgroupBarrier();
if (lane < 32u) {
let v123 = fold_f32[lane];
let v124 = fold_f32[lane + 32u];
let v125 = v123 + v124;
fold_f32[lane] = v125;
}
workgroupBarrier();
if (lane < 16u) {
let v126 = fold_f32[lane];
let v127 = fold_f32[lane + 16u];
let v128 = v126 + v127;
fold_f32[lane] = v128;
}
workgroupBarrier();
if (lane < 8u) {
let v129 = fold_f32[lane];
let v130 = fold_f32[lane + 8u];
let v131 = v129 + v130;
fold_f32[lane] = v131;
}
workgroupBarrier();
if (lane < 4u) {
let v132 = fold_f32[lane];
let v133 = fold_f32[lane + 4u];
let v134 = v132 + v133;
fold_f32[lane] = v134;
}
workgroupBarrier();
if (lane < 2u) {
let v135 = fold_f32[lane];
let v136 = fold_f32[lane + 2u];
let v137 = v135 + v136;
fold_f32[lane] = v137;
}
workgroupBarrier();
if (lane < 1u) {
let v138 = fold_f32[lane];
let v139 = fold_f32[lane + 1u];
let v140 = v138 + v139;
fold_f32[lane] = v140;
}
workgroupBarrier();
let v141 = fold_f32[0u];
m50 = v141;
workgroupBarrier();
let v142 = v67 / m50;
b1[(256i * v0 + v3)] = v142;
let v143 = v85 / m50;
b1[(256i * v0 + v5)] = v143;
let v144 = v103 / m50;
b1[(256i * v0 + v7)] = v144;
let v145 = v121 / m50;
b1[(256i * v0 + v9)] = v145;
}
