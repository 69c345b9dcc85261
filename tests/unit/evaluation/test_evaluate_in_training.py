"""The evaluator of a training on a tiny model, with metrics and an extractor of the tests."""

import random

import attrs
import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.tiny_run import blobs, write_project
from vaereg.assembly.load_data import load_data
from vaereg.component import Component, Offer, param
from vaereg.contracts.catalog import UnknownName
from vaereg.declaration.declaration import Evaluating
from vaereg.discovery.declare import declare
from vaereg.errors import DataError, DeclarationError, RunError
from vaereg.evaluation.evaluate_in_training import prepare_evaluator
from vaereg.evaluation.evidence.real_examples import STREAM
from vaereg.host.progress import Progress
from vaereg.model.build_declared import build_declared
from vaereg.trained.samplers import build_sampler, draw, fit_sampler

HERE = "tests.unit.evaluation.test_evaluate_in_training"
DISTANCE = vaereg.ScoreInfo(question="true", direction=-1, meaning="How far the means are apart.")
RATIO = vaereg.ScoreInfo(question="sharp", direction=0, ideal=1.0, meaning="A ratio.")


def told(value: float) -> vaereg.Measured:
    return vaereg.Measured(value=float(value), sample_size=1)


class Means:
    """A metric without features that draws from every global generator."""

    uses_features = False
    scores = {"mean_distance": DISTANCE, "mean_ratio": RATIO, "never": RATIO}  # noqa: RUF012

    def __init__(self, params, context):
        assert context.data_spec.value_range == (0.0, 1.0)

    def __call__(self, evidence):
        random.random(), np.random.rand(), keras.random.normal((2,), seed=1)
        generated, real = evidence.generated.mean(), evidence.real.mean()
        return {"mean_distance": told(abs(generated - real)), "mean_ratio": told(generated / real)}


class FeatureMeans(Means):
    uses_features = True
    scores = {"feature_distance": DISTANCE}  # noqa: RUF012

    def __call__(self, evidence):
        generated, real = evidence.features.generated.mean(), evidence.features.real.mean()
        return {"feature_distance": told(abs(generated - real))}


class Model(Means):
    scores = {"divergence": DISTANCE, "codes": RATIO}  # noqa: RUF012

    def __call__(self, evidence):
        return {
            "divergence": told(evidence.model.kl.sum(axis=1).mean()),
            "codes": told(len(evidence.model.train_mean)),
        }


@attrs.frozen
class ScaledParams:
    scale: float = param(10.0, "a factor", gt=0)


class Scaled:
    """The values times a factor, by a layer that is created in the current precision."""

    facts = {}  # noqa: RUF012

    def __init__(self, params, context):
        self.identity = f"scaled {params.scale}"
        self.scale = params.scale
        self.layer = keras.layers.Rescaling(params.scale)
        self.fits = 0

    def fit(self, data, seed, tell):
        random.random(), np.random.rand()

    def __call__(self, examples):
        assert self.layer.compute_dtype == "float32"
        return np.asarray(self.layer(examples)).reshape(len(examples), -1)

    def state(self):
        return {"scale": np.float32(self.scale)}

    def restore(self, state):
        assert float(state["scale"]) == self.scale


def offer(kind, name, cls, **more):
    component = Component(kind=kind, name=name, factory=f"{HERE}:{cls.__name__}", **more)
    return Offer(component=component, distribution="tests", version="1.0")


class Source:
    """A catalog of the components above."""

    made = (
        offer("metric", "means", Means, for_data={"image"}),
        offer("metric", "feature_means", FeatureMeans),
        offer("metric", "model", Model),
        offer("feature_extractor", "pixels", Scaled, params=ScaledParams),
    )

    def offers(self, kind=None):
        return [each for each in self.made if each.kind == kind]

    def find(self, kind, name):
        for each in self.offers(kind):
            if name in (each.name, each.full_name):
                return each
        raise UnknownName(f"no {kind} is named {name}", "see the list")


class Loud(Progress):
    """Records progress."""

    def __init__(self):
        super().__init__(quiet=True)
        self.said = []

    def say(self, text):
        self.said.append(text)


class Untouchable:
    """A split that must not be read."""

    def __len__(self):
        return 500

    def take(self, indices):
        raise AssertionError("the test split was looked at")


