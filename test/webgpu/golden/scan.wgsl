// 7 dispatches, 5 kernels, 768 bytes for temporaries

// splat: 1 workgroups; a512 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let i0 = i32(flat);
let v0 = 0i;
b0[i0] = v0;
}

// copy: 1 workgroups; input 0 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 32u) { return; }
let i0 = i32(flat);
let v0 = b0[i0];
b1[i0] = v0;
}

// lanes kernel of add tanh: 1 workgroups; a0 read_write, a512 read_write, input 1 read, a256 read_write, result 1 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<i32>;
@group(0) @binding(2) var<storage, read> b2: array<f32>;
@group(0) @binding(3) var<storage, read_write> b3: array<f32>;
@group(0) @binding(4) var<storage, read_write> b4: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let turn0 = b1[0i] * 32i;
let turn1 = b1[0i] * 1i;
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
_ = flat;
var m0: f32 = 0.0f;
for (var t1 = 0u; t1 < 32u; t1 += 1u) {
let i0 = i32(t1);
let v2 = b0[i0];
let v3 = b2[turn0 + i0];
let v4 = v2 + v3;
let v5 = bitcast<f32>(bitcast<u32>(v4) & 0x7fffffffu);
let v6 = select(v5, 10.0f, 10.0f < v5);
let v7 = v6 + v6;
let v8 = fma(v7, 1.4426950216293335f, 12583039.0f);
let v9 = bitcast<f32>(bitcast<u32>(v8) ^ bits_zero);
let v10 = v9 - 12583039.0f;
let v11 = fma(v10, -0.693359375f, v7);
let v12 = fma(v10, 0.00021219444170128554f, v11);
let v13 = fma(0.0013859545579180121f, v12, 0.00836902391165495f);
let v14 = fma(v13, v12, 0.04166761040687561f);
let v15 = fma(v14, v12, 0.1666652262210846f);
let v16 = fma(v15, v12, 0.4999999701976776f);
let v17 = v12 * v12;
let v18 = fma(v16, v17, v12);
let v19 = bitcast<u32>(v9) << 23u;
let v20 = bitcast<f32>(v19) - 1.0f;
let v21 = fma(bitcast<f32>(v19), v18, v20);
let v22 = v21 + 2.0f;
let v23 = v21 / v22;
let v24 = bitcast<u32>(v4) & bitcast<u32>(i32(-2147483647 - 1));
let v25 = bitcast<u32>(v23) | v24;
let v26 = bitcast<f32>(v25);
let v27 = m0 + v26;
m0 = v27;
b3[i0] = v26;
}
b4[turn1 + 0i] = m0;
}

// turn: 1 workgroups; a512 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let i0 = i32(flat);
let v0 = b0[i0];
let v1 = 1i;
let v2 = v0 + v1;
b0[i0] = v2;
}

// lanes kernel of add tanh: 1 workgroups; a256 read_write, a512 read_write, input 1 read, a0 read_write, result 1 read_write
// (a kernel that stands above)

// turn: 1 workgroups; a512 read_write
// (a kernel that stands above)

// copy: 1 workgroups; a0 read_write, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 32u) { return; }
let i0 = i32(flat);
let v0 = b0[i0];
b1[i0] = v0;
}
