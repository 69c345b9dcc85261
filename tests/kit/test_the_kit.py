"""The kit catches a component that breaks a law, for every law, and passes a sound one."""

from __future__ import annotations

from typing import Any

import attrs
import keras
import pytest

import vaereg
from tests.helpers.broken_law import broken
from tests.helpers.made_component import slow_if_it_trains, under_test
from tests.kit.faulty_arrays import PathParams
from tests.kit.faulty_conditions import CONDITIONAL
from tests.kit.faulty_holders import HOLDERS, HolderParams
from tests.kit.faulty_optimizers import OptimizerParams
from tests.kit.faulty_trained_samplers import TRAINED
from vaereg.component import NoParams
from vaereg.testing import LAWS, LEVELS, Law, NotHere, checks_for

FAULTS = {
    # law: kind, factory, the text of the fault that the kit must find
    "factory-takes-params-and-context": ("metric", "faulty_metrics:takes_nothing", "TypeError"),
    "imports-no-backend": (
        "regularizer",
        "imports_torch:ComputesOnOneBackend",
        r"tests/kit/imports_torch\.py:17 imports torch",
    ),
    "takes-the-data-it-declares": (
        "encoder",
        "faulty_layers:RefusesVectors",
        "refused all vector data",
    ),
    "shapes-are-those-of-the-contract": (
        "encoder",
        "faulty_layers:LosesTheBatchAxis",
        r"instead of \(3, \.\.\.\)",
    ),
    "outputs-are-finite": ("encoder", "faulty_layers:DividesByZero", "not finite"),
    "one-example-will-do": ("encoder", "faulty_layers:StandardizesByTheBatch", "a batch of 1"),
    "mixed-float16-is-finite": (
        "encoder",
        "faulty_layers:OverflowsInHalfPrecision",
        "mixed_float16",
    ),
    "mixed-bfloat16-is-finite": ("encoder", "faulty_layers:VanishesInBfloat16", "mixed_bfloat16"),
    "equal-seeds-equal-outputs": ("regularizer", "faulty_terms:DrawsFromElsewhere", "differs by"),
    "other-seeds-other-draws": ("prior", "faulty_distributions:IgnoresTheSeed", "the same sample"),
    "examples-are-independent": ("encoder", "faulty_layers:SeesTheRestOfTheBatch", "its batch"),
    "paths-are-unique": ("encoder", "faulty_layers:SharesAPath", "encoder/hidden/kernel"),
    "paths-are-stable": ("encoder", "faulty_layers:LeavesNamesToKeras", "in one build only"),
    "weights-follow-the-seed": (
        "encoder",
        "faulty_layers:DrawsItsOwnWeights",
        "have different weights",
    ),
    "weights-restore": ("encoder", "faulty_layers:HidesItsState", "differs by 1"),
    "inference-changes-no-weights": ("encoder", "faulty_layers:CountsItsCalls", "count changed"),
    "held-parts-can-be-found": (
        "decoder",
        "faulty_holders:LosesItsDefault",
        "no decoder is named `nowhere`",
    ),
    "held-parts-are-built": (
        "decoder",
        "faulty_holders:BuildsItsOwn",
        "did not build inner",
    ),
    "held-weights-are-its-own": (
        "decoder",
        "faulty_holders:HidesItsPart",
        "it holds dense, but not",
    ),
    "network-gives-the-features": (
        "feature_extractor",
        "faulty_features:GivesOtherTensors",
        "features as tensors differ",
    ),
    "steps-leave-no-tensors": (
        "regularizer",
        "faulty_terms:KeepsATensor",
        r"the attribute latest\['mean'\] holds a tensor of the step; make it a weight",
    ),
    "weights-are-tracked": ("regularizer", "faulty_terms:HidesALayer", "'network' is a Dense"),
    "compiled-equals-eager": (
        "encoder",
        "faulty_layers:ForgetsThatItIsCompiled",
        "eager and compiled",
    ),
    "a-gradient-reaches-its-input": ("encoder", "faulty_layers:RoundsItsInput", "0 everywhere"),
    "a-gradient-reaches-the-model": (
        "regularizer",
        "faulty_terms:LosesItsGradient",
        "no gradient in any",
    ),
    "a-loss-reaches-its-player": (
        "regularizer",
        "faulty_terms:AddressesTheWrongPart",
        "the loss of 'encoder' has no finite gradient",
    ),
    "a-gradient-reaches-every-weight": (
        "encoder",
        "faulty_layers:CutsAWeightOff",
        "encoder/hidden/kernel",
    ),
    "the-players-oppose-each-other": (
        "discriminator",
        "faulty_layers:HelpsTheCritic",
        "have the inner product",
    ),
    "better-likelihood-lower-loss": ("objective", "faulty_terms:Maximises", "the gradient is"),
    "density-integrates-to-1": (
        "prior",
        "faulty_distributions:ForgetsTheConstant",
        "integrates to 2",
    ),
    "draws-follow-the-density": ("prior", "faulty_distributions:DrawsTooNarrowly", "sigma"),
    "a-bound-lies-below-the-density": ("prior", "faulty_bounds:ClaimsTooMuch", "of the draws"),
    "kl-of-a-bound-is-an-upper-bound": ("prior", "faulty_bounds:BoundsTheHalf", "at least"),
    "log-prob-of-q-is-log-q": ("posterior", "faulty_bounds:TellsTwiceWithoutTheConstant", "1.8"),
    "kl-is-what-samples-say": ("prior", "faulty_distributions:ForgetsTheHalf", "sigma"),
    "draws-are-k-major": (
        "posterior",
        "faulty_layers:RepeatsExampleByExample",
        "rows of mode are not",
    ),
    "the-mode-ignores-the-seed": (
        "posterior",
        "faulty_layers:TakesTheDrawForTheMode",
        "changes with the seed",
    ),
    "determinism-is-declared": (
        "posterior",
        "faulty_layers:SaysItIsDeterministic",
        "but log_q is given",
    ),
    "log-q-is-the-density-of-z": ("posterior", "faulty_layers:ForgetsTheConstant", "sigma"),
    "likelihood-is-normalised": (
        "likelihood",
        "faulty_distributions:ScalesTheError",
        "integrates to 1.77",
    ),
    "likelihood-draws-follow-the-density": (
        "likelihood",
        "faulty_likelihoods:DrawsTooNarrowly",
        r"differs from the density's by .*one value in \[0, 1\]",
    ),
    "log-prob-sums-over-dimensions": (
        "likelihood",
        "faulty_likelihoods:AveragesOverDimensions",
        "log_prob of a doubled example is",
    ),
    "extreme-outputs-are-finite": (
        "likelihood",
        "faulty_likelihoods:DividesZeroByZero",
        r"log_prob is not finite at outputs of 0 \(8x8 grey images\)",
    ),
    "mean-is-the-expectation": (
        "likelihood",
        "faulty_distributions:ShowsSomethingElse",
        "the mean of draws differ",
    ),
    "mean-is-in-range": (
        "likelihood",
        "faulty_distributions:ShowsRawOutputs",
        "the mean ranges from",
    ),
    "what-is-shown-is-data": (
        "likelihood",
        "faulty_likelihoods:ShowsDrawsBeyondTheRange",
        "draws is true, and draws range from -",
    ),
    "a-better-fit-is-likelier": (
        "likelihood",
        "faulty_distributions:PrefersTheWorse",
        "under others",
    ),
    "terms-do-not-grow-with-the-batch": (
        "regularizer",
        "faulty_terms:SumsOverTheBatch",
        "16 examples and .* for 64",
    ),
    "objective-says-what-it-needs": (
        "objective",
        "faulty_terms:AsksForHalfASample",
        r"samples = 2\.0",
    ),
    "a-point-has-no-kl": ("objective", "faulty_terms:NeedsAKLDivergence", "the term kl is None"),
    "channels-are-counted": ("likelihood", "faulty_distributions:CountsInHalves", r"is 0\.5"),
    "samples-are-latents": ("sampler", "faulty_arrays:GivesDoubles", "float64"),
    "nothing-is-printed": ("sampler", "faulty_arrays:PrintsItsProgress", "'epoch 1 of 1'"),
    "equal-seeds-equal-samples": ("sampler", "faulty_arrays:IgnoresTheSeed", "the same samples"),
    "tensors-are-drawn-as-arrays": (
        "sampler",
        "faulty_arrays:DrawsWiderTensors",
        "the spread of draws is 1.[45]",
    ),
    "restored-samplers-are-equal": (
        "sampler",
        "faulty_arrays:ForgetsWhatItLearned",
        "restored sampler differ",
    ),
    "augmented-data-stays-in-range": (
        "augmentation",
        "faulty_augmentations:ForgetsTheRange",
        r"from -?0\.\d+ to 1\.\d+, and those of the data from 0 to 1",
    ),
    "examples-get-draws-of-their-own": (
        "augmentation",
        "faulty_augmentations:DrawsOncePerBatch",
        "equal examples of one batch",
    ),
    "examples-are-augmented-alone": (
        "augmentation",
        "faulty_augmentations:MixesExamples",
        "another example at place 0 changes the rest",
    ),
    "only-training-is-augmented": (
        "augmentation",
        "faulty_augmentations:DisturbsTheEncoder",
        "in validation is",
    ),
    "data-is-as-described": ("dataset", "faulty_arrays:HoldsNaN", "not finite"),
    "examples-are-taken-by-position": (
        "dataset",
        "faulty_arrays:SortsPositions",
        "differs from take",
    ),
    "splits-are-repeatable": ("dataset", "faulty_arrays:SplitsAnewEachTime", "train split differs"),
    "splits-are-disjoint": ("dataset", "faulty_arrays:TestsOnTrainingData", "100%"),
    "other-files-are-read-alike": (
        "dataset",
        "faulty_arrays:ReadsOthersOtherwise",
        "train examples are not among those of `read`",
    ),
    "scores-are-declared": (
        "metric",
        "faulty_metrics:SaysNothing",
        "meaning of gap is not one sentence: 'gap'",
    ),
    "measures-the-data-it-declares": (
        "metric",
        "faulty_metrics:RefusesVectors",
        r"all vector data.*does not like vectors \(unbounded vectors of 4, vectors of 5 bits\)",
    ),
    "scores-are-those-declared": ("metric", "faulty_metrics:MeasuresInSecret", "'secret' is not"),
    "scores-are-finite": ("metric", "faulty_metrics:TakesTheLogOfNothing", "-inf"),
    "influences-fit-the-examples": (
        "metric",
        "faulty_metrics:MixesUpTheSides",
        "96 influences for 79 generated",
    ),
    "influences-tell-the-spread": (
        "metric",
        "faulty_metrics:DividesInfluences",
        "gap: the influences of generated",
    ),
    "scores-ignore-the-order": (
        "metric",
        "faulty_metrics:LooksAtTheFirst",
        "for examples in another order",
    ),
    "real-data-has-a-reference": ("metric", "faulty_metrics:SkipsTheReference", "real data: gap"),
    "directions-are-borne-out": (
        "metric",
        "faulty_metrics:LikesDistance",
        "for real data and better with defects",
    ),
    "equal-seeds-equal-scores": (
        "metric",
        "faulty_metrics:DrawsFromElsewhere",
        "and then",
    ),
    "samples-may-be-more-or-fewer": ("metric", "faulty_metrics:SubtractsPairs", "broadcast"),
    "what-is-missing-is-left-out": ("metric", "faulty_metrics:NeedsADensity", "NoneType"),
    "evidence-is-left-alone": ("metric", "faulty_metrics:CentresInPlace", "it changed generated"),
    "extracts-from-the-data-it-declares": (
        "feature_extractor",
        "faulty_features:RefusesSequences",
        "refused all sequence data.*does not like sequences",
    ),
    "features-are-rows": ("feature_extractor", "faulty_features:GivesDoubles", "float64"),
    "a-row-is-of-one-example": (
        "feature_extractor",
        "faulty_features:CentresTheBatch",
        "single examples differ",
    ),
    "restored-extractors-are-equal": (
        "feature_extractor",
        "faulty_features:ForgetsWhatItLearned",
        "the identity was",
    ),
    "identity-tells-features-apart": (
        "feature_extractor",
        "faulty_features:IsAlwaysTheSame",
        "identity is still",
    ),
    "facts-are-plain": (
        "feature_extractor",
        "faulty_features:TellsAnArray",
        "not JSON serializable",
    ),
    "examples-are-left-alone": (
        "feature_extractor",
        "faulty_features:CentresInPlace",
        "a call changed the examples",
    ),
    "no-state-in-globals": (
        "regularizer",
        "faulty_terms:RemembersItsSteps",
        r"faulty_terms\.SEEN had \d+ entries and now",
    ),
    "training-stays-finite": ("regularizer", "faulty_terms:BecomesNaN", "kl is nan at step 1"),
    "training-repeats-by-seed": (
        "regularizer",
        "faulty_terms:DrawsFromElsewhere",
        r"at step \d is",
    ),
    "training-lowers-the-loss": (
        "regularizer",
        "faulty_terms:ClimbsItsGradient",
        "the loss goes from",
    ),
    "balanced-terms-get-their-share": (
        "regularizer",
        "faulty_terms:GrowsWithTheStep",
        r"the share is 0\.[78]\d*, not 0\.3, at step 2",
    ),
    "measured-weights-are-constants": (
        "regularizer",
        "faulty_terms:ScalesWithTheBuild",
        r"moves by up to .* with \{ balance = 0\.3 \}",
    ),
    "probabilities-are-shares": (
        "feature_extractor",
        "faulty_features:GivesScores",
        "negative or not finite",
    ),
    "optimizer-is-one-of-keras": (
        "optimizer",
        "faulty_optimizers:returns_a_layer",
        "returned a Dense",
    ),
    "steps-lower-a-quadratic": (
        "optimizer",
        "faulty_optimizers:Ascends",
        "the quadratic goes from",
    ),
    "optimizer-paths-are-its-own": (
        "optimizer",
        "faulty_optimizers:LeavesNamesToKeras",
        "in one build only",
    ),
    "optimizer-continues-from-its-variables": (
        "optimizer",
        "faulty_optimizers:CountsInPython",
        "differs after 3 further steps",
    ),
    "weights-without-gradient-stay": (
        "optimizer",
        "faulty_optimizers:MovesWhatSitsOut",
        "changed without a gradient",
    ),
    "learning-rate-is-read-in-each-step": (
        "optimizer",
        "faulty_optimizers:KeepsItsFirstRate",
        "half the learning rate",
    ),
    "excluded-weights-do-not-decay": (
        "optimizer",
        "faulty_optimizers:DecaysEverything",
        "otherwise than without decay",
    ),
    "compiled-steps-equal-eager-steps": (
        "optimizer",
        "faulty_optimizers:BranchesInPython",
        "between eager and compiled",
    ),
    "evaluation-begins-at-the-weights": (
        "optimizer",
        "faulty_optimizers:ForgetsToHalve",
        "before the first step",
    ),
    "evaluation-changes-nothing": ("optimizer", "faulty_optimizers:SwapsInPlace", "kernel changed"),
}

