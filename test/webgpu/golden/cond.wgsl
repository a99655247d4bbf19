// 4 dispatches, 4 kernels, 256 bytes for temporaries

// map kernel of convert: 1 workgroups; input 0 read, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<u32>;
@group(0) @binding(1) var<storage, read_write> b1: array<i32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 1u) { return; }
let v0 = u32(0i);
let v1 = b0[v0 >> 2u];
let v2 = ((v1 >> ((v0 & 3u) << 3u)) & 255u) != 0u;
let v3 = select(0i, 1i, v2);
b1[0i] = v3;
}

// decide: 1 workgroups; a0 read_write, counts read_write
@group(0) @binding(0) var<storage, read_write> b0: array<i32>;
@group(0) @binding(1) var<storage, read_write> b1: array<u32>;
var<private> table: array<vec4u, 2> = array<vec4u, 2>(vec4u(0u, 0u, 1u, 1u), vec4u(1u, 1u, 1u, 1u));
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let chosen = select(2u, u32(clamp(b0[0i], 0i, 1i)), true);
for (var k = lane; k < 2u; k += 64u) {
let row = table[k];
let on = row.y == chosen;
b1[3u * row.x] = select(0u, row.z, on);
b1[3u * row.x + 1u] = select(0u, row.w, on);
b1[3u * row.x + 2u] = select(0u, 1u, on);
}
}

// cumsum: 1 workgroups, if it is chosen; input 1 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
var<workgroup> sums: array<f32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let group = workgroup.y * workgroups.x + workgroup.x;
if (group >= 1u) { return; }
let line = group / 1u;
let tile_number = group % 1u;
let first = i32((line / 1u) * 64u + line % 1u);
var m0: f32 = 0.0f;
for (var t1 = 0u; t1 < 1u; t1++) {
let v2 = t1 * 1024u + lane * 4u + 0u;
let v3 = first + i32(min(v2, 63u)) * 1i;
let v4 = b0[v3];
let v5 = select(0.0f, v4, (v2 < 64u));
let v6 = t1 * 1024u + lane * 4u + 1u;
let v7 = first + i32(min(v6, 63u)) * 1i;
let v8 = b0[v7];
let v9 = select(0.0f, v8, (v6 < 64u));
let v10 = v5 + v9;
let v11 = t1 * 1024u + lane * 4u + 2u;
let v12 = first + i32(min(v11, 63u)) * 1i;
let v13 = b0[v12];
let v14 = select(0.0f, v13, (v11 < 64u));
let v15 = v10 + v14;
let v16 = t1 * 1024u + lane * 4u + 3u;
let v17 = first + i32(min(v16, 63u)) * 1i;
let v18 = b0[v17];
let v19 = select(0.0f, v18, (v16 < 64u));
let v20 = v15 + v19;
sums[lane] = v20;
workgroupBarrier();
for (var k21 = 0u; k21 < 8u; k21++) {
let w22 = 1u << k21;
let v23 = sums[lane];
let v24 = sums[max(lane, w22) - w22];
let v25 = v24 + v23;
workgroupBarrier();
if (lane >= w22) {
sums[lane] = v25;
}
workgroupBarrier();
}
let v26 = sums[255u];
let v27 = sums[max(lane, 1u) - 1u];
let v28 = select(v27, 0.0f, lane == 0u);
let v29 = m0 + v28;
let v30 = v29 + v5;
if (v2 < 64u) {
b1[v3] = v30;
}
let v31 = v29 + v10;
if (v6 < 64u) {
b1[v7] = v31;
}
let v32 = v29 + v15;
if (v11 < 64u) {
b1[v12] = v32;
}
let v33 = v29 + v20;
if (v16 < 64u) {
b1[v17] = v33;
}
workgroupBarrier();
let v34 = m0 + v26;
m0 = v34;
}
}

// map kernel of sin: 1 workgroups, if it is chosen; input 1 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<f32>;
@group(0) @binding(1) var<storage, read_write> b1: array<f32>;
fn wide_product(a: u32, b: u32) -> vec2u {
let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
let low = al * bl; let first = ah * bl + (low >> 16u); let second = al * bh + (first & 0xffffu);
return vec2u((second << 16u) | (low & 0xffffu), ah * bh + (first >> 16u) + (second >> 16u));
}
fn quadrant(word: u32) -> vec2u {
let size = word & 0x7fffffffu;
let small = size < 0x3f000000u;
let infinite = size >= 0x7f800000u;
let mantissa = (size << 8u) | 0x80000000u;
let exponent = select((size >> 23u) - 126u, 0u, small | infinite);
var table = array<u32, 7>(0u, 683565275u, 2475754826u, 2131351028u, 2102212464u, 920167782u, 1326507024u);
let i = exponent >> 5u;
let by = exponent & 31u;
let rest = 31u - by;
let w0 = table[i]; let w1 = table[i + 1u]; let w2 = table[i + 2u]; let w3 = table[min(i + 3u, 6u)];
let high = (w0 << by) | ((w1 >> 1u) >> rest);
let middle = (w1 << by) | ((w2 >> 1u) >> rest);
let low = (w2 << by) | ((w3 >> 1u) >> rest);
let p0 = wide_product(mantissa, low);
let p1 = wide_product(mantissa, middle);
let s0 = p1.x + p0.y;
let s1 = p1.y + select(0u, 1u, s0 < p1.x) + mantissa * high;
let f1 = s1 & 0x3fffffffu;
let upper = f1 >= 0x20000000u;
let k = (s1 >> 30u) + select(0u, 1u, upper);
let g0 = select(s0, ~s0 + 1u, upper);
let g1 = select(f1, 0x40000000u - f1 - select(1u, 0u, s0 == 0u), upper);
let sign = select(0u, 0x80000000u, upper);
let zeros = select(countLeadingZeros(g1), 32u + countLeadingZeros(g0 | 1u), g1 == 0u);
let shift = zeros & 31u;
let top = select(g1, g0, zeros >= 32u);
let next = select(g0, 0u, zeros >= 32u);
let leading = (top << shift) | ((next >> 1u) >> (31u - shift));
let scaled = wide_product(leading, 0xc90fdaa2u).y;
let r = f32(scaled) * bitcast<f32>((98u - zeros) << 23u);
return select(vec2u(select(bitcast<u32>(r) | sign, 0x7fc00000u, infinite), k), vec2u(size, 0u), small);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = (workgroup.y * workgroups.x + workgroup.x) * 64u + lane;
if (flat >= 64u) { return; }
let v0 = i32(flat);
let v1 = b0[v0];
let v2 = bitcast<u32>(v1);
let v3 = quadrant(v2);
let v4 = bitcast<f32>(v3.x ^ (v2 & 0x80000000u));
let v5 = select(v3.y, 0u - v3.y, v2 > 0x7fffffffu);
let v6 = v5 + 0u;
let v7 = v4 * v4;
let v8 = (v6 & 1u) != 0u;
let v9 = fma(0.000024462200599373318f, v7, -0.0013887612149119377f);
let v10 = fma(v9, v7, 0.041666653007268906f);
let v11 = fma(v10, v7, -0.5f);
let v12 = fma(v11, v7, 1.0f);
let v13 = fma(-0.0001951828453456983f, v7, 0.008332189172506332f);
let v14 = fma(v13, v7, -0.16666655242443085f);
let v15 = fma(v14, v7, 1.0f);
let v16 = v4 * v15;
let v17 = select(v16, v12, v8);
let v18 = bitcast<f32>(bitcast<u32>(v17) ^ ((v6 & 2u) << 30u));
b1[v0] = v18;
}
