// The public namespace `random`: explicit keys, and draws that depend on nothing else. Names and bits are those of jax.random.

export { categorical, type CategoricalOptions } from './categorical.ts';
export { choice, multivariateNormal, type ChoiceOptions } from './choice.ts';
export { bernoulli, geometric, rademacher, randint, type IntegerBound } from './discrete.ts';
export { beta, chisquare, dirichlet, f, gamma, loggamma, t } from './gamma.ts';
export { cauchy, doubleSidedMaxwell, exponential, gumbel, laplace, logistic, lognormal, maxwell, pareto, rayleigh, triangular, wald, weibullMin } from './inverse.ts';
export { foldIn, key, split, splitBatch, type Key, type KeyBatch, type Keys } from './key.ts';
export { normal, truncatedNormal } from './normal.ts';
export type { Parameter } from './parameter.ts';
export { permutation } from './permutation.ts';
export { poisson } from './poisson.ts';
export { bits, uniform, type DrawOptions, type UniformOptions } from './uniform.ts';
export { checkKeys } from './watch.ts';
