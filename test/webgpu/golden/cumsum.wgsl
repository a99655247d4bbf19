// 1 dispatches, 1 kernels, 0 bytes for temporaries

// cumsum: 1 workgroups; input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 64u) { return; }
let first = i32((flat / 1u) * 256u + flat % 1u);
var at = first;
let v0 = b0[at];
var m1: f32 = v0;
var m2: f32 = 0.0f;
b1[at] = m1;
for (var k = 1i; k < 256i; k++) {
at += 1i;
let v3 = b0[at];
let v4 = v3 - m2;
let v5 = m1 + v4;
let v6 = bitcast<f32>(bitcast<u32>(v5) ^ bits_zero);
let v7 = v6 - m1;
let v8 = bitcast<f32>(bitcast<u32>(v7) ^ bits_zero);
let v9 = v8 - v4;
let v10 = bitcast<f32>(bitcast<u32>(v9) ^ bits_zero);
m2 = select(0.0f, v10, (bitcast<u32>(v6) & 0x7f800000u) != 0x7f800000u);
m1 = v6;
b1[at] = m1;
}
}
