// 3 dispatches, 3 kernels, 0 bytes for temporaries

// map kernel of : 128 workgroups; input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
var<workgroup> square0: array<f32, 1056>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 128u) { return; }
let along0 = i32(group % 16u) * 32i;
let across0 = i32((group / 16u) % 8u) * 32i;
let x = i32(lane % 8u) * 4i;
let y = i32(lane / 8u);
let v0 = group / 128u;
 {
let four1 = (b0[(((across0 + x) + 256i * (along0 + y))) >> 2u]);
square0[y * 33i + x + 0i] = four1.x;
square0[y * 33i + x + 1i] = four1.y;
square0[y * 33i + x + 2i] = four1.z;
square0[y * 33i + x + 3i] = four1.w;
}
workgroupBarrier();
 {
let v2 = along0 + x;
let v3 = across0 + y;
let v4 = square0[(x + 0i) * 33i + y];
let v5 = square0[(x + 1i) * 33i + y];
let v6 = square0[(x + 2i) * 33i + y];
let v7 = square0[(x + 3i) * 33i + y];
b1[((512i * v3 + v2)) >> 2u] = vec4f(v4, v5, v6, v7);
}
}

// map kernel of convert: 80 workgroups; input 1 read, result 1 read_write
@group(0) @binding(0) var<storage, read> b0: array<u32>;
@group(0) @binding(1) var<storage, read_write> b1: array<i32>;
var<workgroup> square0: array<u32, 1056>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 80u) { return; }
let along0 = i32(group % 8u) * 32i;
let across0 = i32((group / 8u) % 10u) * 32i;
let x = i32(lane % 32u);
let y = i32(lane / 32u);
let v0 = group / 80u;
for (var k1 = 0i; k1 < 4i; k1++) {
let v2 = y + k1 * 8i;
let v3 = min((across0 + x), 299i);
let v4 = min((along0 + v2), 249i);
let v5 = u32((v3 + 300i * v4));
let v6 = b0[v5 >> 2u];
let v7 = (v6 >> ((v5 & 3u) << 3u)) & 255u;
square0[v2 * 33i + x] = v7;
}
workgroupBarrier();
for (var k8 = 0i; k8 < 4i; k8++) {
let v9 = y + k8 * 8i;
let v10 = along0 + x;
let v11 = across0 + v9;
if (along0 + x < 250i && across0 + v9 < 300i) {
let v12 = square0[(x + 0i) * 33i + v9];
let v13 = bitcast<i32>(v12);
b1[(250i * v11 + v10)] = v13;
}
}
}

// map kernel of : 9 workgroups; input 2 read, result 2 read_write
@group(0) @binding(0) var<storage, read> b0: array<u32>;
@group(0) @binding(1) var<storage, read_write> b1: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
let v0 = i32(flat % 16u) * 4i;
let v1 = flat / 16u;
let v2 = i32(v1);
let v3 = u32((v2 + 36i * v0));
let v4 = b0[v3 >> 2u];
let v5 = (v4 >> ((v3 & 3u) << 3u)) & 255u;
let v6 = u32((v2 + 36i * (v0 + 1i)));
let v7 = b0[v6 >> 2u];
let v8 = (v7 >> ((v6 & 3u) << 3u)) & 255u;
let v9 = u32((v2 + 36i * (v0 + 2i)));
let v10 = b0[v9 >> 2u];
let v11 = (v10 >> ((v9 & 3u) << 3u)) & 255u;
let v12 = u32((v2 + 36i * (v0 + 3i)));
let v13 = b0[v12 >> 2u];
let v14 = (v13 >> ((v12 & 3u) << 3u)) & 255u;
let v15 = u32((64i * v2 + v0)) >> 2u;
let v16 = v5 & 255u;
let v17 = v8 & 255u;
let v18 = v11 & 255u;
let v19 = v14 & 255u;
b1[v15] = (v16) | (v17 << 8u) | (v18 << 16u) | (v19 << 24u);
}