SOUND = {
    "encoder": "faulty_layers:SoundEncoder",
    "posterior": "faulty_layers:SoundPosterior",
    "decoder": "faulty_layers:SoundDecoder",
    "discriminator": "faulty_layers:SoundCritic",
    "prior": "faulty_distributions:SoundPrior",
    "likelihood": "faulty_distributions:SoundLikelihood",
    "objective": "faulty_terms:SoundObjective",
    "regularizer": "faulty_terms:SoundRegularizer",
    "sampler": "faulty_arrays:SoundSampler",
    "augmentation": "faulty_augmentations:SoundAugmentation",
    "optimizer": "faulty_optimizers:SoundOptimizer",
    "dataset": "faulty_arrays:SoundDataset",
    "metric": "faulty_metrics:SoundMetric",
    "feature_extractor": "faulty_features:SoundFeatures",
}
"""The sound component to which the faults of each kind were added."""

OF_LATENTS = {"faulty_augmentations:DisturbsTheEncoder"}

BY_ID = {law.id: law for law in LAWS}


@pytest.mark.parametrize("law_id", FAULTS)
def test_a_component_that_breaks_the_law_is_caught(law_id: str) -> None:
    kind, factory, found = FAULTS[law_id]
    with broken(found) as caught:
        declared: dict[str, Any] = {"for_data": {"latent"}} if factory in OF_LATENTS else {}
        own = {**HOLDERS, "faulty_arrays:ReadsOthersOtherwise": PathParams}
        params = OptimizerParams if kind == "optimizer" else own.get(factory, NoParams)
        BY_ID[law_id](under_test(kind, factory, params=params, **declared))
    assert f"`{law_id}`" in str(caught.value)
    assert f'{kind} "made" (acme-vae 1.0)' in str(caught.value)


