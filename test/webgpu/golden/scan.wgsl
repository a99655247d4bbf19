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
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<i32>;
@group(0) @binding(2) var<storage, read> b2: array<f32>;
@group(0) @binding(3) var<storage, read_write> b3: array<f32>;
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
for (var q2 = 0u; q2 < 8u; q2++) {
let v4 = mine + q2 * 4u;
let v5 = i32(v4);
let v6 = b0[v5];
let v7 = b2[turn0 + v5];
let v8 = v6 + v7;
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
if (place < 1u) {
b3[v5] = v30;
}
}
fold_f32[lane] = m1;
workgroupBarrier();
for (var k32 = 0u; k32 < 2u; k32++) {
let w33 = 2u >> k32;
if ((lane % 4u) < w33) {
let v34 = fold_f32[lane];
let v35 = fold_f32[lane + w33];
let v36 = v34 + v35;
fold_f32[lane] = v36;
}
workgroupBarrier();
}
let v37 = fold_f32[lane - lane % 4u];
m1 = v37;
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
