// 7 dispatches, 5 kernels, 768 bytes for temporaries

// splat: 1 workgroups; a512 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let v0 = i32(flat);
let v1 = 0i;
b0[v0] = v1;
}

// copy: 1 workgroups; input 0 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 8u) { return; }
let v0 = i32(flat) * 4i;
let four1 = (b0[(v0) >> 2u]);
b1[(v0) >> 2u] = vec4f(four1.x, four1.y, four1.z, four1.w);
}

// lanes kernel of add tanh: 1 workgroups; a0 read_write, a512 read_write, input 1 read, a256 read_write, result 1 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<i32>;
@group(0) @binding(2) var<storage, read> b2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> b3: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> b4: array<f32>;
var<workgroup> fold_f32: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let turn0 = b1[0i] * 32i;
let turn1 = b1[0i] * 1i;
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 1u) { return; }
let place = group * 16u + lane / 4u;
let mine = lane % 4u;
let v0 = min(place, 0u);
var m1: f32 = 0.0f;
for (var q2 = 0u; q2 < 2u; q2++) {
let v4 = mine + q2 * 4u;
let v5 = i32(v4) * 4i;
let four6 = (b0[(v5) >> 2u]);
let four7 = (b2[(turn0 + v5) >> 2u]);
let v8 = four6.x + four7.x;
let v9 = bitcast<f32>(bitcast<u32>(v8) & 0x7fffffffu);
let v10 = select(v9, 10.0f, 10.0f < v9);
let v11 = v10 + v10;
let v12 = fma(v11, 1.4426950216293335f, 12583039.0f);
let v13 = bitcast<f32>(bitcast<u32>(v12) ^ bits_zero);
let v14 = v13 - 12583039.0f;
let v15 = fma(v14, -0.693359375f, v11);
let v16 = fma(v14, 0.00021219444170128554f, v15);
let v17 = fma(0.0013859545579180121f, v16, 0.00836902391165495f);
let v18 = fma(v17, v16, 0.04166761040687561f);
let v19 = fma(v18, v16, 0.1666652262210846f);
let v20 = fma(v19, v16, 0.4999999701976776f);
let v21 = v16 * v16;
let v22 = fma(v20, v21, v16);
let v23 = bitcast<u32>(v13) << 23u;
let v24 = bitcast<f32>(v23) - 1.0f;
let v25 = fma(bitcast<f32>(v23), v22, v24);
let v26 = v25 + 2.0f;
let v27 = v25 / v26;
let v28 = bitcast<u32>(v8) & bitcast<u32>(i32(-2147483647 - 1));
let v29 = bitcast<u32>(v27) | v28;
let v30 = bitcast<f32>(v29);
let v31 = m1 + v30;
m1 = v31;
let v32 = four6.y + four7.y;
let v33 = bitcast<f32>(bitcast<u32>(v32) & 0x7fffffffu);
let v34 = select(v33, 10.0f, 10.0f < v33);
let v35 = v34 + v34;
let v36 = fma(v35, 1.4426950216293335f, 12583039.0f);
let v37 = bitcast<f32>(bitcast<u32>(v36) ^ bits_zero);
let v38 = v37 - 12583039.0f;
let v39 = fma(v38, -0.693359375f, v35);
let v40 = fma(v38, 0.00021219444170128554f, v39);
let v41 = fma(0.0013859545579180121f, v40, 0.00836902391165495f);
let v42 = fma(v41, v40, 0.04166761040687561f);
let v43 = fma(v42, v40, 0.1666652262210846f);
let v44 = fma(v43, v40, 0.4999999701976776f);
let v45 = v40 * v40;
let v46 = fma(v44, v45, v40);
let v47 = bitcast<u32>(v37) << 23u;
let v48 = bitcast<f32>(v47) - 1.0f;
let v49 = fma(bitcast<f32>(v47), v46, v48);
let v50 = v49 + 2.0f;
let v51 = v49 / v50;
let v52 = bitcast<u32>(v32) & bitcast<u32>(i32(-2147483647 - 1));
let v53 = bitcast<u32>(v51) | v52;
let v54 = bitcast<f32>(v53);
let v55 = m1 + v54;
m1 = v55;
let v56 = four6.z + four7.z;
let v57 = bitcast<f32>(bitcast<u32>(v56) & 0x7fffffffu);
let v58 = select(v57, 10.0f, 10.0f < v57);
let v59 = v58 + v58;
let v60 = fma(v59, 1.4426950216293335f, 12583039.0f);
let v61 = bitcast<f32>(bitcast<u32>(v60) ^ bits_zero);
let v62 = v61 - 12583039.0f;
let v63 = fma(v62, -0.693359375f, v59);
let v64 = fma(v62, 0.00021219444170128554f, v63);
let v65 = fma(0.0013859545579180121f, v64, 0.00836902391165495f);
let v66 = fma(v65, v64, 0.04166761040687561f);
let v67 = fma(v66, v64, 0.1666652262210846f);
let v68 = fma(v67, v64, 0.4999999701976776f);
let v69 = v64 * v64;
let v70 = fma(v68, v69, v64);
let v71 = bitcast<u32>(v61) << 23u;
let v72 = bitcast<f32>(v71) - 1.0f;
let v73 = fma(bitcast<f32>(v71), v70, v72);
let v74 = v73 + 2.0f;
let v75 = v73 / v74;
let v76 = bitcast<u32>(v56) & bitcast<u32>(i32(-2147483647 - 1));
let v77 = bitcast<u32>(v75) | v76;
let v78 = bitcast<f32>(v77);
let v79 = m1 + v78;
m1 = v79;
let v80 = four6.w + four7.w;
let v81 = bitcast<f32>(bitcast<u32>(v80) & 0x7fffffffu);
let v82 = select(v81, 10.0f, 10.0f < v81);
let v83 = v82 + v82;
let v84 = fma(v83, 1.4426950216293335f, 12583039.0f);
let v85 = bitcast<f32>(bitcast<u32>(v84) ^ bits_zero);
let v86 = v85 - 12583039.0f;
let v87 = fma(v86, -0.693359375f, v83);
let v88 = fma(v86, 0.00021219444170128554f, v87);
let v89 = fma(0.0013859545579180121f, v88, 0.00836902391165495f);
let v90 = fma(v89, v88, 0.04166761040687561f);
let v91 = fma(v90, v88, 0.1666652262210846f);
let v92 = fma(v91, v88, 0.4999999701976776f);
let v93 = v88 * v88;
let v94 = fma(v92, v93, v88);
let v95 = bitcast<u32>(v85) << 23u;
let v96 = bitcast<f32>(v95) - 1.0f;
let v97 = fma(bitcast<f32>(v95), v94, v96);
let v98 = v97 + 2.0f;
let v99 = v97 / v98;
let v100 = bitcast<u32>(v80) & bitcast<u32>(i32(-2147483647 - 1));
let v101 = bitcast<u32>(v99) | v100;
let v102 = bitcast<f32>(v101);
let v103 = m1 + v102;
m1 = v103;
if (place < 1u) {
b3[(v5) >> 2u] = vec4f(v30, v54, v78, v102);
}
}
fold_f32[lane] = m1;
workgroupBarrier();
for (var k104 = 0u; k104 < 2u; k104++) {
let w105 = 2u >> k104;
if ((lane % 4u) < w105) {
let v106 = fold_f32[lane];
let v107 = fold_f32[lane + w105];
let v108 = v106 + v107;
fold_f32[lane] = v108;
}
workgroupBarrier();
}
let v109 = fold_f32[lane - lane % 4u];
m1 = v109;
workgroupBarrier();
if ((place < 1u) & (mine == 0u)) {
b4[turn1 + 0i] = m1;
}
}

// turn: 1 workgroups; a512 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let v0 = i32(flat);
let v1 = b0[v0];
let v2 = 1i;
let v3 = v1 + v2;
b0[v0] = v3;
}

// lanes kernel of add tanh: 1 workgroups; a256 read_write, a512 read_write, input 1 read, a0 read_write, result 1 read_write
// (a kernel that stands above)

// turn: 1 workgroups; a512 read_write
// (a kernel that stands above)

// copy: 1 workgroups; a0 read_write, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 8u) { return; }
let v0 = i32(flat) * 4i;
let four1 = (b0[(v0) >> 2u]);
b1[(v0) >> 2u] = vec4f(four1.x, four1.y, four1.z, four1.w);
}