MORE_FAULTS = [
    (
        "shapes-are-those-of-the-contract",
        "augmentation",
        "faulty_augmentations:LosesARow",
        r"values has shape \(3, 7, 8, 1\)",
    ),
    (
        "augmented-data-stays-in-range",
        "augmentation",
        "faulty_augmentations:GivesHalfPrecision",
        "dtype float16",
    ),
    (
        "examples-get-draws-of-their-own",
        "augmentation",
        "faulty_augmentations:DrawsTheSameInEachStep",
        "calls with one SeedGenerator",
    ),
    (
        "examples-are-augmented-alone",
        "augmentation",
        "faulty_augmentations:ShufflesTheBatch",
        "changes the rest",
    ),
    (
        "only-training-is-augmented",
        "augmentation",
        "faulty_augmentations:DoesNothing",
        "the loss of a training step is the same",
    ),
    (
        "equal-seeds-equal-outputs",
        "augmentation",
        "faulty_augmentations:DrawsFromElsewhere",
        "values differs by",
    ),
    (
        "other-seeds-other-draws",
        "augmentation",
        "faulty_augmentations:DoesNothing",
        "seeds 5 and 6 give the same values",
    ),
    (
        "a-gradient-reaches-its-input",
        "augmentation",
        "faulty_augmentations:RoundsToLevels",
        "0 everywhere",
    ),
    (
        "inference-changes-no-weights",
        "regularizer",
        "faulty_terms:FollowsOutsideTraining",
        "average changed",
    ),
    (
        "network-gives-the-features",
        "feature_extractor",
        "faulty_features:TrainsItsNetwork",
        "can be trained",
    ),
    ("weights-restore", "regularizer", "faulty_terms:ForgetsItsAverage", "penalty differs by"),
    ("a-gradient-reaches-the-model", "regularizer", "faulty_terms:StopsAtTheSlope", "no gradient"),
    ("scores-ignore-the-order", "metric", "faulty_metrics:SortsInfluences", "do not follow"),
    (
        "measures-the-data-it-declares",
        "metric",
        "faulty_metrics:RefusesEverything",
        "refused all image data",
    ),
    ("measures-the-data-it-declares", "metric", "faulty_metrics:LooksAtFeaturesUnasked", "uses_f"),
    (
        "examples-are-left-alone",
        "feature_extractor",
        "faulty_features:LearnsInPlace",
        "the train split",
    ),
    (
        "likelihood-is-normalised",
        "likelihood",
        "faulty_likelihoods:ForgetsTheRange",
        r"integrates to 2\.0000 over all numbers and to 2\.0000 over value_range, \[-1, 1\]",
    ),
    (
        "likelihood-is-normalised",
        "likelihood",
        "faulty_likelihoods:LiesBeyond",
        r"integrates to 0\.36.* so all of it lies outside value_range",
    ),
    (
        "likelihood-is-normalised",
        "likelihood",
        "faulty_likelihoods:IsNoDensity",
        r"over value_range.*one value in \[0, 1\]",
    ),
    (
        "likelihood-draws-follow-the-density",
        "likelihood",
        "faulty_likelihoods:DrawsNoNoise",
        "draws have mean",
    ),
    (
        "log-prob-sums-over-dimensions",
        "likelihood",
        "faulty_likelihoods:AveragesOverChannels",
        r"axis 2",
    ),
    (
        "extreme-outputs-are-finite",
        "likelihood",
        "faulty_likelihoods:OverflowsFarOut",
        "not finite at outputs of 30",
    ),
    (
        "samples-are-latents",
        "sampler",
        "faulty_arrays:TakesDataForOutputs",
        "outputs of the decoder have 2 channels here; got 1",
    ),
    (
        "a-bound-lies-below-the-density",
        "likelihood",
        "faulty_bounds:ClaimsTooMuchOfValues",
        "of the draws",
    ),
    ("density-integrates-to-1", "prior", "faulty_bounds:IntegratesToMore", r"1\.22"),
    (
        "kl-is-what-samples-say",
        "prior",
        "faulty_distributions:StumblesWithoutLogVar",
        r"TypeError: .*\n.*at .*faulty_distributions\.py:",
    ),
    ("density-integrates-to-1", "prior", "faulty_bounds:ForgetsTheArea", r"6\.28"),
    ("draws-follow-the-density", "prior", "faulty_bounds:DrawsOneHalf", "sigma"),
    ("log-q-is-the-density-of-z", "posterior", "faulty_bounds:DrawsOffTheSphere", "differs from 1"),
    ("log-q-is-the-density-of-z", "posterior", "faulty_bounds:ForgetsTheNormaliser", "circle"),
    ("what-is-shown-is-data", "likelihood", "faulty_likelihoods:CountsItsDraws", "draws = 1"),
    (
        "equal-seeds-equal-outputs",
        "likelihood",
        "faulty_likelihoods:DrawsFromElsewhere",
        "log_prob differs by",
    ),
    ("no-state-in-globals", "regularizer", "faulty_terms:SharesItsHistory", "history had"),
    ("no-state-in-globals", "regularizer", "faulty_terms:TellsItsLatest", "LATEST was replaced"),
]


