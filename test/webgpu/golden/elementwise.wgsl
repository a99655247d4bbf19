// 2 dispatches, 2 kernels, 1024 bytes for temporaries

// map kernel of tanh: 4 workgroups; input 1 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 256u) { return; }
let v0 = i32(flat);
let v1 = b0[v0];
let v2 = bitcast<f32>(bitcast<u32>(v1) & 0x7fffffffu);
let v3 = select(v2, 10.0f, 10.0f < v2);
let v4 = v3 + v3;
let v5 = fma(v4, 1.4426950216293335f, 12583039.0f);
let v6 = bitcast<f32>(bitcast<u32>(v5) ^ bits_zero);
let v7 = v6 - 12583039.0f;
let v8 = fma(v7, -0.693359375f, v4);
let v9 = fma(v7, 0.00021219444170128554f, v8);
let v10 = fma(0.0013859545579180121f, v9, 0.00836902391165495f);
let v11 = fma(v10, v9, 0.04166761040687561f);
let v12 = fma(v11, v9, 0.1666652262210846f);
let v13 = fma(v12, v9, 0.4999999701976776f);
let v14 = v9 * v9;
let v15 = fma(v13, v14, v9);
let v16 = bitcast<u32>(v6) << 23u;
let v17 = bitcast<f32>(v16) - 1.0f;
let v18 = fma(bitcast<f32>(v16), v15, v17);
let v19 = v18 + 2.0f;
let v20 = v18 / v19;
let v21 = bitcast<u32>(v1) & bitcast<u32>(i32(-2147483647 - 1));
let v22 = bitcast<u32>(v20) | v21;
let v23 = bitcast<f32>(v22);
b1[v0] = v23;
}

// map kernel of integerPow neg exp add mul: 256 workgroups; input 0 read, a0 read_write, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 16384u) { return; }
let v0 = i32(flat % 256u);
let v1 = flat / 256u;
let v2 = i32(v1);
let v3 = b0[(256i * v2 + v0)];
let v4 = v3 * v3;
let v5 = bitcast<f32>(bitcast<u32>(v4) ^ 0x80000000u);
let v6 = select(v5, -87.9000015258789f, v5 < -87.9000015258789f);
let v7 = select(v6, 89.0f, 89.0f < v6);
let v8 = fma(v7, 1.4426950216293335f, -0.5f);
let v9 = v8 + 12583039.0f;
let v10 = bitcast<f32>(bitcast<u32>(v9) ^ bits_zero);
let v11 = v10 - 12583039.0f;
let v12 = fma(v11, -0.693359375f, v7);
let v13 = fma(v11, 0.00021219444170128554f, v12);
let v14 = fma(0.001875321613624692f, v13, 0.007939801551401615f);
let v15 = fma(v14, v13, 0.04180574417114258f);
let v16 = fma(v15, v13, 0.16664621233940125f);
let v17 = fma(v16, v13, 0.5000008344650269f);
let v18 = fma(v17, v13, 1.0f);
let v19 = fma(v18, v13, 1.0f);
let v20 = bitcast<u32>(v10) << 23u;
let v21 = v19 * bitcast<f32>(v20);
let v22 = b1[v0];
let v23 = 1.0f;
let v24 = v22 + v23;
let v25 = v21 * v24;
b2[(256i * v2 + v0)] = v25;
}
