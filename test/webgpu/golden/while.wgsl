// 9 dispatches, 8 kernels, 1536 bytes for temporaries

// splat: 1 workgroups; a0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let i0 = i32(flat);
let v0 = 100.0f;
b0[i0] = v0;
}

// splat: 1 workgroups; a1024 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let i0 = i32(flat);
let v0 = 1i;
b0[i0] = v0;
}

// splat: 1 workgroups; a1280 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let i0 = i32(flat);
let v0 = 0i;
b0[i0] = v0;
}

// copy: 1 workgroups; input 0 read, a256 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 64u) { return; }
let i0 = i32(flat);
let v0 = b0[i0];
b1[i0] = v0;
}

// lanes kernel of lt: 1 workgroups; a256 read_write, a0 read_write, a768 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
_ = flat;
var m0: f32 = 0.0f;
for (var t1 = 0u; t1 < 64u; t1 += 1u) {
let i0 = i32(t1);
let v2 = b0[i0];
let v3 = m0 + v2;
m0 = v3;
}
let v4 = b1[0i];
let v5 = m0 < v4;
let v6 = select(0u, 1u, v5);
b2[u32(0i) >> 2u] = v6;
}

// decide: 1 workgroups; a1024 read_write, a768 read_write, a1280 read_write, counts read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@group(0) @binding(1) var<storage, read_write> b1: array<u32>;
@group(0) @binding(2) var<storage, read_write> b2: array<i32>;
@group(0) @binding(3) var<storage, read_write> b3: array<u32>;
var<private> table: array<vec4u, 1> = array<vec4u, 1>(vec4u(0u, 1u, 1u, 1u));
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let chosen = select(0u, 1u, b0[0i] != 0i && (b1[u32(0i) >> 2u] & 255u) != 0u);
workgroupBarrier();
if (lane == 0u) {
b0[0i] = i32(chosen);
b2[0i] += i32(chosen);
}
for (var k = lane; k < 1u; k += 64u) {
let row = table[k];
let on = row.y == chosen;
b3[3u * row.x] = select(0u, row.z, on);
b3[3u * row.x + 1u] = select(0u, row.w, on);
b3[3u * row.x + 2u] = select(0u, 1u, on);
}
}

// map kernel of add: 1 workgroups, if it is chosen; a256 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 64u) { return; }
let i0 = i32(flat);
let v0 = b0[i0];
let v1 = 1.0f;
let v2 = v0 + v1;
b0[i0] = v2;
}

// copy: 1 workgroups; a256 read_write, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 64u) { return; }
let i0 = i32(flat);
let v0 = b0[i0];
b1[i0] = v0;
}

// copy: 1 workgroups; a256 read_write, result 0 read_write
// (a kernel that stands above)
