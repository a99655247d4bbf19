// The names that users of Optax look for, by module, from its documentation (google-deepmind/optax, 2edbcbe, August 2026); where Cotangent says the
// same in other words. Facts only: the page and its test derive the rest from the code.
import type { Library } from './library.ts';

export const optax: Library = {
  library: 'Optax',
  source: 'github.com/google-deepmind/optax at 2edbcbe, docs/api',
  areas: [
    {
      area: 'optax', face: 'optim',
      names: `
    apply_updates incremental_update periodic_update chain named_chain partition PartitionState apply_if_finite ApplyIfFiniteState flatten lookahead
    LookaheadParams LookaheadState masked MaskedState MultiSteps MultiStepsState ShouldSkipUpdateFunction skip_large_updates skip_not_finite adabelief
    adadelta adan adafactor adagrad adam adamw adamax adamaxw amsgrad fromage lamb lars lbfgs lion nadam nadamw noisy_sgd novograd
    optimistic_gradient_descent optimistic_adam_v2 polyak_sgd radam rmsprop sgd sign_sgd signum sm3 yogi rprop adaptive_grad_clip
    AdaptiveGradClipState add_decayed_weights AddDecayedWeightsState add_noise AddNoiseState apply_every ApplyEvery bias_correction conditionally_mask
    conditionally_transform ConditionallyMaskState ConditionallyTransformState centralize clip clip_by_block_rms ClipState clip_by_global_norm
    ClipByGlobalNormState ema EmaState EmptyState global_norm GradientTransformation GradientTransformationExtraArgs identity init_empty_state
    keep_params_nonnegative measure_with_ema monitor MonitorState NonNegativeParamsState normalize_by_update_norm OptState Params
    per_example_global_norm_clip per_example_layer_norm_clip scale ScaleState scale_by_adadelta ScaleByAdaDeltaState scale_by_adan ScaleByAdanState
    scale_by_adam scale_by_adamax ScaleByAdamState scale_by_amsgrad ScaleByAmsgradState scale_by_backtracking_linesearch
    ScaleByBacktrackingLinesearchState scale_by_belief ScaleByBeliefState scale_by_factored_rms FactoredState scale_by_lbfgs ScaleByLBFGSState
    scale_by_learning_rate scale_by_lion ScaleByLionState scale_by_novograd ScaleByNovogradState scale_by_optimistic_gradient
    scale_by_param_block_norm scale_by_param_block_rms scale_by_polyak scale_by_radam scale_by_rms ScaleByRmsState scale_by_rprop ScaleByRpropState
    scale_by_rss ScaleByRssState scale_by_schedule ScaleByScheduleState scale_by_sign scale_by_sm3 ScaleBySM3State scale_by_stddev ScaleByRStdDevState
    scale_by_trust_ratio ScaleByTrustRatioState scale_by_yogi scale_by_zoom_linesearch ScaleByZoomLinesearchState set_to_zero snapshot SnapshotState
    stateless stateless_with_tree_map trace TraceState TransformInitFn TransformUpdateFn TransformUpdateExtraArgsFn update_infinity_moment
    update_moment update_moment_per_elem_norm Updates with_extra_args_support zero_nans ZeroNansState ZoomLinesearchInfo freeze selective_transform
    scale_gradient value_and_grad_from_state safe_increment safe_norm safe_root_mean_squares matrix_inverse_pth_root power_iteration nnls`,
      elsewhere: { MultiSteps: 'optim.multiSteps', apply_every: 'optim.multiSteps', named_chain: 'optim.chain' },
      absent: {
        types: `
    with_extra_args_support init_empty_state PartitionState ApplyIfFiniteState LookaheadParams LookaheadState MaskedState MultiStepsState ShouldSkipUpdateFunction AdaptiveGradClipState
    AddDecayedWeightsState AddNoiseState ApplyEvery ConditionallyMaskState ConditionallyTransformState ClipState ClipByGlobalNormState EmaState
    EmptyState GradientTransformation GradientTransformationExtraArgs MonitorState NonNegativeParamsState OptState Params ScaleState
    ScaleByAdaDeltaState ScaleByAdanState ScaleByAdamState ScaleByAmsgradState ScaleByBacktrackingLinesearchState ScaleByBeliefState FactoredState
    ScaleByLBFGSState ScaleByLionState ScaleByNovogradState ScaleByRmsState ScaleByRpropState ScaleByRssState ScaleByScheduleState ScaleBySM3State
    ScaleByRStdDevState ScaleByTrustRatioState ScaleByZoomLinesearchState SnapshotState TraceState TransformInitFn TransformUpdateFn
    TransformUpdateExtraArgsFn Updates ZeroNansState ZoomLinesearchInfo`,
      },
    },
    {
      area: 'optax.schedules', face: 'optim',
      names: `
    constant_schedule cosine_decay_schedule cosine_onecycle_schedule exponential_decay join_schedules linear_onecycle_schedule linear_schedule
    piecewise_constant_schedule piecewise_interpolate_schedule polynomial_schedule sgdr_schedule warmup_constant_schedule warmup_cosine_decay_schedule
    warmup_exponential_decay_schedule Schedule InjectHyperparamsState inject_hyperparams`,
      absent: {
        types: `
    Schedule InjectHyperparamsState`,
      },
    },
    {
      area: 'optax.contrib', face: 'optim',
      names: `
    acprop ademamix adopt simplified_ademamix cocob COCOBState dadapt_adamw DAdaptAdamWState differentially_private_aggregate
    DifferentiallyPrivateAggregateState dog DoGState dowg DoWGState dpsgd galore GaLoreState madgrad MadgradState mechanize MechanicState momo
    MomoState momo_adam MomoAdamState muon MuonState prodigy ProdigyState sam SAMState schedule_free schedule_free_adamw schedule_free_eval_params
    schedule_free_sgd ScheduleFreeState sophia SophiaState split_real_and_imaginary SplitRealAndImaginaryState scale_by_ademamix ScaleByAdemamixState
    scale_by_simplified_ademamix ScaleBySimplifiedAdEMAMixState scale_by_adopt scale_by_acprop scale_by_madgrad scale_by_muon
    hutchinson_estimator_diag_hessian HutchinsonState reduce_on_plateau`,
      absent: {
        types: `
    COCOBState DAdaptAdamWState DifferentiallyPrivateAggregateState DoGState DoWGState GaLoreState MadgradState MechanicState MomoState MomoAdamState
    MuonState ProdigyState SAMState ScheduleFreeState SophiaState SplitRealAndImaginaryState ScaleByAdemamixState ScaleBySimplifiedAdEMAMixState
    HutchinsonState`,
      },
    },
    {
      area: 'optax.second_order', face: 'optim',
      names: `
    fisher_diag hessian_diag hvp`,
    },
    {
      area: 'optax.projections', face: 'optim',
      names: `
    projection_box projection_hypercube projection_l1_ball projection_l1_sphere projection_l2_ball projection_l2_sphere projection_linf_ball
    projection_non_negative projection_simplex projection_vector projection_hyperplane projection_halfspace`,
      elsewhere: { projection_box: 'np.clip', projection_hypercube: 'np.clip', projection_non_negative: 'nn.relu' },
    },
  ],
};
