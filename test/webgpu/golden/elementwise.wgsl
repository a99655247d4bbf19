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
let i0 = i32(flat);
let v0 = b0[i0];
let v1 = bitcast<f32>(bitcast<u32>(v0) & 0x7fffffffu);
let v2 = select(v1, 10.0f, 10.0f < v1);
let v3 = v2 + v2;
let v4 = fma(v3, 1.4426950216293335f, 12583039.0f);
let v5 = bitcast<f32>(bitcast<u32>(v4) ^ bits_zero);
let v6 = v5 - 12583039.0f;
let v7 = fma(v6, -0.693359375f, v3);
let v8 = fma(v6, 0.00021219444170128554f, v7);
let v9 = fma(0.0013859545579180121f, v8, 0.00836902391165495f);
let v10 = fma(v9, v8, 0.04166761040687561f);
let v11 = fma(v10, v8, 0.1666652262210846f);
let v12 = fma(v11, v8, 0.4999999701976776f);
let v13 = v8 * v8;
let v14 = fma(v12, v13, v8);
let v15 = bitcast<u32>(v5) << 23u;
let v16 = bitcast<f32>(v15) - 1.0f;
let v17 = fma(bitcast<f32>(v15), v14, v16);
let v18 = v17 + 2.0f;
let v19 = v17 / v18;
let v20 = bitcast<u32>(v0) & bitcast<u32>(i32(-2147483647 - 1));
let v21 = bitcast<u32>(v19) | v20;
let v22 = bitcast<f32>(v21);
b1[i0] = v22;
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
let i1 = i32(flat % 256u);
let q0 = flat / 256u;
let i0 = i32(q0);
let v1 = b0[(256i * i0 + i1)];
let v2 = v1 * v1;
let v3 = bitcast<f32>(bitcast<u32>(v2) ^ 0x80000000u);
let v4 = select(v3, -87.9000015258789f, v3 < -87.9000015258789f);
let v5 = select(v4, 89.0f, 89.0f < v4);
let v6 = fma(v5, 1.4426950216293335f, -0.5f);
let v7 = v6 + 12583039.0f;
let v8 = bitcast<f32>(bitcast<u32>(v7) ^ bits_zero);
let v9 = v8 - 12583039.0f;
let v10 = fma(v9, -0.693359375f, v5);
let v11 = fma(v9, 0.00021219444170128554f, v10);
let v12 = fma(0.001875321613624692f, v11, 0.007939801551401615f);
let v13 = fma(v12, v11, 0.04180574417114258f);
let v14 = fma(v13, v11, 0.16664621233940125f);
let v15 = fma(v14, v11, 0.5000008344650269f);
let v16 = fma(v15, v11, 1.0f);
let v17 = fma(v16, v11, 1.0f);
let v18 = bitcast<u32>(v8) << 23u;
let v19 = v17 * bitcast<f32>(v18);
let v20 = b1[i1];
let v21 = 1.0f;
let v22 = v20 + v21;
let v23 = v19 * v22;
b2[(256i * i0 + i1)] = v23;
}
