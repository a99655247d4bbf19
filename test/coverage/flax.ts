// The names that users of Flax look for when they build networks, by module (google/flax, 18f8f31, November 2026); where Cotangent
// says the same in other words. Facts only: the page and its test derive the rest from the code.
import type { Library } from './library.ts';

export const flax: Library = {
  library: 'Flax',
  source: 'github.com/google/flax at 18f8f31, docs/api_reference/flax.linen',
  areas: [
    {
      area: 'flax.linen', face: 'nn',
      names: `
    PReLU celu elu gelu glu hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu log_sigmoid log_softmax logsumexp one_hot relu relu6 selu
    sigmoid silu soft_sign softmax softplus standardize swish tanh compact nowrap apply init init_with_output tabulate Dense DenseGeneral Conv
    ConvTranspose ConvLocal Einsum Embed max_pool avg_pool pool BatchNorm LayerNorm GroupNorm RMSNorm InstanceNorm SpectralNorm WeightNorm
    Sequential Dropout MultiHeadDotProductAttention MultiHeadAttention SelfAttention dot_product_attention_weights dot_product_attention
    make_attention_mask make_causal_mask RNNCellBase LSTMCell OptimizedLSTMCell ConvLSTMCell SimpleCell GRUCell MGUCell RNN Bidirectional
    BatchApply Module intercept_methods share_scope enable_named_call disable_named_call override_named_call Partitioned with_partitioning
    get_partition_spec get_sharding LogicallyPartitioned logical_axis_rules set_logical_axis_rules get_logical_axis_rules logical_to_mesh_axes
    logical_to_mesh logical_to_mesh_sharding with_logical_constraint with_logical_partitioning vmap scan jit remat remat_scan map_variables jvp
    vjp custom_vjp while_loop cond switch Variable Fp8DirectDotGeneralOp Fp8DotGeneral Fp8DotGeneralOp Fp8Einsum NANOOFp8DotGeneralOp FrozenDict
    DenyList checkpoint grad value_and_grad named_call combine_masks compact_name_scope fold_rngs broadcast merge_param unbox meta`,
      elsewhere: {
    PReLU: 'nn.prelu', hard_swish: 'nn.hardSilu', hard_tanh: 'nn.hardtanh', logsumexp: 'np.logsumexp', soft_sign: 'nn.softsign',
    swish: 'nn.silu', tabulate: 'nn.summary', Dense: 'nn.dense', Conv: 'nn.conv', ConvTranspose: 'nn.convTranspose', Einsum: 'np.einsum',
    Embed: 'nn.embedding', BatchNorm: 'nn.batchNorm', LayerNorm: 'nn.layerNorm', GroupNorm: 'nn.groupNorm', RMSNorm: 'nn.rmsNorm',
    InstanceNorm: 'nn.instanceNorm', Sequential: 'nn.seq', Dropout: 'nn.dropout', MultiHeadDotProductAttention: 'nn.multiHeadAttention',
    MultiHeadAttention: 'nn.multiHeadAttention', SelfAttention: 'nn.multiHeadAttention', dot_product_attention: 'nn.attention',
    LSTMCell: 'nn.lstmCell', OptimizedLSTMCell: 'nn.lstmCell', SimpleCell: 'nn.rnnCell', GRUCell: 'nn.gruCell', RNN: 'nn.rnn',
    Bidirectional: 'nn.bidirectional', BatchApply: 'vmap', Module: 'nn.network', vmap: 'vmap', scan: 'scan', jit: 'jit', remat: 'checkpoint',
    remat_scan: 'nn.repeat', jvp: 'jvp', vjp: 'vjp', custom_vjp: 'customVjp', while_loop: 'whileLoop', cond: 'cond', switch: 'switchCase',
    checkpoint: 'checkpoint', grad: 'grad', value_and_grad: 'valueAndGrad', named_call: 'scope', one_hot: 'np.oneHot', combine_masks: 'np.logicalAnd',
    make_causal_mask: 'np.tril', pool: 'lax.reduceWindow',
      },
      absent: {
        types: `
    compact nowrap init_with_output RNNCellBase intercept_methods share_scope map_variables Variable FrozenDict DenyList compact_name_scope
    fold_rngs broadcast merge_param unbox meta`,
        devices: `
    enable_named_call disable_named_call override_named_call Partitioned with_partitioning get_partition_spec get_sharding LogicallyPartitioned
    logical_axis_rules set_logical_axis_rules get_logical_axis_rules logical_to_mesh_axes logical_to_mesh logical_to_mesh_sharding
    with_logical_constraint with_logical_partitioning Fp8DirectDotGeneralOp Fp8DotGeneral Fp8DotGeneralOp Fp8Einsum NANOOFp8DotGeneralOp`,
      },
    },
    {
      area: 'flax.linen.initializers', face: 'nn.initializers',
      names: `
    constant delta_orthogonal glorot_normal glorot_uniform he_normal he_uniform kaiming_normal kaiming_uniform lecun_normal lecun_uniform normal
    truncated_normal ones ones_init orthogonal uniform variance_scaling xavier_normal xavier_uniform zeros zeros_init`,
      elsewhere: {
    kaiming_normal: 'nn.initializers.heNormal', kaiming_uniform: 'nn.initializers.heUniform', ones_init: 'nn.initializers.ones',
    xavier_normal: 'nn.initializers.glorotNormal', xavier_uniform: 'nn.initializers.glorotUniform', zeros_init: 'nn.initializers.zeros',
      },
    },
  ],
};
