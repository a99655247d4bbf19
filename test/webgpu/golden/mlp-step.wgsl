// 5 dispatches, 5 kernels, 40960 bytes for temporaries

// dotGeneral 32x32x16: 2 workgroups; input 2 read, input 1 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
var<workgroup> tile_a: array<f32, 512>;
var<workgroup> tile_b: array<f32, 512>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 2u) { return; }
let batch = flat / 2u;
let row0 = ((flat / 2u) % 1u) * 32u;
let column0 = (flat % 2u) * 32u;
let batchA = 0i;
let batchB = 0i;
let batchC = 0i;
let x = lane % 8u;
let y = lane / 8u;
var sum0 = vec4f();
var sum1 = vec4f();
var sum2 = vec4f();
var sum3 = vec4f();
for (var step = 0u; step < 8u; step++) {
for (var e = lane; e < 512u; e += 64u) {
let inside = e / 16u;
let deep = e % 16u;
let along = row0 + inside;
let depth = step * 16u + deep;
let exists = (along < 32u) & (depth < 128u);
let v0 = b0[select(0i, batchA + 128i * i32(along / 1u) + 1i * i32(depth / 1u), exists)];
tile_a[deep * 32u + inside] = select(0.0f, v0, exists);
}
for (var e = lane; e < 512u; e += 64u) {
let inside = e % 32u;
let deep = e / 32u;
let along = column0 + inside;
let depth = step * 16u + deep;
let exists = (along < 64u) & (depth < 128u);
let v1 = b1[select(0i, batchB + 1i * i32(along / 1u) + 64i * i32(depth / 1u), exists)];
tile_b[deep * 32u + inside] = select(0.0f, v1, exists);
}
workgroupBarrier();
for (var deep = 0u; deep < 16u; deep++) {
let at = deep * 32u + x * 4u;
let b = vec4f(tile_b[at], tile_b[at + 1u], tile_b[at + 2u], tile_b[at + 3u]);
let from_a = deep * 32u + y * 4u;
sum0 += tile_a[from_a + 0u] * b;
sum1 += tile_a[from_a + 1u] * b;
sum2 += tile_a[from_a + 2u] * b;
sum3 += tile_a[from_a + 3u] * b;
}
workgroupBarrier();
}
let row1 = row0 + y * 4u + 0u;
if ((row1 < 32u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[0];
}
if ((row1 < 32u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[1];
}
if ((row1 < 32u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[2];
}
if ((row1 < 32u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[3];
}
let row2 = row0 + y * 4u + 1u;
if ((row2 < 32u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[0];
}
if ((row2 < 32u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[1];
}
if ((row2 < 32u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[2];
}
if ((row2 < 32u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[3];
}
let row3 = row0 + y * 4u + 2u;
if ((row3 < 32u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[0];
}
if ((row3 < 32u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[1];
}
if ((row3 < 32u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[2];
}
if ((row3 < 32u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[3];
}
let row4 = row0 + y * 4u + 3u;
if ((row4 < 32u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[0];
}
if ((row4 < 32u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[1];
}
if ((row4 < 32u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[2];
}
if ((row4 < 32u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[3];
}
}

// lanes kernel of add isFinite select sub exp div: 8 workgroups; a0 read_write, input 0 read, input 3 read
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read> b2: array<i32>;
var<workgroup> fold_f32: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 8u) { return; }
let place = group * 4u + lane / 16u;
let mine = lane % 16u;
let v0 = i32(place);
var m1: f32 = bitcast<f32>(bits_minus_infinity);
let v2 = mine + 0u;
let v3 = i32(v2);
let v4 = mine + 16u;
let v5 = i32(v4);
let v6 = mine + 32u;
let v7 = i32(v6);
let v8 = mine + 48u;
let v9 = i32(v8);
let v10 = b0[(64i * v0 + v3)];
let v11 = b1[v3];
let v12 = v10 + v11;
let v13 = (bitcast<u32>(v12) & 0x7fffffffu) > 0x7f800000u;
let v14 = select(m1, v12, (m1 < v12) | (v13 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u)));
m1 = v14;
let v15 = b0[(64i * v0 + v5)];
let v16 = b1[v5];
let v17 = v15 + v16;
let v18 = (bitcast<u32>(v17) & 0x7fffffffu) > 0x7f800000u;
let v19 = select(m1, v17, (m1 < v17) | (v18 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u)));
m1 = v19;
let v20 = b0[(64i * v0 + v7)];
let v21 = b1[v7];
let v22 = v20 + v21;
let v23 = (bitcast<u32>(v22) & 0x7fffffffu) > 0x7f800000u;
let v24 = select(m1, v22, (m1 < v22) | (v23 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u)));
m1 = v24;
let v25 = b0[(64i * v0 + v9)];
let v26 = b1[v9];
let v27 = v25 + v26;
let v28 = (bitcast<u32>(v27) & 0x7fffffffu) > 0x7f800000u;
let v29 = select(m1, v27, (m1 < v27) | (v28 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u)));
m1 = v29;
fold_f32[lane] = m1;
workgroupBarrier();
if ((lane % 16u) < 8u) {
let v30 = fold_f32[lane];
let v31 = fold_f32[lane + 8u];
let v32 = (bitcast<u32>(v31) & 0x7fffffffu) > 0x7f800000u;
let v33 = select(v30, v31, (v30 < v31) | (v32 & ((bitcast<u32>(v30) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v33;
}
workgroupBarrier();
if ((lane % 16u) < 4u) {
let v34 = fold_f32[lane];
let v35 = fold_f32[lane + 4u];
let v36 = (bitcast<u32>(v35) & 0x7fffffffu) > 0x7f800000u;
let v37 = select(v34, v35, (v34 < v35) | (v36 & ((bitcast<u32>(v34) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v37;
}
workgroupBarrier();
if ((lane % 16u) < 2u) {
let v38 = fold_f32[lane];
let v39 = fold_f32[lane + 2u];
let v40 = (bitcast<u32>(v39) & 0x7fffffffu) > 0x7f800000u;
let v41 = select(v38, v39, (v38 < v39) | (v40 & ((bitcast<u32>(v38) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v41;
}
workgroupBarrier();
if ((lane % 16u) < 1u) {
let v42 = fold_f32[lane];
let v43 = fold_f32[lane + 1u];
let v44 = (bitcast<u32>(v43) & 0x7fffffffu) > 0x7f800000u;
let v45 = select(v42, v43, (v42 < v43) | (v44 & ((bitcast<u32>(v42) & 0x7fffffffu) <= 0x7f800000u)));
fold_f32[lane] = v45;
}
workgroupBarrier();
let v46 = fold_f32[lane - lane % 16u];
m1 = v46;
workgroupBarrier();
let v47 = (bitcast<u32>(m1) & 0x7f800000u) != 0x7f800000u;
let v48 = 0.0f;
let v49 = select(v48, m1, v47);
var m50: f32 = 0.0f;
let v51 = v12 - v49;
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
let v69 = v17 - v49;
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
let v87 = v22 - v49;
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
let v105 = v27 - v49;
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
if ((lane % 16u) < 8u) {
let v123 = fold_f32[lane];
let v124 = fold_f32[lane + 8u];
let v125 = v123 + v124;
fold_f32[lane] = v125;
}
workgroupBarrier();
if ((lane % 16u) < 4u) {
let v126 = fold_f32[lane];
let v127 = fold_f32[lane + 4u];
let v128 = v126 + v127;
fold_f32[lane] = v128;
}
workgroupBarrier();
if ((lane % 16u) < 2u) {
let v129 = fold_f32[lane];
let v130 = fold_f32[lane + 2u];
let v131 = v129 + v130;
fold_f32[lane] = v131;
}
workgroupBarrier();
if ((lane % 16u) < 1u) {
let v132 = fold_f32[lane];
let v133 = fold_f32[lane + 1u];
let v134 = v132 + v133;
fold_f32[lane] = v134;
}
workgroupBarrier();
let v135 = fold_f32[lane - lane % 16u];
m50 = v135;
workgroupBarrier();
let v136 = b2[v0];
let v137 = 0.03125f;
let v138 = v67 / m50;
let v139 = i32(v3);
let v140 = v136 == v139;
let v141 = select(0.0f, 1.0f, v140);
let v142 = v138 - v141;
let v143 = v142 * v137;
b0[(64i * v0 + v3)] = v143;
let v144 = v85 / m50;
let v145 = i32(v5);
let v146 = v136 == v145;
let v147 = select(0.0f, 1.0f, v146);
let v148 = v144 - v147;
let v149 = v148 * v137;
b0[(64i * v0 + v5)] = v149;
let v150 = v103 / m50;
let v151 = i32(v7);
let v152 = v136 == v151;
let v153 = select(0.0f, 1.0f, v152);
let v154 = v150 - v153;
let v155 = v154 * v137;
b0[(64i * v0 + v7)] = v155;
let v156 = v121 / m50;
let v157 = i32(v9);
let v158 = v136 == v157;
let v159 = select(0.0f, 1.0f, v158);
let v160 = v156 - v159;
let v161 = v160 * v137;
b0[(64i * v0 + v9)] = v161;
}

// dotGeneral 32x32x16: 8 workgroups; input 2 read, a0 read_write, a8192 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
var<workgroup> tile_a: array<f32, 512>;
var<workgroup> tile_b: array<f32, 512>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 8u) { return; }
let batch = flat / 8u;
let row0 = ((flat / 2u) % 4u) * 32u;
let column0 = (flat % 2u) * 32u;
let batchA = 0i;
let batchB = 0i;
let batchC = 0i;
let x = lane % 8u;
let y = lane / 8u;
var sum0 = vec4f();
var sum1 = vec4f();
var sum2 = vec4f();
var sum3 = vec4f();
for (var step = 0u; step < 2u; step++) {
for (var e = lane; e < 512u; e += 64u) {
let inside = e % 32u;
let deep = e / 32u;
let along = row0 + inside;
let depth = step * 16u + deep;
let exists = (along < 128u) & (depth < 32u);
let v0 = b0[select(0i, batchA + 1i * i32(along / 1u) + 128i * i32(depth / 1u), exists)];
tile_a[deep * 32u + inside] = select(0.0f, v0, exists);
}
for (var e = lane; e < 512u; e += 64u) {
let inside = e % 32u;
let deep = e / 32u;
let along = column0 + inside;
let depth = step * 16u + deep;
let exists = (along < 64u) & (depth < 32u);
let v1 = b1[select(0i, batchB + 1i * i32(along / 1u) + 64i * i32(depth / 1u), exists)];
tile_b[deep * 32u + inside] = select(0.0f, v1, exists);
}
workgroupBarrier();
for (var deep = 0u; deep < 16u; deep++) {
let at = deep * 32u + x * 4u;
let b = vec4f(tile_b[at], tile_b[at + 1u], tile_b[at + 2u], tile_b[at + 3u]);
let from_a = deep * 32u + y * 4u;
sum0 += tile_a[from_a + 0u] * b;
sum1 += tile_a[from_a + 1u] * b;
sum2 += tile_a[from_a + 2u] * b;
sum3 += tile_a[from_a + 3u] * b;
}
workgroupBarrier();
}
let row1 = row0 + y * 4u + 0u;
if ((row1 < 128u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[0];
}
if ((row1 < 128u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[1];
}
if ((row1 < 128u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[2];
}
if ((row1 < 128u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row1 / 1u) + 1i * i32(column / 1u)] = sum0[3];
}
let row2 = row0 + y * 4u + 1u;
if ((row2 < 128u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[0];
}
if ((row2 < 128u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[1];
}
if ((row2 < 128u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[2];
}
if ((row2 < 128u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row2 / 1u) + 1i * i32(column / 1u)] = sum1[3];
}
let row3 = row0 + y * 4u + 2u;
if ((row3 < 128u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[0];
}
if ((row3 < 128u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[1];
}
if ((row3 < 128u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[2];
}
if ((row3 < 128u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row3 / 1u) + 1i * i32(column / 1u)] = sum2[3];
}
let row4 = row0 + y * 4u + 3u;
if ((row4 < 128u) & (column0 + x * 4u + 0u < 64u)) {
let column = column0 + x * 4u + 0u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[0];
}
if ((row4 < 128u) & (column0 + x * 4u + 1u < 64u)) {
let column = column0 + x * 4u + 1u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[1];
}
if ((row4 < 128u) & (column0 + x * 4u + 2u < 64u)) {
let column = column0 + x * 4u + 2u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[2];
}
if ((row4 < 128u) & (column0 + x * 4u + 3u < 64u)) {
let column = column0 + x * 4u + 3u;
b2[batchC + 64i * i32(row4 / 1u) + 1i * i32(column / 1u)] = sum3[3];
}
}

// rows kernel of mul add: 1 workgroups; a0 read_write, input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 64u) { return; }
let v0 = i32(flat);
var m1: f32 = 0.0f;
for (var q2 = 0u; q2 < 32u; q2++) {
let v4 = 0u + q2;
let v5 = i32(v4);
let v6 = b0[(v0 + 64i * v5)];
let v7 = m1 + v6;
m1 = v7;
}
let v8 = b1[v0];
let v9 = -0.10000000149011612f;
let v10 = m1 * v9;
let v11 = v8 + v10;
b2[v0] = v11;
}

// map kernel of mul add: 128 workgroups; input 1 read, a8192 read_write, result 1 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 8192u) { return; }
let v0 = i32(flat);
let v1 = b0[v0];
let v2 = b1[v0];
let v3 = -0.10000000149011612f;
let v4 = v2 * v3;
let v5 = v1 + v4;
b2[v0] = v5;
}
