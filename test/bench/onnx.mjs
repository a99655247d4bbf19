// ONNX models of one operation or a few, written byte by byte in protobuf's wire format (onnx.proto3): enough for a benchmark.

const encoder = new TextEncoder();
const joined = parts => { const bytes = parts.map(p => Array.from(p)).flat(); return Uint8Array.from(bytes); };
function varint(n) {
  const out = [];
  for (let rest = n; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) { out.push(rest); return out; }
    out.push(rest % 128 + 128);
  }
}
const integer = (field, n) => [...varint(field * 8), ...varint(n)];
const nested = (field, content) => { const bytes = typeof content === 'string' ? encoder.encode(content) : content; return joined([varint(field * 8 + 2), varint(bytes.length), bytes]); };

/** AttributeProto of integers: name 1, i 3, ints 8, type 20 (2 INT, 7 INTS). */
const attribute = (name, value) => nested(5, joined([nested(1, name), ...(Array.isArray(value) ? [...value.map(v => integer(8, v)), integer(20, 7)] : [integer(3, value), integer(20, 2)])]));
/** ValueInfoProto of a float tensor. */
const valueInfo = (name, shape) => {
  const dims = joined((shape ?? []).map(n => nested(1, integer(1, n))));
  return joined([nested(1, name), nested(2, nested(1, joined([integer(1, 1), ...(shape === undefined ? [] : [nested(2, dims)])])))]);
};

/** nodes: [operation, operands, result, attributes]; inputs: { name: shape }. The result of the last node is the model's. */
export function model(nodes, inputs) {
  const graph = joined([
    ...nodes.map(([op, operands, result, attributes = {}]) => nested(1, joined([
      ...operands.map(x => nested(1, x)), nested(2, result), nested(4, op), ...Object.entries(attributes).map(([k, v]) => attribute(k, v)),
    ]))),
    nested(2, 'bench'), ...Object.entries(inputs).map(([k, shape]) => nested(11, valueInfo(k, shape))), nested(12, valueInfo(nodes.at(-1)[2])),
  ]);
  return joined([integer(1, 9), nested(7, graph), nested(8, integer(2, 20))]);
}
