// 2 dispatches, 2 kernels, 0 bytes for temporaries

// splat: 25 workgroups; result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1600u) { return; }
let i0 = i32(flat);
let v0 = 0.0f;
b0[i0] = v0;
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
let i1 = i32(flat);
let v0 = 2.0f;
let v1 = -1i;
let v2 = 0i;
let v3 = 100i;
let v4 = bitcast<f32>(bits_nan);
for (var i0 = 0i; i0 < 40i; i0++) {
let v5 = b0[i0];
let v6 = v5 < v2;
let v7 = v5 + v3;
let v8 = select(v5, v7, v6);
let v9 = min(max(v8, v1), v3);
let v10 = ((v9 >= 0i) & (v9 < 100i));
let v11 = b1[select(0i, (i1 + 16i * v9), ((v9 >= 0i) & (v9 < 100i)))];
let v12 = select(v4, v11, v10);
let v13 = v0 * v12;
if (((v9 >= 0i) & (v9 < 100i))) {
let v14 = (i1 + 16i * v9);
let v15 = b2[v14];
let v16 = v15 + v13;
b2[v14] = v16;
}
}
}
