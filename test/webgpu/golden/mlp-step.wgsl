// 5 dispatches, 5 kernels, 24576 bytes for temporaries

// dotGeneral 32x32x16 4x4 split 2: 4 workgroups; input 2 read, input 1 read, a8192 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b2: array<vec4f>;
var<workgroup> tile_a: array<vec4f, 160>;
var<workgroup> tile_b: array<vec4f, 128>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 4u) { return; }
let part = flat / 2u;
let first = part * 4u;
let tile = flat % 2u;
let batch = tile / 2u;
let row0 = ((tile / 2u) % 1u) * 32u;
let column0 = (tile % 2u) * 32u;
let x = lane % 8u;
let y = lane / 8u;
let a_quad = lane % 4u;
let a_line = lane / 4u;
let a_batch = 0i;
let a_at0 = row0 + a_line + 0u;
let a_place0 = a_batch + 128i * i32(a_at0);
let a_at1 = row0 + a_line + 16u;
let a_place1 = a_batch + 128i * i32(a_at1);
let b_quad = lane % 8u;
let b_line = lane / 8u;
let b_batch = 0i;
let b_at = column0 + b_quad * 4u;
let b_place = b_batch + i32(b_at);
var sum0_0 = vec4f();
var sum1_0 = vec4f();
var sum2_0 = vec4f();
var sum3_0 = vec4f();
for (var step = 0u; step < 4u; step++) {
let v0 = (first + step) * 16u + a_quad * 4u;
let v1 = i32(v0);
let a_next0 = b0[(a_place0 + v1) >> 2u];
let a_next1 = b0[(a_place1 + v1) >> 2u];
let v2 = (first + step) * 16u + b_line + 0u;
let v3 = 64i * i32(v2);
let b_next0 = b1[(b_place + v3) >> 2u];
let v4 = (first + step) * 16u + b_line + 8u;
let v5 = 64i * i32(v4);
let b_next1 = b1[(b_place + v5) >> 2u];
tile_a[(a_line + 0u) * 5u + a_quad] = a_next0;
tile_a[(a_line + 16u) * 5u + a_quad] = a_next1;
tile_b[(b_line + 0u) * 8u + b_quad] = b_next0;
tile_b[(b_line + 8u) * 8u + b_quad] = b_next1;
workgroupBarrier();
for (var deep = 0u; deep < 4u; deep++) {
let a0 = tile_a[(y + 0u) * 5u + deep];
let a1 = tile_a[(y + 8u) * 5u + deep];
let a2 = tile_a[(y + 16u) * 5u + deep];
let a3 = tile_a[(y + 24u) * 5u + deep];
let b0_0 = tile_b[(deep * 4u + 0u) * 8u + x + 0u];
sum0_0 += a0.x * b0_0;
sum1_0 += a1.x * b0_0;
sum2_0 += a2.x * b0_0;
sum3_0 += a3.x * b0_0;
let b1_0 = tile_b[(deep * 4u + 1u) * 8u + x + 0u];
sum0_0 += a0.y * b1_0;
sum1_0 += a1.y * b1_0;
sum2_0 += a2.y * b1_0;
sum3_0 += a3.y * b1_0;
let b2_0 = tile_b[(deep * 4u + 2u) * 8u + x + 0u];
sum0_0 += a0.z * b2_0;
sum1_0 += a1.z * b2_0;
sum2_0 += a2.z * b2_0;
sum3_0 += a3.z * b2_0;
let b3_0 = tile_b[(deep * 4u + 3u) * 8u + x + 0u];
sum0_0 += a0.w * b3_0;
sum1_0 += a1.w * b3_0;
sum2_0 += a2.w * b3_0;
sum3_0 += a3.w * b3_0;
}
workgroupBarrier();
}
let part_place = i32(part) * 2048i + 0i;
let column0_at = column0 + x * 4u + 0u;
let part_column0 = i32(column0_at);
let row0_at = row0 + y + 0u;
 {
let part_row = part_place + 64i * i32(row0_at);
 {
b2[(part_row + part_column0) >> 2u] = vec4f(sum0_0.x, sum0_0.y, sum0_0.z, sum0_0.w);
}
}
let row1_at = row0 + y + 8u;
 {
let part_row = part_place + 64i * i32(row1_at);
 {
b2[(part_row + part_column0) >> 2u] = vec4f(sum1_0.x, sum1_0.y, sum1_0.z, sum1_0.w);
}
}
let row2_at = row0 + y + 16u;
 {
let part_row = part_place + 64i * i32(row2_at);
 {
b2[(part_row + part_column0) >> 2u] = vec4f(sum2_0.x, sum2_0.y, sum2_0.z, sum2_0.w);
}
}
let row3_at = row0 + y + 24u;
 {
let part_row = part_place + 64i * i32(row3_at);
 {
b2[(part_row + part_column0) >> 2u] = vec4f(sum3_0.x, sum3_0.y, sum3_0.z, sum3_0.w);
}
}
}

