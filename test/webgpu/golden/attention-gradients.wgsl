// 4 dispatches, 4 kernels, 4608 bytes for temporaries

// attention saving 16x32 2 each: 6 workgroups; input 0 read, input 1 read, input 2 read, a2560 read_write, a3072 read_write, a0 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read> b2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> b3: array<f32>;
@group(0) @binding(4) var<storage, read_write> b4: array<f32>;
@group(0) @binding(5) var<storage, read_write> b5: array<vec4f>;
var<workgroup> own: array<vec4f, 48>;
var<workgroup> other: array<vec4f, 96>;
var<workgroup> tile: array<vec4f, 144>;
var<workgroup> folded: array<f32, 128>;
var<workgroup> marks: array<atomic<u32>, 8>;
var<private> bits_zero: u32;
fn exponential_of(x: f32) -> f32 {
let v0 = select(x, -87.9000015258789f, x < -87.9000015258789f);
let v1 = select(v0, 89.0f, 89.0f < v0);
let v2 = fma(v1, 1.4426950216293335f, -0.5f);
let v3 = v2 + 12583039.0f;
let v4 = bitcast<f32>(bitcast<u32>(v3) ^ bits_zero);
let v5 = v4 - 12583039.0f;
let v6 = fma(v5, -0.693359375f, v1);
let v7 = fma(v5, 0.00021219444170128554f, v6);
let v8 = fma(0.001875321613624692f, v7, 0.007939801551401615f);
let v9 = fma(v8, v7, 0.04180574417114258f);
let v10 = fma(v9, v7, 0.16664621233940125f);
let v11 = fma(v10, v7, 0.5000008344650269f);
let v12 = fma(v11, v7, 1.0f);
let v13 = fma(v12, v7, 1.0f);
let v14 = bitcast<u32>(v4) << 23u;
let v15 = v13 * bitcast<f32>(v14);
return v15;
}
fn exponentials(x: vec4f) -> vec4f { return vec4f(exponential_of(x.x), exponential_of(x.y), exponential_of(x.z), exponential_of(x.w)); }
fn greater_of(a: f32, b: f32) -> f32 { return select(a, b, (a < b) | ((bitcast<u32>(b) & 0x7fffffffu) > 0x7f800000u)); }
fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }
fn not_finite(x: vec4f) -> vec4<bool> { return (bitcast<vec4u>(x) & vec4u(0x7f800000u)) == vec4u(0x7f800000u); }
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 6u) { return; }
let pair = flat % 2u;
let row0 = (2u - flat / 2u) * 16u;
let example = pair / 2u;
let head = pair % 2u;
let x = lane % 8u;
let y = lane / 8u;
let query_first = i32(example) * 640i + i32(head) * 8i;
let key_first = i32(example) * 640i + i32(head) * 8i;
let value_first = i32(example) * 640i + i32(head) * 8i;
let out_first = i32(example) * 640i + i32(head) * 8i;
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
if (at < 32u) {
let line = at / 2u;
let quad = at % 2u;
let row = min(row0 + line, 39u);
let v0 = query_first + i32(row) * 16i + i32(quad) * 4i;
let four1 = (b0[(v0) >> 2u]);
own[line * 3u + quad] = select(vec4f(), vec4f(four1.x, four1.y, four1.z, four1.w) * 0.3535533845424652f, row0 + line < 40u);
}
}
var mixed0_0 = vec4f();
var mixed1_0 = vec4f();
var greatest0 = bitcast<f32>(bits_minus_infinity);
var total0 = 0.0f;
var greatest1 = bitcast<f32>(bits_minus_infinity);
var total1 = 0.0f;
let last = min(2u, (row0 + 15u) / 32u + 1u);
for (var step = 0u; step < last; step++) {
let column0 = step * 32u;
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
let line = at / 2u;
let quad = at % 2u;
let row = min(column0 + line, 39u);
let v2 = key_first + i32(row) * 16i + i32(quad) * 4i;
let four3 = (b1[(v2) >> 2u]);
other[line * 3u + quad] = select(vec4f(), vec4f(four3.x, four3.y, four3.z, four3.w), column0 + line < 40u);
}
workgroupBarrier();
var score0_0 = vec4f();
var score1_0 = vec4f();
for (var d = 0u; d < 2u; d++) {
let own0 = own[(y + 0u) * 3u + d];
let own1 = own[(y + 8u) * 3u + d];
let other0_0 = other[(x + 0u) * 3u + d];
let other0_1 = other[(x + 8u) * 3u + d];
let other0_2 = other[(x + 16u) * 3u + d];
let other0_3 = other[(x + 24u) * 3u + d];
score0_0 += vec4f(dot(own0, other0_0), dot(own0, other0_1), dot(own0, other0_2), dot(own0, other0_3));
score1_0 += vec4f(dot(own1, other0_0), dot(own1, other0_1), dot(own1, other0_2), dot(own1, other0_3));
}
let columns4 = vec4u(column0 + (x + 0u), column0 + (x + 8u), column0 + (x + 16u), column0 + (x + 24u));
let seen5 = (columns4 < vec4u(40u)) & (columns4 <= vec4u((row0 + y + 0u)));
let columns6 = vec4u(column0 + (x + 0u), column0 + (x + 8u), column0 + (x + 16u), column0 + (x + 24u));
let seen7 = (columns6 < vec4u(40u)) & (columns6 <= vec4u((row0 + y + 8u)));
var most0 = bitcast<f32>(bits_minus_infinity);
score0_0 = select(vec4f(bitcast<f32>(bits_minus_infinity)), score0_0, seen5);
most0 = greater_of(most0, score0_0.x);
most0 = greater_of(most0, score0_0.y);
most0 = greater_of(most0, score0_0.z);
most0 = greater_of(most0, score0_0.w);
folded[(y + 0u) * 8u + x] = most0;
var most1 = bitcast<f32>(bits_minus_infinity);
score1_0 = select(vec4f(bitcast<f32>(bits_minus_infinity)), score1_0, seen7);
most1 = greater_of(most1, score1_0.x);
most1 = greater_of(most1, score1_0.y);
most1 = greater_of(most1, score1_0.z);
most1 = greater_of(most1, score1_0.w);
folded[(y + 8u) * 8u + x] = most1;
workgroupBarrier();
var now0 = greatest0;
var now1 = greatest1;
for (var j = 0u; j < 8u; j++) {
now0 = greater_of(now0, folded[(y + 0u) * 8u + j]);
now1 = greater_of(now1, folded[(y + 8u) * 8u + j]);
}
let shift0 = select(0.0f, now0, is_finite(now0));
let scale0 = select(1.0f, exponential_of(greatest0 - now0), is_finite(greatest0) & is_finite(now0));
greatest0 = now0;
total0 *= scale0;
mixed0_0 *= scale0;
score0_0 = exponentials(score0_0 - shift0);
total0 += (score0_0.x + score0_0.y) + (score0_0.z + score0_0.w);
let shift1 = select(0.0f, now1, is_finite(now1));
let scale1 = select(1.0f, exponential_of(greatest1 - now1), is_finite(greatest1) & is_finite(now1));
greatest1 = now1;
total1 *= scale1;
mixed1_0 *= scale1;
score1_0 = exponentials(score1_0 - shift1);
total1 += (score1_0.x + score1_0.y) + (score1_0.z + score1_0.w);
tile[(y + 0u) * 9u + 0u + x] = score0_0;
tile[(y + 8u) * 9u + 0u + x] = score1_0;
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
let line = at / 2u;
let quad = at % 2u;
let row = min(column0 + line, 39u);
let v8 = value_first + i32(row) * 16i + i32(quad) * 4i;
let four9 = (b2[(v8) >> 2u]);
other[line * 3u + quad] = select(vec4f(), vec4f(four9.x, four9.y, four9.z, four9.w), column0 + line < 40u);
}
workgroupBarrier();
let mixed_at0 = min(x + 0u, 1u);
for (var p = 0u; p < 8u; p++) {
let weight0 = tile[(y + 0u) * 9u + 0u + p];
let weight1 = tile[(y + 8u) * 9u + 0u + p];
let other0_0 = other[(p + 0u) * 3u + mixed_at0];
mixed0_0 += weight0.x * other0_0;
mixed1_0 += weight1.x * other0_0;
let other1_0 = other[(p + 8u) * 3u + mixed_at0];
mixed0_0 += weight0.y * other1_0;
mixed1_0 += weight1.y * other1_0;
let other2_0 = other[(p + 16u) * 3u + mixed_at0];
mixed0_0 += weight0.z * other2_0;
mixed1_0 += weight1.z * other2_0;
let other3_0 = other[(p + 24u) * 3u + mixed_at0];
mixed0_0 += weight0.w * other3_0;
mixed1_0 += weight1.w * other3_0;
}
workgroupBarrier();
}
folded[(y + 0u) * 8u + x] = total0;
folded[(y + 8u) * 8u + x] = total1;
for (var row = min(last * 32u, 40u) + y; row < 40u; row += 8u) {
let v10 = value_first + i32(row) * 16i + i32(min(x + 0u, 1u)) * 4i;
let four11 = (b2[(v10) >> 2u]);
let bad0 = not_finite(vec4f(four11.x, four11.y, four11.z, four11.w));
if (bad0.x) { atomicStore(&marks[min(x + 0u, 1u) * 4u + 0u], 1u); }
if (bad0.y) { atomicStore(&marks[min(x + 0u, 1u) * 4u + 1u], 1u); }
if (bad0.z) { atomicStore(&marks[min(x + 0u, 1u) * 4u + 2u], 1u); }
if (bad0.w) { atomicStore(&marks[min(x + 0u, 1u) * 4u + 3u], 1u); }
}
workgroupBarrier();
var sum0 = 0.0f;
var sum1 = 0.0f;
for (var j = 0u; j < 8u; j++) {
sum0 += folded[(y + 0u) * 8u + j];
sum1 += folded[(y + 8u) * 8u + j];
}
sum0 = select(sum0, 1.0f, sum0 == 0.0f);
if (x == 0u && (row0 + y + 0u) < 40u) {
b3[i32(pair) * 40i + i32(min((row0 + y + 0u), 39u))] = select(0.0f, greatest0, is_finite(greatest0));
b4[i32(pair) * 40i + i32(min((row0 + y + 0u), 39u))] = sum0;
}
sum1 = select(sum1, 1.0f, sum1 == 0.0f);
if (x == 0u && (row0 + y + 8u) < 40u) {
b3[i32(pair) * 40i + i32(min((row0 + y + 8u), 39u))] = select(0.0f, greatest1, is_finite(greatest1));
b4[i32(pair) * 40i + i32(min((row0 + y + 8u), 39u))] = sum1;
}
let marks0 = vec4<bool>(atomicLoad(&marks[min(x + 0u, 1u) * 4u + 0u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 1u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 2u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 3u]) != 0u);
mixed0_0 = select(mixed0_0, vec4f(bitcast<f32>(bits_nan)), marks0);
mixed1_0 = select(mixed1_0, vec4f(bitcast<f32>(bits_nan)), marks0);
if ((row0 + y + 0u) < 40u) {
if ((x + 0u) < 2u) {
b5[(out_first + i32((row0 + y + 0u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(mixed0_0.x / sum0, mixed0_0.y / sum0, mixed0_0.z / sum0, mixed0_0.w / sum0);
}
}
if ((row0 + y + 8u) < 40u) {
if ((x + 0u) < 2u) {
b5[(out_first + i32((row0 + y + 8u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(mixed1_0.x / sum1, mixed1_0.y / sum1, mixed1_0.z / sum1, mixed1_0.w / sum1);
}
}
}

// attention backward 16x32 2 each, levels: 10 workgroups; a3072 read_write, input 3 read, a0 read_write, a2560 read_write, a3584 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> b2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> b3: array<f32>;
@group(0) @binding(4) var<storage, read_write> b4: array<f32>;
var<workgroup> folded: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 10u) { return; }
let pair = flat / 5u;
let row0 = (flat % 5u) * 8u;
let example = pair / 2u;
let head = pair % 2u;
let x = lane % 8u;
let y = lane / 8u;
let out_first = i32(example) * 640i + i32(head) * 8i;
let cotangent_first = i32(example) * 640i + i32(head) * 8i;
let query = min(row0 + y, 39u);
var part = 0.0f;
let v0 = b0[i32(pair) * 40i + i32(min(query, 39u))];
let sum = v0;
for (var g = 0u; g < 1u; g++) {
let quad = g * 8u + x;
if (quad < 2u) {
let v1 = cotangent_first + i32(query) * 16i + i32(quad) * 4i;
let four2 = (b1[(v1) >> 2u]);
let v3 = out_first + i32(query) * 16i + i32(quad) * 4i;
let four4 = (b2[(v3) >> 2u]);
part += dot(vec4f(four2.x, four2.y, four2.z, four2.w) / sum, vec4f(four4.x, four4.y, four4.z, four4.w));
}
}
folded[lane] = part;
workgroupBarrier();
if (x == 0u && row0 + y < 40u) {
var level = folded[lane];
level += folded[lane + 1u];
level += folded[lane + 2u];
level += folded[lane + 3u];
level += folded[lane + 4u];
level += folded[lane + 5u];
level += folded[lane + 6u];
level += folded[lane + 7u];
let v5 = b3[i32(pair) * 40i + i32(min(query, 39u))];
b4[0i + i32(pair) * 40i + i32(min(query, 39u))] = v5;
b4[80i + i32(pair) * 40i + i32(min(query, 39u))] = sum;
b4[160i + i32(pair) * 40i + i32(min(query, 39u))] = level;
}
}

// attention backward 16x32 2 each, queries: 6 workgroups; a3584 read_write, input 0 read, input 3 read, input 2 read, input 1 read, result 0 read_write
@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read> b2: array<vec4f>;
@group(0) @binding(3) var<storage, read> b3: array<vec4f>;
@group(0) @binding(4) var<storage, read> b4: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> b5: array<vec4f>;
var<workgroup> own: array<vec4f, 48>;
var<workgroup> shares: array<vec4f, 48>;
var<workgroup> other: array<vec4f, 96>;
var<workgroup> tile: array<vec4f, 144>;
var<workgroup> marks: array<atomic<u32>, 8>;
var<private> bits_zero: u32;
fn exponential_of(x: f32) -> f32 {
let v0 = select(x, -87.9000015258789f, x < -87.9000015258789f);
let v1 = select(v0, 89.0f, 89.0f < v0);
let v2 = fma(v1, 1.4426950216293335f, -0.5f);
let v3 = v2 + 12583039.0f;
let v4 = bitcast<f32>(bitcast<u32>(v3) ^ bits_zero);
let v5 = v4 - 12583039.0f;
let v6 = fma(v5, -0.693359375f, v1);
let v7 = fma(v5, 0.00021219444170128554f, v6);
let v8 = fma(0.001875321613624692f, v7, 0.007939801551401615f);
let v9 = fma(v8, v7, 0.04180574417114258f);
let v10 = fma(v9, v7, 0.16664621233940125f);
let v11 = fma(v10, v7, 0.5000008344650269f);
let v12 = fma(v11, v7, 1.0f);
let v13 = fma(v12, v7, 1.0f);
let v14 = bitcast<u32>(v4) << 23u;
let v15 = v13 * bitcast<f32>(v14);
return v15;
}
fn exponentials(x: vec4f) -> vec4f { return vec4f(exponential_of(x.x), exponential_of(x.y), exponential_of(x.z), exponential_of(x.w)); }
fn not_finite(x: vec4f) -> vec4<bool> { return (bitcast<vec4u>(x) & vec4u(0x7f800000u)) == vec4u(0x7f800000u); }
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 6u) { return; }
let pair = flat % 2u;
let row0 = (2u - flat / 2u) * 16u;
let example = pair / 2u;
let head = pair % 2u;
let x = lane % 8u;
let y = lane / 8u;
let query_first = i32(example) * 640i + i32(head) * 8i;
let key_first = i32(example) * 640i + i32(head) * 8i;
let value_first = i32(example) * 640i + i32(head) * 8i;
let share_first = i32(example) * 640i + i32(head) * 8i;
let result_first = i32(example) * 640i + i32(head) * 8i;
let v0 = b0[0i + i32(pair) * 40i + i32(min((row0 + y + 0u), 39u))];
let shift0 = v0;
let v1 = b0[0i + i32(pair) * 40i + i32(min((row0 + y + 8u), 39u))];
let shift1 = v1;
let v2 = b0[160i + i32(pair) * 40i + i32(min((row0 + y + 0u), 39u))];
let level0 = v2;
let v3 = b0[160i + i32(pair) * 40i + i32(min((row0 + y + 8u), 39u))];
let level1 = v3;
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
if (at < 32u) {
let line = at / 2u;
let quad = at % 2u;
let row = min(row0 + line, 39u);
let v4 = query_first + i32(row) * 16i + i32(quad) * 4i;
let four5 = (b1[(v4) >> 2u]);
own[line * 3u + quad] = select(vec4f(), vec4f(four5.x, four5.y, four5.z, four5.w) * 0.3535533845424652f, row0 + line < 40u);
}
}
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
if (at < 32u) {
let line = at / 2u;
let quad = at % 2u;
let row = min(row0 + line, 39u);
let v6 = share_first + i32(row) * 16i + i32(quad) * 4i;
let four7 = (b2[(v6) >> 2u]);
let v8 = b0[80i + i32(pair) * 40i + i32(min(row, 39u))];
shares[line * 3u + quad] = select(vec4f(), vec4f(four7.x, four7.y, four7.z, four7.w) / v8, row0 + line < 40u);
}
}
var gradient0_0 = vec4f();
var gradient1_0 = vec4f();
let last = min(2u, (row0 + 15u) / 32u + 1u);
for (var step = 0u; step < last; step++) {
let column0 = step * 32u;
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
let line = at / 2u;
let quad = at % 2u;
let row = min(column0 + line, 39u);
let v9 = value_first + i32(row) * 16i + i32(quad) * 4i;
let four10 = (b3[(v9) >> 2u]);
other[line * 3u + quad] = select(vec4f(), vec4f(four10.x, four10.y, four10.z, four10.w), column0 + line < 40u);
}
workgroupBarrier();
var weight_of0_0 = vec4f();
var weight_of1_0 = vec4f();
for (var d = 0u; d < 2u; d++) {
let own0 = shares[(y + 0u) * 3u + d];
let own1 = shares[(y + 8u) * 3u + d];
let other0_0 = other[(x + 0u) * 3u + d];
let other0_1 = other[(x + 8u) * 3u + d];
let other0_2 = other[(x + 16u) * 3u + d];
let other0_3 = other[(x + 24u) * 3u + d];
weight_of0_0 += vec4f(dot(own0, other0_0), dot(own0, other0_1), dot(own0, other0_2), dot(own0, other0_3));
weight_of1_0 += vec4f(dot(own1, other0_0), dot(own1, other0_1), dot(own1, other0_2), dot(own1, other0_3));
}
workgroupBarrier();
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
let line = at / 2u;
let quad = at % 2u;
let row = min(column0 + line, 39u);
let v11 = key_first + i32(row) * 16i + i32(quad) * 4i;
let four12 = (b4[(v11) >> 2u]);
other[line * 3u + quad] = select(vec4f(), vec4f(four12.x, four12.y, four12.z, four12.w), column0 + line < 40u);
}
workgroupBarrier();
var score0_0 = vec4f();
var score1_0 = vec4f();
for (var d = 0u; d < 2u; d++) {
let own0 = own[(y + 0u) * 3u + d];
let own1 = own[(y + 8u) * 3u + d];
let other0_0 = other[(x + 0u) * 3u + d];
let other0_1 = other[(x + 8u) * 3u + d];
let other0_2 = other[(x + 16u) * 3u + d];
let other0_3 = other[(x + 24u) * 3u + d];
score0_0 += vec4f(dot(own0, other0_0), dot(own0, other0_1), dot(own0, other0_2), dot(own0, other0_3));
score1_0 += vec4f(dot(own1, other0_0), dot(own1, other0_1), dot(own1, other0_2), dot(own1, other0_3));
}
let columns13 = vec4u(column0 + (x + 0u), column0 + (x + 8u), column0 + (x + 16u), column0 + (x + 24u));
let seen14 = (columns13 < vec4u(40u)) & (columns13 <= vec4u((row0 + y + 0u)));
score0_0 = select(vec4f(), exponentials(score0_0 - shift0) * (weight_of0_0 - level0), seen14);
let columns15 = vec4u(column0 + (x + 0u), column0 + (x + 8u), column0 + (x + 16u), column0 + (x + 24u));
let seen16 = (columns15 < vec4u(40u)) & (columns15 <= vec4u((row0 + y + 8u)));
score1_0 = select(vec4f(), exponentials(score1_0 - shift1) * (weight_of1_0 - level1), seen16);
tile[(y + 0u) * 9u + 0u + x] = score0_0;
tile[(y + 8u) * 9u + 0u + x] = score1_0;
workgroupBarrier();
let gradient_at0 = min(x + 0u, 1u);
for (var p = 0u; p < 8u; p++) {
let weight0 = tile[(y + 0u) * 9u + 0u + p];
let weight1 = tile[(y + 8u) * 9u + 0u + p];
let other0_0 = other[(p + 0u) * 3u + gradient_at0];
gradient0_0 += weight0.x * other0_0;
gradient1_0 += weight1.x * other0_0;
let other1_0 = other[(p + 8u) * 3u + gradient_at0];
gradient0_0 += weight0.y * other1_0;
gradient1_0 += weight1.y * other1_0;
let other2_0 = other[(p + 16u) * 3u + gradient_at0];
gradient0_0 += weight0.z * other2_0;
gradient1_0 += weight1.z * other2_0;
let other3_0 = other[(p + 24u) * 3u + gradient_at0];
gradient0_0 += weight0.w * other3_0;
gradient1_0 += weight1.w * other3_0;
}
workgroupBarrier();
}
for (var row = min(last * 32u, 40u) + y; row < 40u; row += 8u) {
let v17 = key_first + i32(row) * 16i + i32(min(x + 0u, 1u)) * 4i;
let four18 = (b4[(v17) >> 2u]);
let bad0 = not_finite(vec4f(four18.x, four18.y, four18.z, four18.w));
if (bad0.x) { atomicStore(&marks[min(x + 0u, 1u) * 4u + 0u], 1u); }
if (bad0.y) { atomicStore(&marks[min(x + 0u, 1u) * 4u + 1u], 1u); }
if (bad0.z) { atomicStore(&marks[min(x + 0u, 1u) * 4u + 2u], 1u); }
if (bad0.w) { atomicStore(&marks[min(x + 0u, 1u) * 4u + 3u], 1u); }
}
workgroupBarrier();
let marks0 = vec4<bool>(atomicLoad(&marks[min(x + 0u, 1u) * 4u + 0u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 1u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 2u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 3u]) != 0u);
gradient0_0 = select(gradient0_0, vec4f(bitcast<f32>(bits_nan)), marks0);
gradient1_0 = select(gradient1_0, vec4f(bitcast<f32>(bits_nan)), marks0);
if ((row0 + y + 0u) < 40u) {
if ((x + 0u) < 2u) {
b5[(result_first + i32((row0 + y + 0u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(gradient0_0.x * 0.3535533845424652f, gradient0_0.y * 0.3535533845424652f, gradient0_0.z * 0.3535533845424652f, gradient0_0.w * 0.3535533845424652f);
}
}
if ((row0 + y + 8u) < 40u) {
if ((x + 0u) < 2u) {
b5[(result_first + i32((row0 + y + 8u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(gradient1_0.x * 0.3535533845424652f, gradient1_0.y * 0.3535533845424652f, gradient1_0.z * 0.3535533845424652f, gradient1_0.w * 0.3535533845424652f);
}
}
}

// attention backward 16x32 2 each, keys and values: 6 workgroups; input 1 read, input 2 read, input 0 read, a3584 read_write, input 3 read, result 1 read_write, result 2 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read> b2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> b3: array<f32>;
@group(0) @binding(4) var<storage, read> b4: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> b5: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> b6: array<vec4f>;
var<workgroup> own: array<vec4f, 48>;
var<workgroup> own_values: array<vec4f, 48>;
var<workgroup> other: array<vec4f, 96>;
var<workgroup> tile: array<vec4f, 144>;
var<workgroup> key_marks: array<atomic<u32>, 8>;
var<workgroup> value_marks: array<atomic<u32>, 8>;
var<private> bits_zero: u32;
fn exponential_of(x: f32) -> f32 {
let v0 = select(x, -87.9000015258789f, x < -87.9000015258789f);
let v1 = select(v0, 89.0f, 89.0f < v0);
let v2 = fma(v1, 1.4426950216293335f, -0.5f);
let v3 = v2 + 12583039.0f;
let v4 = bitcast<f32>(bitcast<u32>(v3) ^ bits_zero);
let v5 = v4 - 12583039.0f;
let v6 = fma(v5, -0.693359375f, v1);
let v7 = fma(v5, 0.00021219444170128554f, v6);
let v8 = fma(0.001875321613624692f, v7, 0.007939801551401615f);
let v9 = fma(v8, v7, 0.04180574417114258f);
let v10 = fma(v9, v7, 0.16664621233940125f);
let v11 = fma(v10, v7, 0.5000008344650269f);
let v12 = fma(v11, v7, 1.0f);
let v13 = fma(v12, v7, 1.0f);
let v14 = bitcast<u32>(v4) << 23u;
let v15 = v13 * bitcast<f32>(v14);
return v15;
}
fn exponentials(x: vec4f) -> vec4f { return vec4f(exponential_of(x.x), exponential_of(x.y), exponential_of(x.z), exponential_of(x.w)); }
fn not_finite(x: vec4f) -> vec4<bool> { return (bitcast<vec4u>(x) & vec4u(0x7f800000u)) == vec4u(0x7f800000u); }
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u, @builtin(local_invocation_index) lane: u32) {
bits_zero = workgroups.x & 0x80000000u;
let bits_infinity = bits_zero | 0x7f800000u;
let bits_minus_infinity = bits_zero | 0xff800000u;
let bits_nan = bits_zero | 0x7fc00000u;
let flat = workgroup.y * workgroups.x + workgroup.x;
if (flat >= 6u) { return; }
let pair = flat % 2u;
let row0 = (flat / 2u) * 16u;
let example = pair / 2u;
let head = pair % 2u;
let x = lane % 8u;
let y = lane / 8u;
let query_first = i32(example) * 640i + i32(head) * 8i;
let key_first = i32(example) * 640i + i32(head) * 8i;
let value_first = i32(example) * 640i + i32(head) * 8i;
let share_first = i32(example) * 640i + i32(head) * 8i;
let of_key_first = i32(example) * 640i + i32(head) * 8i;
let of_value_first = i32(example) * 640i + i32(head) * 8i;
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
if (at < 32u) {
let line = at / 2u;
let quad = at % 2u;
let row = min(row0 + line, 39u);
let v0 = key_first + i32(row) * 16i + i32(quad) * 4i;
let four1 = (b0[(v0) >> 2u]);
own[line * 3u + quad] = select(vec4f(), vec4f(four1.x, four1.y, four1.z, four1.w), row0 + line < 40u);
}
}
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
if (at < 32u) {
let line = at / 2u;
let quad = at % 2u;
let row = min(row0 + line, 39u);
let v2 = value_first + i32(row) * 16i + i32(quad) * 4i;
let four3 = (b1[(v2) >> 2u]);
own_values[line * 3u + quad] = select(vec4f(), vec4f(four3.x, four3.y, four3.z, four3.w), row0 + line < 40u);
}
}
var key_gradient0_0 = vec4f();
var key_gradient1_0 = vec4f();
var value_gradient0_0 = vec4f();
var value_gradient1_0 = vec4f();
let first = min(2u, row0 / 32u);
for (var step = first; step < 2u; step++) {
let column0 = step * 32u;
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
let line = at / 2u;
let quad = at % 2u;
let row = min(column0 + line, 39u);
let v4 = query_first + i32(row) * 16i + i32(quad) * 4i;
let four5 = (b2[(v4) >> 2u]);
other[line * 3u + quad] = select(vec4f(), vec4f(four5.x, four5.y, four5.z, four5.w) * 0.3535533845424652f, column0 + line < 40u);
}
workgroupBarrier();
var score0_0 = vec4f();
var score1_0 = vec4f();
for (var d = 0u; d < 2u; d++) {
let own0 = own[(y + 0u) * 3u + d];
let own1 = own[(y + 8u) * 3u + d];
let other0_0 = other[(x + 0u) * 3u + d];
let other0_1 = other[(x + 8u) * 3u + d];
let other0_2 = other[(x + 16u) * 3u + d];
let other0_3 = other[(x + 24u) * 3u + d];
score0_0 += vec4f(dot(own0, other0_0), dot(own0, other0_1), dot(own0, other0_2), dot(own0, other0_3));
score1_0 += vec4f(dot(own1, other0_0), dot(own1, other0_1), dot(own1, other0_2), dot(own1, other0_3));
}
let v6 = b3[0i + i32(pair) * 40i + i32(min(column0 + (x + 0u), 39u))];
let v7 = b3[0i + i32(pair) * 40i + i32(min(column0 + (x + 8u), 39u))];
let v8 = b3[0i + i32(pair) * 40i + i32(min(column0 + (x + 16u), 39u))];
let v9 = b3[0i + i32(pair) * 40i + i32(min(column0 + (x + 24u), 39u))];
let shift0 = vec4f(v6, v7, v8, v9);
let v10 = b3[160i + i32(pair) * 40i + i32(min(column0 + (x + 0u), 39u))];
let v11 = b3[160i + i32(pair) * 40i + i32(min(column0 + (x + 8u), 39u))];
let v12 = b3[160i + i32(pair) * 40i + i32(min(column0 + (x + 16u), 39u))];
let v13 = b3[160i + i32(pair) * 40i + i32(min(column0 + (x + 24u), 39u))];
let level0 = vec4f(v10, v11, v12, v13);
let columns14 = vec4u(column0 + (x + 0u), column0 + (x + 8u), column0 + (x + 16u), column0 + (x + 24u));
let seen15 = (columns14 < vec4u(40u)) & (columns14 >= vec4u((row0 + y + 0u)));
let columns16 = vec4u(column0 + (x + 0u), column0 + (x + 8u), column0 + (x + 16u), column0 + (x + 24u));
let seen17 = (columns16 < vec4u(40u)) & (columns16 >= vec4u((row0 + y + 8u)));
score0_0 = select(vec4f(), exponentials(score0_0 - shift0), seen15);
score1_0 = select(vec4f(), exponentials(score1_0 - shift0), seen17);
tile[(y + 0u) * 9u + 0u + x] = score0_0;
tile[(y + 8u) * 9u + 0u + x] = score1_0;
workgroupBarrier();
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
let line = at / 2u;
let quad = at % 2u;
let row = min(column0 + line, 39u);
let v18 = share_first + i32(row) * 16i + i32(quad) * 4i;
let four19 = (b4[(v18) >> 2u]);
let v20 = b3[80i + i32(pair) * 40i + i32(min(row, 39u))];
other[line * 3u + quad] = select(vec4f(), vec4f(four19.x, four19.y, four19.z, four19.w) / v20, column0 + line < 40u);
}
workgroupBarrier();
let value_gradient_at0 = min(x + 0u, 1u);
for (var p = 0u; p < 8u; p++) {
let weight0 = tile[(y + 0u) * 9u + 0u + p];
let weight1 = tile[(y + 8u) * 9u + 0u + p];
let other0_0 = other[(p + 0u) * 3u + value_gradient_at0];
value_gradient0_0 += weight0.x * other0_0;
value_gradient1_0 += weight1.x * other0_0;
let other1_0 = other[(p + 8u) * 3u + value_gradient_at0];
value_gradient0_0 += weight0.y * other1_0;
value_gradient1_0 += weight1.y * other1_0;
let other2_0 = other[(p + 16u) * 3u + value_gradient_at0];
value_gradient0_0 += weight0.z * other2_0;
value_gradient1_0 += weight1.z * other2_0;
let other3_0 = other[(p + 24u) * 3u + value_gradient_at0];
value_gradient0_0 += weight0.w * other3_0;
value_gradient1_0 += weight1.w * other3_0;
}
var weight_of0_0 = vec4f();
var weight_of1_0 = vec4f();
for (var d = 0u; d < 2u; d++) {
let own0 = own_values[(y + 0u) * 3u + d];
let own1 = own_values[(y + 8u) * 3u + d];
let other0_0 = other[(x + 0u) * 3u + d];
let other0_1 = other[(x + 8u) * 3u + d];
let other0_2 = other[(x + 16u) * 3u + d];
let other0_3 = other[(x + 24u) * 3u + d];
weight_of0_0 += vec4f(dot(own0, other0_0), dot(own0, other0_1), dot(own0, other0_2), dot(own0, other0_3));
weight_of1_0 += vec4f(dot(own1, other0_0), dot(own1, other0_1), dot(own1, other0_2), dot(own1, other0_3));
}
score0_0 = select(vec4f(), score0_0 * (weight_of0_0 - level0), seen15);
score1_0 = select(vec4f(), score1_0 * (weight_of1_0 - level0), seen17);
workgroupBarrier();
tile[(y + 0u) * 9u + 0u + x] = score0_0;
tile[(y + 8u) * 9u + 0u + x] = score1_0;
for (var i = 0u; i < 1u; i++) {
let at = lane + i * 64u;
let line = at / 2u;
let quad = at % 2u;
let row = min(column0 + line, 39u);
let v21 = query_first + i32(row) * 16i + i32(quad) * 4i;
let four22 = (b2[(v21) >> 2u]);
other[line * 3u + quad] = select(vec4f(), vec4f(four22.x, four22.y, four22.z, four22.w) * 0.3535533845424652f, column0 + line < 40u);
}
workgroupBarrier();
let key_gradient_at0 = min(x + 0u, 1u);
for (var p = 0u; p < 8u; p++) {
let weight0 = tile[(y + 0u) * 9u + 0u + p];
let weight1 = tile[(y + 8u) * 9u + 0u + p];
let other0_0 = other[(p + 0u) * 3u + key_gradient_at0];
key_gradient0_0 += weight0.x * other0_0;
key_gradient1_0 += weight1.x * other0_0;
let other1_0 = other[(p + 8u) * 3u + key_gradient_at0];
key_gradient0_0 += weight0.y * other1_0;
key_gradient1_0 += weight1.y * other1_0;
let other2_0 = other[(p + 16u) * 3u + key_gradient_at0];
key_gradient0_0 += weight0.z * other2_0;
key_gradient1_0 += weight1.z * other2_0;
let other3_0 = other[(p + 24u) * 3u + key_gradient_at0];
key_gradient0_0 += weight0.w * other3_0;
key_gradient1_0 += weight1.w * other3_0;
}
workgroupBarrier();
}
 {
for (var row = 0u + y; row < min(first * 32u, 40u); row += 8u) {
let v23 = query_first + i32(row) * 16i + i32(min(x + 0u, 1u)) * 4i;
let four24 = (b2[(v23) >> 2u]);
let bad0 = not_finite(vec4f(four24.x, four24.y, four24.z, four24.w) * 0.3535533845424652f);
if (bad0.x) { atomicStore(&key_marks[min(x + 0u, 1u) * 4u + 0u], 1u); }
if (bad0.y) { atomicStore(&key_marks[min(x + 0u, 1u) * 4u + 1u], 1u); }
if (bad0.z) { atomicStore(&key_marks[min(x + 0u, 1u) * 4u + 2u], 1u); }
if (bad0.w) { atomicStore(&key_marks[min(x + 0u, 1u) * 4u + 3u], 1u); }
}
}
 {
for (var row = 0u + y; row < min(first * 32u, 40u); row += 8u) {
let v25 = share_first + i32(row) * 16i + i32(min(x + 0u, 1u)) * 4i;
let four26 = (b4[(v25) >> 2u]);
let v27 = b3[80i + i32(pair) * 40i + i32(min(row, 39u))];
let bad0 = not_finite(vec4f(four26.x, four26.y, four26.z, four26.w) / v27);
if (bad0.x) { atomicStore(&value_marks[min(x + 0u, 1u) * 4u + 0u], 1u); }
if (bad0.y) { atomicStore(&value_marks[min(x + 0u, 1u) * 4u + 1u], 1u); }
if (bad0.z) { atomicStore(&value_marks[min(x + 0u, 1u) * 4u + 2u], 1u); }
if (bad0.w) { atomicStore(&value_marks[min(x + 0u, 1u) * 4u + 3u], 1u); }
}
}
workgroupBarrier();
let key_marks0 = vec4<bool>(atomicLoad(&key_marks[min(x + 0u, 1u) * 4u + 0u]) != 0u, atomicLoad(&key_marks[min(x + 0u, 1u) * 4u + 1u]) != 0u, atomicLoad(&key_marks[min(x + 0u, 1u) * 4u + 2u]) != 0u, atomicLoad(&key_marks[min(x + 0u, 1u) * 4u + 3u]) != 0u);
key_gradient0_0 = select(key_gradient0_0, vec4f(bitcast<f32>(bits_nan)), key_marks0);
key_gradient1_0 = select(key_gradient1_0, vec4f(bitcast<f32>(bits_nan)), key_marks0);
let value_marks0 = vec4<bool>(atomicLoad(&value_marks[min(x + 0u, 1u) * 4u + 0u]) != 0u, atomicLoad(&value_marks[min(x + 0u, 1u) * 4u + 1u]) != 0u, atomicLoad(&value_marks[min(x + 0u, 1u) * 4u + 2u]) != 0u, atomicLoad(&value_marks[min(x + 0u, 1u) * 4u + 3u]) != 0u);
value_gradient0_0 = select(value_gradient0_0, vec4f(bitcast<f32>(bits_nan)), value_marks0);
value_gradient1_0 = select(value_gradient1_0, vec4f(bitcast<f32>(bits_nan)), value_marks0);
if ((row0 + y + 0u) < 40u) {
if ((x + 0u) < 2u) {
b5[(of_key_first + i32((row0 + y + 0u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(key_gradient0_0.x, key_gradient0_0.y, key_gradient0_0.z, key_gradient0_0.w);
}
}
if ((row0 + y + 8u) < 40u) {
if ((x + 0u) < 2u) {
b5[(of_key_first + i32((row0 + y + 8u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(key_gradient1_0.x, key_gradient1_0.y, key_gradient1_0.z, key_gradient1_0.w);
}
}
if ((row0 + y + 0u) < 40u) {
if ((x + 0u) < 2u) {
b6[(of_value_first + i32((row0 + y + 0u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(value_gradient0_0.x, value_gradient0_0.y, value_gradient0_0.z, value_gradient0_0.w);
}
}
if ((row0 + y + 8u) < 40u) {
if ((x + 0u) < 2u) {
b6[(of_value_first + i32((row0 + y + 8u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(value_gradient1_0.x, value_gradient1_0.y, value_gradient1_0.z, value_gradient1_0.w);
}
}
}
