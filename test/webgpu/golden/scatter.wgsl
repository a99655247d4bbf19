// 2 dispatches, 2 kernels, 0 bytes for temporaries

// splat: 7 workgroups; result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 400u) { return; }
let v0 = 0.0f;
let v1 = i32(flat) * 4i;
b0[(v1) >> 2u] = vec4f(v0, v0, v0, v0);
}

// update: 1 workgroups; input 1 read, input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<i32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 16u) { return; }
let v0 = i32(flat);
let v1 = 2.0f;
let v2 = -1i;
let v3 = 0i;
let v4 = 100i;
let v5 = bitcast<f32>(bits_nan);
for (var i6 = 0i; i6 < 40i; i6++) {
let v7 = b0[i6];
let v8 = v7 < v3;
let v9 = v7 + v4;
let v10 = select(v7, v9, v8);
let v11 = min(max(v10, v2), v4);
let v12 = ((v11 >= 0i) & (v11 < 100i));
let v13 = b1[select(0i, (v0 + 16i * v11), ((v11 >= 0i) & (v11 < 100i)))];
let v14 = select(v5, v13, v12);
let v15 = v1 * v14;
if (((v11 >= 0i) & (v11 < 100i))) {
let v16 = (v0 + 16i * v11);
let v17 = b2[v16];
let v18 = v17 + v15;
b2[v16] = v18;
}
}
}
