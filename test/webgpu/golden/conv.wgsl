// 2 dispatches, 2 kernels, 230400 bytes for temporaries

// map kernel of select: 900 workgroups; input 0 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 57600u) { return; }
let v0 = i32(flat % 8u);
let v1 = flat / 8u;
let v2 = i32(v1 % 30u);
let v3 = v1 / 30u;
let v4 = i32(v3 % 30u);
let v5 = v3 / 30u;
let v6 = i32(v5);
let v7 = (((v4 + -1i) >= 0i) & ((v4 + -1i) < 28i) & ((v2 + -1i) >= 0i) & ((v2 + -1i) < 28i));
let v8 = b0[select(0i, (6272i * v6 + 224i * v4 + 8i * v2 + v0 + -232i), (((v4 + -1i) >= 0i) & ((v4 + -1i) < 28i) & ((v2 + -1i) >= 0i) & ((v2 + -1i) < 28i)))];
let v9 = 0.0f;
let v10 = select(v9, v8, v7);
b1[(7200i * v6 + 240i * v4 + 8i * v2 + v0)] = v10;
}

// convGeneral: 1568 workgroups; a0 read_write, input 1 read, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 100352u) { return; }
let v0 = i32(flat % 16u);
let v1 = flat / 16u;
let v2 = i32(v1 % 28u);
let v3 = v1 / 28u;
let v4 = i32(v3 % 28u);
let v5 = v3 / 28u;
let v6 = i32(v5);
var m7: f32 = 0.0f;
for (var q8 = 0u; q8 < 72u; q8++) {
let v10 = 0u + q8;
let v11 = i32(v10 % 24u);
let v12 = v10 / 24u;
let v13 = i32(v12);
let v14 = b0[(7200i * v6 + 240i * v4 + 8i * v2 + 240i * v13 + v11)];
let v15 = b1[(v0 + 384i * v13 + 16i * v11)];
let v16 = v14 * v15;
let v17 = m7 + v16;
m7 = v17;
}
b2[(12544i * v6 + 448i * v4 + 16i * v2 + v0)] = m7;
}
