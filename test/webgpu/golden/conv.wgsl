// 2 dispatches, 2 kernels, 230400 bytes for temporaries

// map kernel of select: 900 workgroups; input 0 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 57600u) { return; }
let i3 = i32(flat % 8u);
let q0 = flat / 8u;
let i2 = i32(q0 % 30u);
let q1 = q0 / 30u;
let i1 = i32(q1 % 30u);
let q2 = q1 / 30u;
let i0 = i32(q2);
let v3 = (((i1 + -1i) >= 0i) & ((i1 + -1i) < 28i) & ((i2 + -1i) >= 0i) & ((i2 + -1i) < 28i));
let v4 = b0[select(0i, (6272i * i0 + 224i * i1 + 8i * i2 + i3 + -232i), (((i1 + -1i) >= 0i) & ((i1 + -1i) < 28i) & ((i2 + -1i) >= 0i) & ((i2 + -1i) < 28i)))];
let v5 = 0.0f;
let v6 = select(v5, v4, v3);
b1[(7200i * i0 + 240i * i1 + 8i * i2 + i3)] = v6;
}

// convGeneral: 1568 workgroups; a0 read_write, input 1 read, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 100352u) { return; }
let i3 = i32(flat % 16u);
let q0 = flat / 16u;
let i2 = i32(q0 % 28u);
let q1 = q0 / 28u;
let i1 = i32(q1 % 28u);
let q2 = q1 / 28u;
let i0 = i32(q2);
var m3: f32 = 0.0f;
for (var t4 = 0u; t4 < 72u; t4 += 1u) {
let i5 = i32(t4 % 24u);
let q5 = t4 / 24u;
let i4 = i32(q5);
let v6 = b0[(7200i * i0 + 240i * i1 + 8i * i2 + 240i * i4 + i5)];
let v7 = b1[(i3 + 384i * i4 + 16i * i5)];
let v8 = v6 * v7;
let v9 = m3 + v8;
m3 = v9;
}
b2[(12544i * i0 + 448i * i1 + 16i * i2 + i3)] = m3;
}