// dotGeneral 32x32x16 4x4 split 2, sum of parts: 32 workgroups; a8192 read_write, a0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 2048u) { return; }
let v0 = b0[i32(flat) + 0i];
var m1: f32 = v0;
for (var part = 1; part < 2; part++) {
let v2 = b0[i32(flat) + part * 2048i];
m1 += v2;
}
let flat_place0 = i32((flat) % 64u) + 64i * i32(flat / 64u);
b1[flat_place0] = m1;
}

// lanes kernel of add isFinite select sub exp div: 8 workgroups; a0 read_write, input 0 read, input 3 read
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
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
let v3 = i32(v2) * 4i;
let four4 = (b0[((64i * v0 + v3)) >> 2u]);
let four5 = (b1[(v3) >> 2u]);
let v6 = four4.x + four5.x;
let v7 = (bitcast<u32>(v6) & 0x7fffffffu) > 0x7f800000u;
let v8 = select(select(m1, v6, (m1 < v6) | (v7 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(m1) & bitcast<u32>(v6)), m1 == v6);
m1 = v8;
let v9 = four4.y + four5.y;
let v10 = (bitcast<u32>(v9) & 0x7fffffffu) > 0x7f800000u;
let v11 = select(select(m1, v9, (m1 < v9) | (v10 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(m1) & bitcast<u32>(v9)), m1 == v9);
m1 = v11;
let v12 = four4.z + four5.z;
let v13 = (bitcast<u32>(v12) & 0x7fffffffu) > 0x7f800000u;
let v14 = select(select(m1, v12, (m1 < v12) | (v13 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(m1) & bitcast<u32>(v12)), m1 == v12);
m1 = v14;
let v15 = four4.w + four5.w;
let v16 = (bitcast<u32>(v15) & 0x7fffffffu) > 0x7f800000u;
let v17 = select(select(m1, v15, (m1 < v15) | (v16 & ((bitcast<u32>(m1) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(m1) & bitcast<u32>(v15)), m1 == v15);
m1 = v17;
fold_f32[lane] = m1;
workgroupBarrier();
for (var k18 = 0u; k18 < 4u; k18++) {
let w19 = 8u >> k18;
if ((lane % 16u) < w19) {
let v20 = fold_f32[lane];
let v21 = fold_f32[lane + w19];
let v22 = (bitcast<u32>(v21) & 0x7fffffffu) > 0x7f800000u;
let v23 = select(select(v20, v21, (v20 < v21) | (v22 & ((bitcast<u32>(v20) & 0x7fffffffu) <= 0x7f800000u))), bitcast<f32>(bitcast<u32>(v20) & bitcast<u32>(v21)), v20 == v21);
fold_f32[lane] = v23;
}
workgroupBarrier();
}
let v24 = fold_f32[lane - lane % 16u];
m1 = v24;
workgroupBarrier();
let v25 = (bitcast<u32>(m1) & 0x7f800000u) != 0x7f800000u;
let v26 = 0.0f;
let v27 = select(v26, m1, v25);
var m28: f32 = 0.0f;
let v29 = v6 - v27;
let v30 = select(v29, -87.9000015258789f, v29 < -87.9000015258789f);
let v31 = select(v30, 89.0f, 89.0f < v30);
let v32 = fma(v31, 1.4426950216293335f, -0.5f);
let v33 = v32 + 12583039.0f;
let v34 = bitcast<f32>(bitcast<u32>(v33) ^ bits_zero);
let v35 = v34 - 12583039.0f;
let v36 = fma(v35, -0.693359375f, v31);
let v37 = fma(v35, 0.00021219444170128554f, v36);
let v38 = fma(0.001875321613624692f, v37, 0.007939801551401615f);
let v39 = fma(v38, v37, 0.04180574417114258f);
let v40 = fma(v39, v37, 0.16664621233940125f);
let v41 = fma(v40, v37, 0.5000008344650269f);
let v42 = fma(v41, v37, 1.0f);
let v43 = fma(v42, v37, 1.0f);
let v44 = bitcast<u32>(v34) << 23u;
let v45 = v43 * bitcast<f32>(v44);
let v46 = m28 + v45;
m28 = v46;
let v47 = v9 - v27;
let v48 = select(v47, -87.9000015258789f, v47 < -87.9000015258789f);
let v49 = select(v48, 89.0f, 89.0f < v48);
let v50 = fma(v49, 1.4426950216293335f, -0.5f);
let v51 = v50 + 12583039.0f;
let v52 = bitcast<f32>(bitcast<u32>(v51) ^ bits_zero);
let v53 = v52 - 12583039.0f;
let v54 = fma(v53, -0.693359375f, v49);
let v55 = fma(v53, 0.00021219444170128554f, v54);
let v56 = fma(0.001875321613624692f, v55, 0.007939801551401615f);
let v57 = fma(v56, v55, 0.04180574417114258f);
let v58 = fma(v57, v55, 0.16664621233940125f);
let v59 = fma(v58, v55, 0.5000008344650269f);
let v60 = fma(v59, v55, 1.0f);
let v61 = fma(v60, v55, 1.0f);
let v62 = bitcast<u32>(v52) << 23u;
let v63 = v61 * bitcast<f32>(v62);
let v64 = m28 + v63;
m28 = v64;
let v65 = v12 - v27;
let v66 = select(v65, -87.9000015258789f, v65 < -87.9000015258789f);
let v67 = select(v66, 89.0f, 89.0f < v66);
let v68 = fma(v67, 1.4426950216293335f, -0.5f);
let v69 = v68 + 12583039.0f;
let v70 = bitcast<f32>(bitcast<u32>(v69) ^ bits_zero);
let v71 = v70 - 12583039.0f;
let v72 = fma(v71, -0.693359375f, v67);
let v73 = fma(v71, 0.00021219444170128554f, v72);
let v74 = fma(0.001875321613624692f, v73, 0.007939801551401615f);
let v75 = fma(v74, v73, 0.04180574417114258f);
let v76 = fma(v75, v73, 0.16664621233940125f);
let v77 = fma(v76, v73, 0.5000008344650269f);
let v78 = fma(v77, v73, 1.0f);
let v79 = fma(v78, v73, 1.0f);
let v80 = bitcast<u32>(v70) << 23u;
let v81 = v79 * bitcast<f32>(v80);
let v82 = m28 + v81;
m28 = v82;
let v83 = v15 - v27;
let v84 = select(v83, -87.9000015258789f, v83 < -87.9000015258789f);
let v85 = select(v84, 89.0f, 89.0f < v84);
let v86 = fma(v85, 1.4426950216293335f, -0.5f);
let v87 = v86 + 12583039.0f;
let v88 = bitcast<f32>(bitcast<u32>(v87) ^ bits_zero);
let v89 = v88 - 12583039.0f;
let v90 = fma(v89, -0.693359375f, v85);
let v91 = fma(v89, 0.00021219444170128554f, v90);
let v92 = fma(0.001875321613624692f, v91, 0.007939801551401615f);
let v93 = fma(v92, v91, 0.04180574417114258f);
let v94 = fma(v93, v91, 0.16664621233940125f);
let v95 = fma(v94, v91, 0.5000008344650269f);
let v96 = fma(v95, v91, 1.0f);
let v97 = fma(v96, v91, 1.0f);
let v98 = bitcast<u32>(v88) << 23u;
let v99 = v97 * bitcast<f32>(v98);
let v100 = m28 + v99;
m28 = v100;
fold_f32[lane] = m28;
workgroupBarrier();
for (var k101 = 0u; k101 < 4u; k101++) {
let w102 = 8u >> k101;
if ((lane % 16u) < w102) {
let v103 = fold_f32[lane];
let v104 = fold_f32[lane + w102];
let v105 = v103 + v104;
fold_f32[lane] = v105;
}
workgroupBarrier();
}
let v106 = fold_f32[lane - lane % 16u];
m28 = v106;
workgroupBarrier();
let v107 = b2[v0];
let v108 = 0.03125f;
let v109 = v45 / m28;
let v110 = v3;
let v111 = v107 == v110;
let v112 = select(0.0f, 1.0f, v111);
let v113 = v109 - v112;
let v114 = v113 * v108;
let v115 = v63 / m28;
let v116 = (v3 + 1i);
let v117 = v107 == v116;
let v118 = select(0.0f, 1.0f, v117);
let v119 = v115 - v118;
let v120 = v119 * v108;
let v121 = v81 / m28;
let v122 = (v3 + 2i);
let v123 = v107 == v122;
let v124 = select(0.0f, 1.0f, v123);
let v125 = v121 - v124;
let v126 = v125 * v108;
let v127 = v99 / m28;
let v128 = (v3 + 3i);
let v129 = v107 == v128;
let v130 = select(0.0f, 1.0f, v129);
let v131 = v127 - v130;
let v132 = v131 * v108;
b0[((64i * v0 + v3)) >> 2u] = vec4f(v114, v120, v126, v132);
}

// dotGeneral 32x32x16 4x4: 8 workgroups; input 2 read, a0 read_write, input 1 read, result 1 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read> b2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> b3: array<vec4f>;
var<workgroup> tile_a: array<vec4f, 128>;
var<workgroup> tile_b: array<vec4f, 128>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 8u) { return; }
let tile = flat;
let batch = tile / 8u;
let row0 = ((tile / 2u) % 4u) * 32u;
let column0 = (tile % 2u) * 32u;
let x = lane % 8u;
let y = lane / 8u;
let a_quad = lane % 8u;
let a_line = lane / 8u;
let a_batch = 0i;
let a_at = row0 + a_quad * 4u;
let a_place = a_batch + i32(a_at);
let b_quad = lane % 8u;
let b_line = lane / 8u;
let b_batch = 0i;
let b_at = column0 + b_quad * 4u;
let b_place = b_batch + i32(b_at);
var sum0_0 = vec4f();
var sum1_0 = vec4f();
var sum2_0 = vec4f();
var sum3_0 = vec4f();
for (var step = 0u; step < 2u; step++) {
let v0 = step * 16u + a_line + 0u;
let v1 = 128i * i32(v0);
let a_next0 = b0[(a_place + v1) >> 2u];
let v2 = step * 16u + a_line + 8u;
let v3 = 128i * i32(v2);
let a_next1 = b0[(a_place + v3) >> 2u];
let v4 = step * 16u + b_line + 0u;
let v5 = 64i * i32(v4);
let b_next0 = b1[(b_place + v5) >> 2u];
let v6 = step * 16u + b_line + 8u;
let v7 = 64i * i32(v6);
let b_next1 = b1[(b_place + v7) >> 2u];
tile_a[(a_line + 0u) * 8u + a_quad] = a_next0;
tile_a[(a_line + 8u) * 8u + a_quad] = a_next1;
tile_b[(b_line + 0u) * 8u + b_quad] = b_next0;
tile_b[(b_line + 8u) * 8u + b_quad] = b_next1;
workgroupBarrier();
for (var deep = 0u; deep < 4u; deep++) {
let a0_0 = tile_a[(deep * 4u + 0u) * 8u + y + 0u];
let b0_0 = tile_b[(deep * 4u + 0u) * 8u + x + 0u];
sum0_0 += a0_0.x * b0_0;
sum1_0 += a0_0.y * b0_0;
sum2_0 += a0_0.z * b0_0;
sum3_0 += a0_0.w * b0_0;
let a1_0 = tile_a[(deep * 4u + 1u) * 8u + y + 0u];
let b1_0 = tile_b[(deep * 4u + 1u) * 8u + x + 0u];
sum0_0 += a1_0.x * b1_0;
sum1_0 += a1_0.y * b1_0;
sum2_0 += a1_0.z * b1_0;
sum3_0 += a1_0.w * b1_0;
let a2_0 = tile_a[(deep * 4u + 2u) * 8u + y + 0u];
let b2_0 = tile_b[(deep * 4u + 2u) * 8u + x + 0u];
sum0_0 += a2_0.x * b2_0;
sum1_0 += a2_0.y * b2_0;
sum2_0 += a2_0.z * b2_0;
sum3_0 += a2_0.w * b2_0;
let a3_0 = tile_a[(deep * 4u + 3u) * 8u + y + 0u];
let b3_0 = tile_b[(deep * 4u + 3u) * 8u + x + 0u];
sum0_0 += a3_0.x * b3_0;
sum1_0 += a3_0.y * b3_0;
sum2_0 += a3_0.z * b3_0;
sum3_0 += a3_0.w * b3_0;
}
workgroupBarrier();
}
let batch_place1 = 0i;
let batch_place2 = 0i;
let column0_at = column0 + x * 4u + 0u;
let column0_at_place1 = i32(column0_at);
let column0_at_place2 = i32(column0_at);
let row0_at = row0 + y * 4u + 0u;
 {
let row0_at_place1 = 64i * i32(row0_at);
let row0_at_place2 = 64i * i32(row0_at);
 {
let four8 = (b2[(batch_place1 + row0_at_place1 + column0_at_place1) >> 2u]);
let v9 = -0.10000000149011612f;
let v10 = sum0_0.x * v9;
let v11 = four8.x + v10;
let v12 = -0.10000000149011612f;
let v13 = sum0_0.y * v12;
let v14 = four8.y + v13;
let v15 = -0.10000000149011612f;
let v16 = sum0_0.z * v15;
let v17 = four8.z + v16;
let v18 = -0.10000000149011612f;
let v19 = sum0_0.w * v18;
let v20 = four8.w + v19;
b3[(batch_place2 + row0_at_place2 + column0_at_place2) >> 2u] = vec4f(v11, v14, v17, v20);
}
}
let row1_at = row0 + y * 4u + 1u;
 {
let row1_at_place1 = 64i * i32(row1_at);
let row1_at_place2 = 64i * i32(row1_at);
 {
let four21 = (b2[(batch_place1 + row1_at_place1 + column0_at_place1) >> 2u]);
let v22 = -0.10000000149011612f;
let v23 = sum1_0.x * v22;
let v24 = four21.x + v23;
let v25 = -0.10000000149011612f;
let v26 = sum1_0.y * v25;
let v27 = four21.y + v26;
let v28 = -0.10000000149011612f;
let v29 = sum1_0.z * v28;
let v30 = four21.z + v29;
let v31 = -0.10000000149011612f;
let v32 = sum1_0.w * v31;
let v33 = four21.w + v32;
b3[(batch_place2 + row1_at_place2 + column0_at_place2) >> 2u] = vec4f(v24, v27, v30, v33);
}
}
let row2_at = row0 + y * 4u + 2u;
 {
let row2_at_place1 = 64i * i32(row2_at);
let row2_at_place2 = 64i * i32(row2_at);
 {
let four34 = (b2[(batch_place1 + row2_at_place1 + column0_at_place1) >> 2u]);
let v35 = -0.10000000149011612f;
let v36 = sum2_0.x * v35;
let v37 = four34.x + v36;
let v38 = -0.10000000149011612f;
let v39 = sum2_0.y * v38;
let v40 = four34.y + v39;
let v41 = -0.10000000149011612f;
let v42 = sum2_0.z * v41;
let v43 = four34.z + v42;
let v44 = -0.10000000149011612f;
let v45 = sum2_0.w * v44;
let v46 = four34.w + v45;
b3[(batch_place2 + row2_at_place2 + column0_at_place2) >> 2u] = vec4f(v37, v40, v43, v46);
}
}
let row3_at = row0 + y * 4u + 3u;
 {
let row3_at_place1 = 64i * i32(row3_at);
let row3_at_place2 = 64i * i32(row3_at);
 {
let four47 = (b2[(batch_place1 + row3_at_place1 + column0_at_place1) >> 2u]);
let v48 = -0.10000000149011612f;
let v49 = sum3_0.x * v48;
let v50 = four47.x + v49;
let v51 = -0.10000000149011612f;
let v52 = sum3_0.y * v51;
let v53 = four47.y + v52;
let v54 = -0.10000000149011612f;
let v55 = sum3_0.z * v54;
let v56 = four47.z + v55;
let v57 = -0.10000000149011612f;
let v58 = sum3_0.w * v57;
let v59 = four47.w + v58;
b3[(batch_place2 + row3_at_place2 + column0_at_place2) >> 2u] = vec4f(v50, v53, v56, v59);
}
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
