// 10 dispatches, 10 kernels, 65536 bytes for temporaries

// map kernel of : 16 workgroups; a0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<vec4i>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
let v0 = i32(flat) * 4i;
let v1 = v0;
let v2 = (v0 + 1i);
let v3 = (v0 + 2i);
let v4 = (v0 + 3i);
b0[(v0) >> 2u] = vec4i(v1, v2, v3, v4);
}

// sort: 64 workgroups; input 0 read, a32768 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<u32>;
fn key(x: f32) -> u32 {
let word = bitcast<u32>(x);
let size = word & 0x7fffffffu;
if (size > 0x7f800000u) { return 0xffffffffu; }
if (size == 0u) { return 0x80000000u; }
return select(word ^ 0x80000000u, ~word, word > 0x7fffffffu);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[start + i];
let v1 = key(v0);
let begin = i - i % 64i;
let end = min(begin + 64i, 4096i);
var rank = begin;
for (var j = begin; j < end; j++) {
let v2 = b0[start + j];
let v3 = key(v2);
rank += select(0i, 1i, v3 < v1 || (v3 == v1 && j < i));
}
b1[line0 + rank] = u32(i);
}

// sort: 64 workgroups; a32768 read_write, input 0 read, a49152 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<u32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;
fn key(x: f32) -> u32 {
let word = bitcast<u32>(x);
let size = word & 0x7fffffffu;
if (size > 0x7f800000u) { return 0xffffffffu; }
if (size == 0u) { return 0x80000000u; }
return select(word ^ 0x80000000u, ~word, word > 0x7fffffffu);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[line0 + i];
let v1 = b1[start + i32(v0)];
let v2 = key(v1);
let left = (i / 64i) % 2i == 0i;
let pair = i - i % 128i;
let other = select(pair, pair + 64i, left);
var low = min(other, 4096i);
var high = min(other + 64i, 4096i);
let first = low;
while (low < high) {
let middle = (low + high) / 2i;
let v3 = b0[line0 + middle];
let v4 = b1[start + i32(v3)];
let v5 = key(v4);
if (v5 < v2 || (!left && v5 == v2)) { low = middle + 1i; } else { high = middle; }
}
b2[line0 + pair + i % 64i + (low - first)] = v0;
}

// sort: 64 workgroups; a49152 read_write, input 0 read, a32768 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<u32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;
fn key(x: f32) -> u32 {
let word = bitcast<u32>(x);
let size = word & 0x7fffffffu;
if (size > 0x7f800000u) { return 0xffffffffu; }
if (size == 0u) { return 0x80000000u; }
return select(word ^ 0x80000000u, ~word, word > 0x7fffffffu);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[line0 + i];
let v1 = b1[start + i32(v0)];
let v2 = key(v1);
let left = (i / 128i) % 2i == 0i;
let pair = i - i % 256i;
let other = select(pair, pair + 128i, left);
var low = min(other, 4096i);
var high = min(other + 128i, 4096i);
let first = low;
while (low < high) {
let middle = (low + high) / 2i;
let v3 = b0[line0 + middle];
let v4 = b1[start + i32(v3)];
let v5 = key(v4);
if (v5 < v2 || (!left && v5 == v2)) { low = middle + 1i; } else { high = middle; }
}
b2[line0 + pair + i % 128i + (low - first)] = v0;
}

// sort: 64 workgroups; a32768 read_write, input 0 read, a49152 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<u32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;
fn key(x: f32) -> u32 {
let word = bitcast<u32>(x);
let size = word & 0x7fffffffu;
if (size > 0x7f800000u) { return 0xffffffffu; }
if (size == 0u) { return 0x80000000u; }
return select(word ^ 0x80000000u, ~word, word > 0x7fffffffu);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[line0 + i];
let v1 = b1[start + i32(v0)];
let v2 = key(v1);
let left = (i / 256i) % 2i == 0i;
let pair = i - i % 512i;
let other = select(pair, pair + 256i, left);
var low = min(other, 4096i);
var high = min(other + 256i, 4096i);
let first = low;
while (low < high) {
let middle = (low + high) / 2i;
let v3 = b0[line0 + middle];
let v4 = b1[start + i32(v3)];
let v5 = key(v4);
if (v5 < v2 || (!left && v5 == v2)) { low = middle + 1i; } else { high = middle; }
}
b2[line0 + pair + i % 256i + (low - first)] = v0;
}