class Case:
    """A declared model with its data, and its evaluators."""

    def __init__(self, folder, *overrides, features="pixels", scores=("feature_distance",)):
        write_project(folder, x_val=blobs(150, 1))
        made = declare(folder / "registry.toml", None, overrides)
        wish = Evaluating(examples=120, features=features, scores=scores)
        self.declaration = attrs.evolve(made, train=attrs.evolve(made.train, evaluate=wish))
        self.data = attrs.evolve(load_data(self.declaration), test=Untouchable())
        self.folder = folder
        self.progress = Loud()

    def evaluate(self):
        cache = self.folder / "cache"
        return prepare_evaluator(self.declaration, self.data, Source(), self.progress, cache)

    def vae(self):
        return build_declared(self.declaration, self.data)


def quantized(values):
    return np.rint(np.clip(values, 0, 1) * 255) / 255


def test_the_columns_are_known_before_anything_is_measured(tmp_path):
    evaluator = Case(tmp_path, scores=("mean_ratio", "feature_distance", "divergence")).evaluate()
    assert list(evaluator.columns) == [
        "eval_mean_ratio", "eval_feature_distance_pixels", "eval_divergence"
    ]  # fmt: skip
    assert evaluator.columns["eval_mean_ratio"] == RATIO
    assert evaluator.columns["eval_feature_distance_pixels"] == DISTANCE


def test_samples_of_the_averaged_weights_are_measured_against_validation_examples(tmp_path):
    case = Case(tmp_path, "train.ema=0.9", scores=("mean_distance", "feature_distance"))
    vae = case.vae()
    for shadow in vae.average.shadows:
        shadow.assign(shadow + 0.3)  # so that averages and weights differ
    scores = case.evaluate().evaluate(vae)

    # which 120 of the 150, as the evaluation chooses them
    chosen = np.sort(np.random.default_rng([0, STREAM]).permutation(150)[:120])
    real = blobs(150, 1)[chosen] / 255
    generated = quantized(vae.sample(120, 0))
    distance = abs(generated.mean() - real.mean())
    assert scores["eval_mean_distance"] == pytest.approx(distance, rel=1e-4)
    assert scores["eval_feature_distance_pixels"] == pytest.approx(10 * distance, rel=1e-4)
    plain = Case(tmp_path, scores=("mean_distance",))
    assert plain.evaluate().evaluate(plain.vae())["eval_mean_distance"] != pytest.approx(distance)


def test_the_declared_sampler_is_fitted_to_the_current_weights(tmp_path):
    case = Case(
        tmp_path,
        'models.tiny.sampler={use="gaussian_mixture", components=[2]}',
        scores=("mean_ratio",),
    )
    vae, evaluator = case.vae(), case.evaluate()
    found = []
    for _ in range(2):
        part = case.declaration.sampler
        sampler = build_sampler(vae, case.declaration, part)
        fit_sampler(sampler, vae, case.declaration, part, case.data)
        values, _ = draw(vae, sampler, part, 120, 0)
        expected = quantized(values).mean()
        ratio = evaluator.evaluate(vae)["eval_mean_ratio"]
        real = (
            blobs(150, 1)[np.sort(np.random.default_rng([0, STREAM]).permutation(150)[:120])].mean()
            / 255
        )
        assert ratio == pytest.approx(expected / real, rel=1e-5)
        found.append(ratio)
        for variable in vae.encoder.trainable_variables + vae.posterior.trainable_variables:
            variable.assign(2 * variable + 0.5)
    assert found[0] != found[1]


def test_scores_of_the_model_are_those_of_validation_and_training_examples(tmp_path):
    case = Case(tmp_path, scores=("divergence", "codes"))
    vae = case.vae()
    scores = case.evaluate().evaluate(vae)
    chosen = np.sort(np.random.default_rng([0, STREAM]).permutation(150)[:120])
    kl = vae.kl_divergences(case.data.validation.take(chosen)).sum(axis=1).mean()
    assert scores["eval_divergence"] == pytest.approx(kl, rel=1e-5)
    assert scores["eval_codes"] == 256


