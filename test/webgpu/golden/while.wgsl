// 9 dispatches, 8 kernels, 1536 bytes for temporaries

// splat: 1 workgroups; a0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let v0 = i32(flat);
let v1 = 100.0f;
b0[v0] = v1;
}

// splat: 1 workgroups; a1024 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let v0 = i32(flat);
let v1 = 1i;
b0[v0] = v1;
}

// splat: 1 workgroups; a1280 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let v0 = i32(flat);
let v1 = 0i;
b0[v0] = v1;
}

// copy: 1 workgroups; input 0 read, a256 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 16u) { return; }
let v0 = i32(flat) * 4i;
let four1 = (b0[(v0) >> 2u]);
b1[(v0) >> 2u] = vec4f(four1.x, four1.y, four1.z, four1.w);
}

// lanes kernel of lt: 1 workgroups; a256 read_write, a0 read_write, a768 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;
var<workgroup> fold_f32: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 1u) { return; }
let place = group * 4u + lane / 16u;
let mine = lane % 16u;
let v0 = min(place, 0u);
var m1: f32 = 0.0f;
for (var q2 = 0u; q2 < 1u; q2++) {
let v4 = mine + q2 * 16u;
let v5 = i32(v4) * 4i;
let four6 = (b0[(v5) >> 2u]);
let v7 = m1 + four6.x;
m1 = v7;
let v8 = m1 + four6.y;
m1 = v8;
let v9 = m1 + four6.z;
m1 = v9;
let v10 = m1 + four6.w;
m1 = v10;
}
fold_f32[lane] = m1;
workgroupBarrier();
for (var k11 = 0u; k11 < 4u; k11++) {
let w12 = 8u >> k11;
if ((lane % 16u) < w12) {
let v13 = fold_f32[lane];
let v14 = fold_f32[lane + w12];
let v15 = v13 + v14;
fold_f32[lane] = v15;
}
workgroupBarrier();
}
let v16 = fold_f32[lane - lane % 16u];
m1 = v16;
workgroupBarrier();
let v17 = b1[0i];
let v18 = m1 < v17;
if ((place < 1u) & (mine == 0u)) {
let v19 = select(0u, 1u, v18);
b2[u32(0i) >> 2u] = v19;
}
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
storageBarrier();
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
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 16u) { return; }
let v0 = 1.0f;
let v1 = i32(flat) * 4i;
let four2 = (b0[(v1) >> 2u]);
let v3 = four2.x + v0;
let v4 = four2.y + v0;
let v5 = four2.z + v0;
let v6 = four2.w + v0;
b0[(v1) >> 2u] = vec4f(v3, v4, v5, v6);
}

// copy: 1 workgroups; a256 read_write, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> b1: array<vec4f>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 16u) { return; }
let v0 = i32(flat) * 4i;
let four1 = (b0[(v0) >> 2u]);
b1[(v0) >> 2u] = vec4f(four1.x, four1.y, four1.z, four1.w);
}

// copy: 1 workgroups; a256 read_write, result 0 read_write
// (a kernel that stands above)
