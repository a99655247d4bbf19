// Losses that cannot be differentiated, arguments and options that do not fit: the words of the run time, at what is wrong.
import {
  grad, hessian, jacfwd, jacrev, jvp, linearize, np, valueAndGrad, vjp, zeros, type Scalar, type Tensor,
} from '../../../src/index.ts';

declare const x: Tensor<[10]>;
declare const w: Tensor<[4, 10]>;
declare const ids: Tensor<[10], 'i32'>;
declare const rows: <N extends number>(x: Tensor<[N, 3]>) => Tensor<[N]>;
declare const loss: (p: { w: Tensor<[4, 10]> }, y: Tensor<[4]>) => Scalar;
const p = { w };

// A loss is a scalar of floats.
// @error TS2345: Argument of type '(q: typeof w) => Tensor<[4], "f32">' is not assignable to parameter of type '(p: Tensor<[4, 10], "f32">) => "grad: the function returns f32[4], not a scalar; sum or mean it, or use vjp or jacrev"'.
//   Type 'Tensor<[4], "f32">' is not assignable to type '"grad: the function returns f32[4], not a scalar; sum or mean it, or use vjp or jacrev"'.
grad((q: typeof w) => q.matmul(x))(w);
// @error TS2345: Argument of type '(q: typeof w) => Tensor<[4], "f32">' is not assignable to parameter of type '(p: Tensor<[4, 10], "f32">) => "grad: the function returns f32[4], not a scalar; sum or mean it, or use vjp or jacrev"'.
//   Type 'Tensor<[4], "f32">' is not assignable to type '"grad: the function returns f32[4], not a scalar; sum or mean it, or use vjp or jacrev"'.
grad((q: typeof w) => { const y = q.matmul(x); return y.mul(y); });
// @error TS2345: Argument of type '<N extends number>(x: Tensor<[N, 3], "f32">) => Tensor<[N], "f32">' is not assignable to parameter of type '(p: Tensor<[N, 3], "f32">) => `grad: the function returns f32[${N}], not a scalar; sum or mean it, or use vjp or jacrev`'.
//   Type 'Tensor<[N], "f32">' is not assignable to type '`grad: the function returns f32[${N}], not a scalar; sum or mean it, or use vjp or jacrev`'.
grad(rows);
// @error TS2345: Argument of type '(q: typeof w) => Tensor<[], "i32">' is not assignable to parameter of type '(p: Tensor<[4, 10], "f32">) => "valueAndGrad: the function returns i32[], which has no derivative; use astype to a float dtype"'.
//   Type 'Tensor<[], "i32">' is not assignable to type '"valueAndGrad: the function returns i32[], which has no derivative; use astype to a float dtype"'.
valueAndGrad((q: typeof w) => q.argmax())(w);
// @error TS2345: Argument of type '(q: typeof w) => { loss: Tensor<[], "f32">; }' is not assignable to parameter of type '(p: Tensor<[4, 10], "f32">) => "grad: the function returns an object, not a scalar; use vjp or jacrev"'.
//   Type '{ loss: Tensor<[], "f32">; }' is not assignable to type '"grad: the function returns an object, not a scalar; use vjp or jacrev"'.
grad((q: typeof w) => ({ loss: q.sum() }));
// @error TS2345: Argument of type '(q: typeof w) => (Tensor<[], "f32"> | Tensor<[4, 10], "f32">)[]' is not assignable to parameter of type '(p: Tensor<[4, 10], "f32">) => "grad: the function returns a list, not a scalar; for [value, aux] give { hasAux: true }, else use vjp or jacrev"'.
//   Type '(Tensor<[], "f32"> | Tensor<[4, 10], "f32">)[]' is not assignable to type '"grad: the function returns a list, not a scalar; for [value, aux] give { hasAux: true }, else use vjp or jacrev"'.
grad((q: typeof w) => [q.sum(), q]);
// @error TS2345: Argument of type '(q: typeof w) => number' is not assignable to parameter of type '(p: Tensor<[4, 10], "f32">) => "grad: the function returns a number, not a tensor; wrap it: tensor(...)"'.
//   Type 'number' is not assignable to type '"grad: the function returns a number, not a tensor; wrap it: tensor(...)"'.
grad((q: typeof w) => q.size);
// @error TS2345: Argument of type '(q: typeof w) => void' is not assignable to parameter of type '(p: Tensor<[4, 10], "f32">) => "grad: the function returns something else, not a scalar; use vjp or jacrev"'.
//   Type 'void' is not assignable to type '"grad: the function returns something else, not a scalar; use vjp or jacrev"'.
grad((q: typeof w) => { q.sum(); });
// @error TS2345: Argument of type '(q: typeof w) => Promise<Tensor<[], "f32">>' is not assignable to parameter of type '(p: Tensor<[4, 10], "f32">) => "grad: the function returns a promise; a program is staged at once, so read values outside the transform"'.
//   Type 'Promise<Tensor<[], "f32">>' is not assignable to type '"grad: the function returns a promise; a program is staged at once, so read values outside the transform"'.
grad(async (q: typeof w) => (await q.data()).length > 0 ? q.sum() : q.mean());
// @error TS2345: Argument of type '(q: typeof w) => Tensor<[10], "f32">' is not assignable to parameter of type '(q: Tensor<[4, 10], "f32">) => "hessian: the function returns f32[10], not a scalar; sum or mean it, or use jacfwd of jacrev"'.
//   Type 'Tensor<[10], "f32">' is not assignable to type '"hessian: the function returns f32[10], not a scalar; sum or mean it, or use jacfwd of jacrev"'.
hessian((q: typeof w) => q.sum({ axis: 0 }));
// @error TS2345: Argument of type '(q: typeof w) => Tensor<[10], "i32">' is not assignable to parameter of type '(q: Tensor<[4, 10], "f32">) => "jacrev: the function returns i32[10], which has no derivative; use astype to a float dtype"'.
//   Type 'Tensor<[10], "i32">' is not assignable to type '"jacrev: the function returns i32[10], which has no derivative; use astype to a float dtype"'.
jacrev((q: typeof w) => q.argmax({ axis: 0 }));
export const generic = <N extends number>(v: Tensor<[N]>): unknown =>
  // @error TS2345: Argument of type '(q: Tensor<[N]>) => Tensor<[N], "f32">' is not assignable to parameter of type '(p: Tensor<[N], "f32">) => `grad: the function returns f32[${N}], not a scalar; sum or mean it, or use vjp or jacrev`'.
  //   Type 'Tensor<[N], "f32">' is not assignable to type '`grad: the function returns f32[${N}], not a scalar; sum or mean it, or use vjp or jacrev`'.
  grad((q: Tensor<[N]>) => q.mul(2))(v);