def test_evaluation_changes_no_random_state_and_no_weight_and_is_reproducible(tmp_path):
    case = Case(tmp_path, "train.ema=0.9", scores=("mean_ratio", "feature_distance", "divergence"))
    vae = case.vae()
    random.seed(3)
    np.random.seed(3)
    before = vae.state()
    evaluator = case.evaluate()
    first = evaluator.evaluate(vae)
    assert (random.random(), np.random.rand()) == (
        random.Random(3).random(),
        np.random.RandomState(3).rand(),
    )
    after = vae.state()
    assert before.keys() == after.keys()
    assert [name for name in before if before[name].tobytes() != after[name].tobytes()] == []
    assert evaluator.evaluate(vae) == first == case.evaluate().evaluate(vae)


def test_an_extractor_computes_in_full_precision_whatever_the_model_does(
    tmp_path, vaereg_precision
):
    case = Case(tmp_path, 'train.precision="mixed_bfloat16"')
    vae = case.vae()
    vaereg_precision("mixed_bfloat16")
    assert np.isfinite(case.evaluate().evaluate(vae)["eval_feature_distance_pixels"])
    assert keras.config.dtype_policy().name == "mixed_bfloat16"


def test_the_choice_is_recorded(tmp_path):
    case = Case(tmp_path, features={"use": "pixels", "scale": 2.0})
    assert case.evaluate().settings == Evaluating(
        examples=120, scores=("feature_distance",), features={"use": "tests/pixels", "scale": 2.0}
    )
    no_features = Case(tmp_path, features="auto", scores=("mean_ratio",))
    assert no_features.evaluate().settings.features == "auto"


def test_auto_takes_one_extractor_that_suits_the_data(tmp_path):
    evaluator = Case(tmp_path, features="auto").evaluate()
    assert list(evaluator.columns) == ["eval_feature_distance_pixels"]


@pytest.mark.parametrize(
    ("features", "message"),
    [
        ({"use": "pixels", "scale": -1}, r"features.scale` is out of range"),
        ("pixel", "no feature_extractor is named pixel"),
    ],
)
def test_a_wrong_extractor_is_an_error(tmp_path, features, message):
    with pytest.raises(DeclarationError, match=message):
        Case(tmp_path, features=features).evaluate()


def test_unknown_scores_are_all_reported_with_suggestions_and_the_known_ones(tmp_path):
    case = Case(tmp_path, scores=("mean_distanse", "divergence", "bleu"))
    with pytest.raises(DeclarationError) as error:
        case.evaluate()
    text = str(error.value)
    assert "'mean_distanse'" in text and "'bleu'" in text and "2 errors" in text
    assert 'did you mean "mean_distance"' in text
    assert "available scores: mean_distance, mean_ratio, never, feature_distance" in text
    assert "[train.evaluate]" in text
    assert error.value.exit_code == 2


def test_the_default_scores_that_the_data_allows_are_used(tmp_path, monkeypatch):
    monkeypatch.setattr(Model, "scores", {"coverage": RATIO})
    case = Case(tmp_path, scores=Evaluating().scores)
    evaluator = case.evaluate()
    assert list(evaluator.columns) == ["eval_coverage"]
    assert evaluator.settings.scores == ("coverage",)
    monkeypatch.setattr(Model, "scores", {"divergence": RATIO})
    with pytest.raises(DeclarationError, match="spectrum_distance"):
        case.evaluate()


def test_a_score_that_cannot_be_measured_is_left_out_with_one_warning(tmp_path):
    case = Case(tmp_path, scores=("never", "mean_ratio"))
    evaluator, vae = case.evaluate(), case.vae()
    assert list(evaluator.evaluate(vae)) == list(evaluator.evaluate(vae)) == ["eval_mean_ratio"]
    assert len([text for text in case.progress.said if "eval_never" in text]) == 1


def test_too_few_validation_examples_are_an_error_although_there_is_a_test_split(tmp_path):
    case = Case(tmp_path)
    case.data = attrs.evolve(case.data, validation=None)
    with pytest.raises(DataError, match="at least 100 validation examples; the data has 0"):
        case.evaluate()


def test_samples_that_are_not_finite_are_an_error(tmp_path):
    case = Case(tmp_path, scores=("mean_ratio",))
    vae = case.vae()
    for variable in vae.decoder.trainable_variables:
        variable.assign(np.nan * variable)
    with pytest.raises(RunError, match="not finite"):
        case.evaluate().evaluate(vae)
