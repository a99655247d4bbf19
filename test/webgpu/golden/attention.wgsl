// 1 dispatches, 1 kernels, 0 bytes for temporaries

// attention result 16x32 2 each: 6 workgroups; input 0 read, input 1 read, input 2 read, result 0 read_write
@group(0) @binding(0) var<storage, read> b0: array<vec4f>;
@group(0) @binding(1) var<storage, read> b1: array<vec4f>;
@group(0) @binding(2) var<storage, read> b2: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> b3: array<vec4f>;
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
sum1 = select(sum1, 1.0f, sum1 == 0.0f);
let marks0 = vec4<bool>(atomicLoad(&marks[min(x + 0u, 1u) * 4u + 0u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 1u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 2u]) != 0u, atomicLoad(&marks[min(x + 0u, 1u) * 4u + 3u]) != 0u);
mixed0_0 = select(mixed0_0, vec4f(bitcast<f32>(bits_nan)), marks0);
mixed1_0 = select(mixed1_0, vec4f(bitcast<f32>(bits_nan)), marks0);
if ((row0 + y + 0u) < 40u) {
if ((x + 0u) < 2u) {
b3[(out_first + i32((row0 + y + 0u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(mixed0_0.x / sum0, mixed0_0.y / sum0, mixed0_0.z / sum0, mixed0_0.w / sum0);
}
}
if ((row0 + y + 8u) < 40u) {
if ((x + 0u) < 2u) {
b3[(out_first + i32((row0 + y + 8u)) * 16i + i32((x + 0u)) * 4i) >> 2u] = vec4f(mixed1_0.x / sum1, mixed1_0.y / sum1, mixed1_0.z / sum1, mixed1_0.w / sum1);
}
}
}