// sort: 64 workgroups; a49152 read_write, input 0 read, a32768 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<u32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;
fn key(x: f32) -> u32 {
let word = bitcast<u32>(x);
let size = word & 0x7fffffffu;
if (size > 0x7f800000u) { return 0xffffffffu; }
if (size == 0u) { return 0x80000000u; }
return select(word ^ 0x80000000u, ~word, word > 0x7fffffffu);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[line0 + i];
let v1 = b1[start + i32(v0)];
let v2 = key(v1);
let left = (i / 512i) % 2i == 0i;
let pair = i - i % 1024i;
let other = select(pair, pair + 512i, left);
var low = min(other, 4096i);
var high = min(other + 512i, 4096i);
let first = low;
while (low < high) {
let middle = (low + high) / 2i;
let v3 = b0[line0 + middle];
let v4 = b1[start + i32(v3)];
let v5 = key(v4);
if (v5 < v2 || (!left && v5 == v2)) { low = middle + 1i; } else { high = middle; }
}
b2[line0 + pair + i % 512i + (low - first)] = v0;
}

// sort: 64 workgroups; a32768 read_write, input 0 read, a49152 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<u32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;
fn key(x: f32) -> u32 {
let word = bitcast<u32>(x);
let size = word & 0x7fffffffu;
if (size > 0x7f800000u) { return 0xffffffffu; }
if (size == 0u) { return 0x80000000u; }
return select(word ^ 0x80000000u, ~word, word > 0x7fffffffu);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[line0 + i];
let v1 = b1[start + i32(v0)];
let v2 = key(v1);
let left = (i / 1024i) % 2i == 0i;
let pair = i - i % 2048i;
let other = select(pair, pair + 1024i, left);
var low = min(other, 4096i);
var high = min(other + 1024i, 4096i);
let first = low;
while (low < high) {
let middle = (low + high) / 2i;
let v3 = b0[line0 + middle];
let v4 = b1[start + i32(v3)];
let v5 = key(v4);
if (v5 < v2 || (!left && v5 == v2)) { low = middle + 1i; } else { high = middle; }
}
b2[line0 + pair + i % 1024i + (low - first)] = v0;
}

// sort: 64 workgroups; a49152 read_write, input 0 read, a32768 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<u32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<u32>;
fn key(x: f32) -> u32 {
let word = bitcast<u32>(x);
let size = word & 0x7fffffffu;
if (size > 0x7f800000u) { return 0xffffffffu; }
if (size == 0u) { return 0x80000000u; }
return select(word ^ 0x80000000u, ~word, word > 0x7fffffffu);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[line0 + i];
let v1 = b1[start + i32(v0)];
let v2 = key(v1);
let left = (i / 2048i) % 2i == 0i;
let pair = i - i % 4096i;
let other = select(pair, pair + 2048i, left);
var low = min(other, 4096i);
var high = min(other + 2048i, 4096i);
let first = low;
while (low < high) {
let middle = (low + high) / 2i;
let v3 = b0[line0 + middle];
let v4 = b1[start + i32(v3)];
let v5 = key(v4);
if (v5 < v2 || (!left && v5 == v2)) { low = middle + 1i; } else { high = middle; }
}
b2[line0 + pair + i % 2048i + (low - first)] = v0;
}

// sort: 64 workgroups; a32768 read_write, input 0 read, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<u32>;
@group(0) @binding(1) var<storage, read> b1: array<f32>;
@group(0) @binding(2) var<storage, read_write> b2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[i32(flat)];
let v1 = b1[start + i32(v0)];
b2[start + i] = v1;
}

// sort: 64 workgroups; a32768 read_write, a0 read_write, a16384 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<u32>;
@group(0) @binding(1) var<storage, read_write> b1: array<i32>;
@group(0) @binding(2) var<storage, read_write> b2: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 4096u) { return; }
let line = flat / 4096u;
let i = i32(flat % 4096u);
let line0 = i32(line * 4096u);
let start = i32((line / 1u) * 4096u + line % 1u);
let v0 = b0[i32(flat)];
let v1 = b1[start + i32(v0)];
b2[start + i] = v1;
}
