// The names that users of JAX look for, by module, from its documentation (jax-ml/jax, cec06d1, August 2026); where Cotangent says the same
// in other words; and what it does not have, with the reason. Facts only: the page and its test derive the rest from the code.
import type { Library } from './library.ts';

export const jax: Library = {
  library: 'JAX',
  source: 'github.com/jax-ml/jax at cec06d1, docs/jax.numpy.rst, jax.lax.rst, jax.nn.rst, jax.random.rst',
  areas: [
    {
      area: 'jax.numpy', face: 'np',
      names: `
    ndarray.at abs absolute acos acosh add all allclose amax amin angle any append apply_along_axis apply_over_axes arange arccos arccosh arcsin
    arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort argwhere around array array_equal array_equiv array_repr array_split array_str
    asarray asin asinh astype atan atanh atan2 atleast_1d atleast_2d atleast_3d average bartlett bincount bitwise_and bitwise_count bitwise_invert
    bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman block bool_ broadcast_arrays broadcast_shapes broadcast_to c_
    can_cast cbrt cdouble ceil character choose clip column_stack complex_ complex128 complex64 complexfloating ComplexWarning compress concat
    concatenate conj conjugate convolve copy copysign corrcoef correlate cos cosh count_nonzero cov cross csingle cumprod cumsum cumulative_prod
    cumulative_sum deg2rad degrees delete diag diag_indices diag_indices_from diagflat diagonal diff digitize divide divmod dot double dsplit dstack
    dtype ediff1d einsum einsum_path empty empty_like equal exp exp2 expand_dims expm1 extract eye fabs fill_diagonal finfo flatnonzero flexible flip
    fliplr flipud float_ float_power float16 float32 float64 floating floor floor_divide fmax fmin fmod frexp frombuffer fromfile fromfunction
    fromiter frompyfunc fromstring from_dlpack full full_like gcd generic geomspace get_printoptions gradient greater greater_equal hamming hanning
    heaviside histogram histogram_bin_edges histogram2d histogramdd hsplit hstack hypot i0 identity iinfo imag index_exp indices inexact inner insert
    int_ int16 int32 int64 int8 integer interp intersect1d invert isclose iscomplex iscomplexobj isdtype isfinite isin isinf isnan isneginf isposinf
    isreal isrealobj isscalar issubdtype iterable ix_ kaiser kron lcm ldexp left_shift less less_equal lexsort linspace load log log10 log1p log2
    logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logspace mask_indices matmul matrix_transpose matvec max maximum mean median
    meshgrid mgrid min minimum mod modf moveaxis multiply nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin
    nanpercentile nanprod nanquantile nanstd nansum nanvar ndarray ndim negative nextafter nonzero not_equal number object_ ogrid ones ones_like outer
    packbits pad partition percentile permute_dims piecewise place poly polyadd polyder polydiv polyfit polyint polymul polysub polyval positive pow
    power printoptions prod promote_types ptp put put_along_axis quantile r_ rad2deg radians ravel ravel_multi_index real reciprocal remainder repeat
    reshape resize result_type right_shift rint roll rollaxis roots rot90 round s_ save savez searchsorted select set_printoptions setdiff1d setxor1d
    shape sign signbit signedinteger sin sinc single sinh size sort sort_complex spacing split sqrt square squeeze stack std subtract sum swapaxes
    take take_along_axis tan tanh tensordot tile top_k trace trapezoid transpose tri tril tril_indices tril_indices_from trim_zeros triu triu_indices
    triu_indices_from true_divide trunc ufunc uint uint16 uint32 uint64 uint8 union1d unique unique_all unique_counts unique_inverse unique_values
    unpackbits unravel_index unstack unsignedinteger unwrap vander var vdot vecdot vecmat vectorize vsplit vstack where zeros zeros_like`,
      elsewhere: {
        'ndarray.at': 'np.at', dtype: 'Tensor.dtype', float_power: 'np.power', unique_values: 'np.unique', array_repr: 'Tensor.toString', array_str: 'Tensor.toString',
        load: 'io', save: 'io', savez: 'io', from_dlpack: 'fromData', frombuffer: 'fromData', fromiter: 'fromData', rollaxis: 'np.moveaxis', vectorize: 'vmap', apply_along_axis: 'vmap',
        isscalar: 'np.ndim', mgrid: 'np.indices', extract: 'np.flatnonzero', compress: 'np.flatnonzero', place: 'np.where', diag_indices_from: 'np.diagIndices', tril_indices_from: 'np.trilIndices',
        triu_indices_from: 'np.triuIndices', index_exp: 'np.slice', s_: 'np.slice', piecewise: 'np.select',
      },
      absent: {
        complex: 'angle complex_ complex64 complex128 complexfloating ComplexWarning cdouble csingle conj conjugate imag iscomplex iscomplexobj isreal isrealobj real sort_complex roots',
        size: 'trim_zeros unique_all unique_counts unique_inverse mask_indices polydiv',
        dtypes: 'bool_ can_cast character double flexible float_ float16 float32 float64 floating generic inexact int_ int8 int16 int32 int64 integer issubdtype number object_ promote_types signedinteger single uint uint8 uint16 uint32 uint64 unsignedinteger',
        python: 'c_ r_ ix_ ndarray ufunc frompyfunc fromfile fromfunction fromstring get_printoptions set_printoptions printoptions iterable einsum_path',
      },
    },
    {
      area: 'jax.lax', face: 'lax',
      names: `
    abs acos acosh add after_all approx_max_k approx_min_k argmax argmin asin asinh atan atan2 atanh batch_matmul bessel_i0e bessel_i1e betainc
    bitcast_convert_type bitwise_and bitwise_not bitwise_or bitwise_xor population_count broadcast broadcast_in_dim broadcast_like broadcast_shapes
    broadcast_to_rank broadcasted_iota cbrt ceil clamp clz collapse complex composite concatenate conj conv convert_element_type
    conv_dimension_numbers conv_general_dilated conv_general_dilated_local conv_general_dilated_patches conv_transpose conv_with_general_padding cos
    cosh cumlogsumexp cummax cummin cumprod cumsum digamma div dot dot_general dynamic_index_in_dim dynamic_slice dynamic_slice_in_dim
    dynamic_update_index_in_dim dynamic_update_slice dynamic_update_slice_in_dim empty eq erf erfc erf_inv exp exp2 expand_dims expm1 fft floor full
    full_like gather ge gt igamma igamma_grad_a igammac imag index_in_dim index_take integer_pow iota is_finite le lgamma log log1p logistic lt max
    min mul mulhi ne neg nextafter optimization_barrier pad platform_dependent polygamma pow random_gamma_grad ragged_all_to_all ragged_dot
    ragged_dot_general real reciprocal reduce reduce_and reduce_max reduce_min reduce_or reduce_precision reduce_prod reduce_sum reduce_window
    reduce_xor rem reshape rev rng_bit_generator rng_uniform round rsqrt scaled_dot scatter scatter_add scatter_apply scatter_max scatter_min
    scatter_mul scatter_sub shift_left shift_right_arithmetic shift_right_logical sign sin sinh slice slice_in_dim sort sort_key_val split sqrt square
    squeeze stack stage sub tan tanh tile top_k transpose unstack zeta associative_scan cond fori_loop map scan select select_n switch while_loop
    stop_gradient custom_linear_solve custom_root all_gather all_to_all psum psum_scatter pmax pmin pmean ppermute pshuffle pswapaxes axis_index
    axis_size psend precv pbroadcast with_sharding_constraint AccuracyMode ConvDimensionNumbers ConvGeneralDilatedDimensionNumbers DotAlgorithm
    DotAlgorithmPreset DotDimensionNumbers FftType GatherDimensionNumbers GatherScatterMode Precision PrecisionLike RaggedDotDimensionNumbers
    RandomAlgorithm RoundingMethod ScatterDimensionNumbers Tolerance`,
      elsewhere: {
        switch: 'lax.switchCase', approx_max_k: 'lax.topK', approx_min_k: 'lax.topK', index_take: 'np.take', conv: 'lax.convGeneral', conv_with_general_padding: 'lax.convGeneral',
        broadcast_like: 'np.broadcastTo', empty: 'np.empty', rng_bit_generator: 'random.bits', rng_uniform: 'random.uniform',
        ConvDimensionNumbers: 'lax.convGeneral', ConvGeneralDilatedDimensionNumbers: 'lax.convGeneral', conv_dimension_numbers: 'lax.convGeneral', DotDimensionNumbers: 'lax.dotGeneral', GatherDimensionNumbers: 'lax.gather',
        GatherScatterMode: 'lax.gather', ScatterDimensionNumbers: 'lax.scatter',
      },
      absent: {
        complex: 'complex conj imag real fft FftType',
        devices: 'after_all platform_dependent psend precv stage ragged_all_to_all AccuracyMode DotAlgorithm DotAlgorithmPreset Precision PrecisionLike RandomAlgorithm RoundingMethod Tolerance',
      },
    },
    {
      area: 'jax.nn', face: 'nn',
      names: `
    relu relu6 sigmoid softplus sparse_plus sparse_sigmoid soft_sign silu swish log_sigmoid leaky_relu hard_sigmoid hard_silu hard_swish hard_tanh
    tanh elu celu selu gelu glu squareplus mish identity softmax log_softmax logmeanexp logsumexp standardize one_hot dot_product_attention
    scaled_matmul get_scaled_dot_general_config scaled_dot_general log1mexp`,
      elsewhere: { soft_sign: 'nn.softsign', swish: 'nn.silu', hard_swish: 'nn.hardSilu', hard_tanh: 'nn.hardtanh', logsumexp: 'np.logsumexp', one_hot: 'np.oneHot', dot_product_attention: 'nn.attention' },
      absent: { devices: 'scaled_matmul get_scaled_dot_general_config scaled_dot_general' },
    },
    {
      area: 'jax.random', face: 'random',
      names: `
    key key_dtype key_data wrap_key_data fold_in split clone PRNGKey ball bernoulli beta binomial bits categorical cauchy chisquare choice dirichlet
    double_sided_maxwell exponential f gamma generalized_normal geometric gumbel laplace loggamma logistic lognormal maxwell multinomial
    multivariate_normal normal orthogonal pareto permutation poisson rademacher randint rayleigh t triangular truncated_normal uniform wald
    weibull_min`,
      elsewhere: { PRNGKey: 'random.key', orthogonal: 'nn.initializers.orthogonal' },
      absent: { types: 'key_data wrap_key_data key_dtype clone' },
    },
  ],
};