// With aux it is the first of two.
// @error TS2345: Argument of type '(q: typeof w) => Tensor<[], "f32">' is not assignable to parameter of type '(q: Tensor<[4, 10], "f32">) => "grad: with hasAux the function must return [value, aux]"'.
//   Type 'Tensor<[], "f32">' is not assignable to type '"grad: with hasAux the function must return [value, aux]"'.
grad((q: typeof w) => q.sum(), { hasAux: true });
// @error TS2345: Argument of type '(q: typeof w) => [Tensor<[4, 10], "f32">, Tensor<[], "f32">]' is not assignable to parameter of type '(q: Tensor<[4, 10], "f32">) => "valueAndGrad: the function returns f32[4,10], not a scalar; sum or mean it, or use vjp or jacrev"'.
//   Type '[Tensor<[4, 10], "f32">, Tensor<[], "f32">]' is not assignable to type '"valueAndGrad: the function returns f32[4,10], not a scalar; sum or mean it, or use vjp or jacrev"'.
valueAndGrad((q: typeof w) => [q, q.sum()], { hasAux: true });

// Options.
// @error TS2322: Type 'number' is not assignable to type '"grad: argnums 2 is out of range for 2 arguments"'.
grad(loss, { argnums: 2 });
// @error TS2322: Type 'number[]' is not assignable to type '"jacrev: argnums -3 is out of range for 2 arguments"'.
jacrev(loss, { argnums: [0, -3] });
// @error TS2561: Object literal may only specify known properties, but 'argnum' does not exist in type 'LossOptions<0, false>'. Did you mean to write 'argnums'?
grad(loss, { argnum: 1 });
// @error TS2322: Type 'string' is not assignable to type 'boolean'.
valueAndGrad(loss, { hasAux: 'yes' });

// What a function is given is what it takes.
// @error TS2345: Argument of type '(v: Tensor<[10]>) => Tensor<[], "f32">' is not assignable to parameter of type '"jvp: the argument at [0] is f32[9], the function takes f32[10]"'.
jvp((v: Tensor<[10]>) => v.sum(), [zeros([9])], [zeros([9])]);
// @error TS2345: Argument of type 'Tensor<[9], "f32">[]' is not assignable to parameter of type '"jvp: tangent at [0] is f32[9], the value is f32[10]"'.
jvp((v: Tensor<[10]>) => v.sum(), [x], [zeros([9])]);
// @error TS2345: Argument of type '(Tensor<[10], "f32"> | { w: Tensor<[4, 9], "f32">; })[]' is not assignable to parameter of type '"jvp: tangent at [1].w is f32[4,9], the value is f32[4,10]"'.
jvp((v, q) => q.w.matmul(v), [x, p], [x, { w: zeros([4, 9]) }]);
// @error TS2345: Argument of type '(Tensor<[10], "f32"> | Tensor<[10], "i32">)[]' is not assignable to parameter of type '"jvp: tangent at [1] is i32[10], the value is null"'.
jvp((v, i) => np.take(v, i), [x, ids], [x, ids]);
// @error TS2345: Argument of type '(v: Tensor<[10]>, q: { w: Tensor<[4, 10]>; }) => Tensor<[4], "f32">' is not assignable to parameter of type '"vjp: the argument at [1].w is f32[4,9], the function takes f32[4,10]"'.
vjp((v: Tensor<[10]>, q: { w: Tensor<[4, 10]> }) => q.w.matmul(v), x, { w: zeros([4, 9]) });
// @error TS2345: Argument of type '<N extends number>(x: Tensor<[N, 3], "f32">) => Tensor<[N], "f32">' is not assignable to parameter of type '"vjp: the argument at [0] is f32[3,4], the function takes f32[3,3]"'.
vjp(rows, zeros([3, 4]));
// @error TS2345: Argument of type '(v: Tensor<[10]>) => Tensor<[], "f32">' is not assignable to parameter of type '"linearize: the argument at [0] is f64[10], the function takes f32[10]"'.
linearize((v: Tensor<[10]>) => v.sum(), x.astype('f64'));