@pytest.mark.parametrize(("law_id", "kind", "factory", "found"), MORE_FAULTS)
def test_a_law_sees_more_than_one_fault(law_id: str, kind: str, factory: str, found: str) -> None:
    with broken(found):
        BY_ID[law_id](under_test(kind, factory))


@pytest.mark.parametrize("law_id", [law.id for law in LAWS if law.kinds == {"feature_extractor"}])
def test_what_lacks_its_weights_is_skipped_with_the_reason(law_id: str) -> None:
    with pytest.raises(NotHere, match=r"acme-vae.*there is no file weights\.npz") as skipped:
        BY_ID[law_id](under_test("feature_extractor", "faulty_features:LacksItsWeights"))
    assert f"`{law_id}`" in str(skipped.value)


@pytest.mark.parametrize("factory", ["FlattensTheDecoder", "BendsTheDecoder"])
def test_a_penalty_on_the_decoders_jacobian_has_a_gradient(factory: str) -> None:
    BY_ID["a-gradient-reaches-the-model"](under_test("regularizer", f"faulty_terms:{factory}"))


@pytest.mark.parametrize(
    "factory",
    [
        pytest.param("FallsWithin", marks=pytest.mark.slow),
        "SaysNothingBeyond",
        pytest.param("HasANetwork", marks=pytest.mark.slow),
        pytest.param("DrawsForItsDensity", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("law", checks_for(under_test("likelihood", SOUND["likelihood"]).offer))
def test_a_density_within_the_range_of_the_data_is_sound(law: Law, factory: str) -> None:
    law(under_test("likelihood", f"faulty_likelihoods:{factory}"))


@pytest.mark.slow  # a component of the guide does so in tests/docs
@pytest.mark.parametrize("law", checks_for(under_test("decoder", "faulty_holders:Holder").offer))
def test_a_component_that_holds_a_part_passes_by_its_default(law: Law) -> None:
    law(under_test("decoder", "faulty_holders:Holder", params=HolderParams))


def test_probabilities_of_two_levels_need_not_be_a_density_if_the_tags_say_so() -> None:
    made = under_test("likelihood", "faulty_likelihoods:IsNoDensity", tags=frozenset({"binary"}))
    BY_ID["likelihood-is-normalised"](made)
    BY_ID["likelihood-draws-follow-the-density"](made)


def test_draws_between_the_levels_do_not_follow_probabilities_of_levels() -> None:
    factory, tags = "faulty_likelihoods:DrawsBetweenLevels", frozenset({"binary"})
    with pytest.raises(vaereg.ContractError, match="from the nearest level"):
        BY_ID["likelihood-draws-follow-the-density"](under_test("likelihood", factory, tags=tags))


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="nothing is traced on PyTorch")
def test_a_tensor_that_no_attribute_shows_is_found_when_the_next_step_is_compiled() -> None:
    with pytest.raises(vaereg.ContractError, match=r"scope|[Tt]racer"):
        BY_ID["steps-leave-no-tensors"](under_test("regularizer", "faulty_terms:HidesATensor"))


@pytest.mark.slow
@pytest.mark.parametrize("law", checks_for(under_test("regularizer", SOUND["regularizer"]).offer))
def test_a_regularizer_with_a_moving_average_among_its_weights_is_sound(law: Law) -> None:
    law(under_test("regularizer", "faulty_terms:FollowsItsMean"))


SOUND_CASES = [
    pytest.param(kind, law, id=f"{kind}-{law.id}", marks=slow_if_it_trains(law))
    for kind, factory in SOUND.items()
    for law in checks_for(under_test(kind, factory).offer)
]


@pytest.mark.parametrize(("kind", "law"), SOUND_CASES)
def test_a_sound_component_keeps_it(kind: str, law: Law) -> None:
    law(under_test(kind, SOUND[kind]))


@pytest.mark.parametrize("law", checks_for(under_test("sampler", SOUND["sampler"]).offer))
def test_a_sampler_that_decodes_is_sound(law: Law) -> None:
    law(under_test("sampler", "faulty_arrays:DecodesWhatItDraws"))


def test_a_sampler_that_draws_tensors_as_it_samples_is_sound():
    BY_ID["tensors-are-drawn-as-arrays"](under_test("sampler", "faulty_arrays:DrawsTensors"))


def test_a_component_may_need_larger_images_and_other_latents_than_the_usual_cases() -> None:
    decoder = under_test("decoder", "faulty_layers:TakesLargeImagesOnGrids", for_data={"image"})
    for law_id in ("takes-the-data-it-declares", "shapes-are-those-of-the-contract"):
        BY_ID[law_id](decoder)

    vectors = under_test("decoder", "faulty_layers:TakesLargeImagesOnGrids")
    with pytest.raises(vaereg.ContractError, match="refused all vector data"):
        BY_ID["takes-the-data-it-declares"](vectors)


@pytest.mark.parametrize("law_id", ["density-integrates-to-1", "draws-follow-the-density"])
def test_densities_are_integrated_on_grids_of_latents_too(law_id: str) -> None:
    BY_ID[law_id](under_test("prior", "faulty_distributions:TakesGridsOnly"))
    with pytest.raises(NotHere, match="undecided: densities are integrated over latents of two"):
        BY_ID[law_id](under_test("prior", "faulty_distributions:TakesLargeGridsOnly"))


def test_a_prior_may_say_by_an_exception_that_it_has_no_closed_form() -> None:
    BY_ID["kl-is-what-samples-say"](under_test("prior", "faulty_distributions:SaysItHasNone"))


@attrs.frozen
class Unexplained:
    width: int = 3


@attrs.define
class Changeable:
    width: int = vaereg.param(3, "how wide")


@attrs.frozen
class Shared:
    widths: Any = vaereg.param([3], "how wide")  # the fault under test


@attrs.frozen
class OutOfBounds:
    width: int = vaereg.param(3, "how wide", ge=4)


@attrs.frozen
class NoToml:
    phase: complex = vaereg.param(1j, "which way")


@attrs.frozen
class Hidden:
    use: str = vaereg.param("mean", "how it is reduced")


DECLARED = [
    ("summary-is-a-sentence", {"summary": "no full stop"}, "no full stop"),
    ("params-are-explained", {"params": Unexplained}, "'width' has no meaning"),
    ("params-are-frozen", {"params": Changeable}, "can be changed"),
    ("params-are-frozen", {"params": Shared}, "'widths' is a list"),
    ("params-can-be-declared", {"params": NoToml}, "cannot express a value of type"),
    ("params-can-be-declared", {"params": Hidden}, "own key `use` of every .* in Hidden"),
    ("defaults-are-allowed", {"params": OutOfBounds}, "must be 4 <= value"),
    ("plugin-imports-nothing-heavy", {"module": "tests.kit.heavy_plugin"}, "imports keras"),
    ("plugin-is-imported-quickly", {"module": "tests.kit.slow_plugin"}, "the import took 2.. ms"),
]


@pytest.mark.parametrize(("law_id", "declared", "found"), DECLARED)
def test_a_faulty_declaration_is_caught(law_id: str, declared: Any, found: str) -> None:
    with pytest.raises(vaereg.ContractError, match=found):
        BY_ID[law_id](under_test("metric", SOUND["metric"], **declared))


@attrs.frozen
class Bounded:
    width: float = vaereg.param(1.0, "how wide", ge=0, le=10)
    how: str = vaereg.param("mean", "how it is reduced", choices=("mean", "median"))
    flag: bool = vaereg.param(False, "whether to")


AT_BOUNDS = [
    ("DividesByItsParameter", r"with width = 0\.0: penalty is not finite"),
    ("KnowsHalfItsChoices", "with how = 'median': KeyError"),
    ("RefusesWithoutAWord", r"with width = 0\.0: .*ValueError without a message"),
    ("SumsAtItsBound", r"with flag = True: .*shape \(\) instead of \(3,\)"),
]


@pytest.mark.parametrize(("factory", "found"), AT_BOUNDS)
def test_what_fails_at_a_bound_is_caught(factory: str, found: str) -> None:
    faulty = under_test("regularizer", f"faulty_terms:{factory}", params=Bounded)
    with pytest.raises(vaereg.ContractError, match=found):
        BY_ID["bounds-can-be-used"](faulty)


@pytest.mark.parametrize(
    ("law_id", "factory", "found"),
    [
        ("optimizer-is-one-of-keras", "leaves_its_name_to_keras", "name must be 'optimizer'"),
        ("optimizer-is-one-of-keras", "averages_itself", "use_ema"),
        ("steps-lower-a-quadratic", "RecommendsTheOtherSide", "at the recommended weights"),
        ("evaluation-begins-at-the-weights", "RestartsNothing", "after restart_evaluation"),
        ("bounds-can-be-used", "Explodes", "not finite"),
    ],
)
def test_more_faults_of_optimizers_are_caught(law_id: str, factory: str, found: str) -> None:
    faulty = under_test("optimizer", f"faulty_optimizers:{factory}", params=OptimizerParams)
    with broken(found):
        BY_ID[law_id](faulty)


@pytest.mark.slow  # an optimizer of the guide does so in tests/docs
@pytest.mark.parametrize("law", checks_for(under_test("optimizer", SOUND["optimizer"]).offer))
def test_a_sound_optimizer_keeps_every_law_with_its_parameters(law: Law) -> None:
    law(under_test("optimizer", SOUND["optimizer"], params=OptimizerParams))


def test_a_bound_may_be_refused_with_a_reason() -> None:
    BY_ID["bounds-can-be-used"](
        under_test("regularizer", "faulty_terms:RefusesWithAReason", params=Bounded)
    )


@pytest.mark.parametrize(
    ("kind", "factory"),
    [
        ("prior", "faulty_bounds:SoundBoundPrior"),
        ("prior", "faulty_bounds:SoundSpherePrior"),
        ("likelihood", "faulty_bounds:SoundBoundLikelihood"),
        ("posterior", "faulty_bounds:TellsTwice"),
        ("posterior", "faulty_bounds:SoundSpherePosterior"),
    ],
)
def test_a_sound_bound_a_sphere_and_a_density_told_twice_keep_the_laws(kind, factory):
    component = under_test(kind, factory)
    of_densities = ("distributions", "posteriors", "likelihoods", "bounds", "gradients", "training")
    for each in LAWS:
        if kind in each.kinds and each.check.__module__.endswith(of_densities):
            each(component)


def test_every_case_is_tried() -> None:
    decoder = under_test("decoder", "faulty_layers:ForgetsTheChannels")
    with pytest.raises(vaereg.ContractError, match="12x7 colour images"):
        BY_ID["shapes-are-those-of-the-contract"](decoder)


def test_every_kind_has_a_sound_component() -> None:
    assert set(SOUND) == set(vaereg.KINDS)


def test_every_law_has_a_component_that_breaks_it() -> None:
    declared = {law_id for law_id, _, _ in DECLARED}
    told = {law_id for law_id, *_ in (*CONDITIONAL, *TRAINED)}
    bounds = {"bounds-can-be-used"} if AT_BOUNDS else set()
    assert {*FAULTS, *declared, *told, *bounds} == set(BY_ID)


def test_laws_have_names_and_sentences_of_their_own() -> None:
    assert len(BY_ID) == len(LAWS)
    assert len({law.sentence for law in LAWS}) == len(LAWS)
    assert all(law.sentence.endswith(".") and law.kinds <= set(vaereg.KINDS) for law in LAWS)


def test_every_law_has_a_level_and_an_explanation() -> None:
    assert {law.level for law in LAWS} <= set(LEVELS)
    for law in LAWS:
        assert 20 <= len(law.explanation) <= 400, law.id
        assert law.explanation.endswith("."), law.id
        assert law.explanation != law.sentence, law.id


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        Law(id="x", sentence="X.", kinds=frozenset(), check=print, level="deep")


def test_every_kind_has_laws_of_its_own() -> None:
    everywhere = {law.id for law in LAWS if law.kinds == set(vaereg.KINDS)}
    for kind in vaereg.KINDS:
        assert {law.id for law in LAWS if kind in law.kinds} - everywhere, kind


def test_a_component_with_required_parameters_asks_for_them() -> None:
    @attrs.frozen
    class Needy:
        path: str = vaereg.param(vaereg.REQUIRED, "a file")

    with pytest.raises(vaereg.ContractError, match="dataset/made"):
        BY_ID["data-is-as-described"](under_test("dataset", SOUND["dataset"], params=Needy))
    BY_ID["defaults-are-allowed"](under_test("dataset", SOUND["dataset"], params=Needy))
    assert NoParams() == under_test("dataset", SOUND["dataset"]).params
