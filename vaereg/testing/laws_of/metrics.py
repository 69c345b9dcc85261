"""Laws of metrics."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from vaereg.contracts.metric import QUESTIONS, Measured, Metric, ScoreInfo
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.evaluated_cases import require_every_form
from vaereg.testing.law import law, require
from vaereg.testing.measured_cases import (
    evidence_for,
    measured_cases,
    measured_results,
    metric_at_home,
)
from vaereg.testing.stand_ins.defects import DEFECTS, reference, spoilt
from vaereg.testing.stand_ins.evidence import StandInEvidence
from vaereg.testing.stand_ins.model_view import StandInModel

NAME = re.compile(r"[a-z][a-z0-9_]*")

GROUPS = 16
"""The number of groups of examples; each group is left out in turn."""

FACTOR = 5.0
"""The largest allowed ratio between the standard errors from influences and from leaving out.

Scores of nearest neighbours and of quantiles are not smooth in the data, so their influences are
only approximations. The law is meant to find influences divided by n or by its root, which are
further off for the examples here."""

FEW = 3
"""A score that is a share may move by this many examples although all its influences are 0."""

MUCH_BETTER = 4.0
"""How many times as far a score may move in its better direction as in its worse one."""

Scores = dict[str, Measured]


def _require_finite(scores: Mapping[str, Measured], where: str) -> None:
    for name, score in scores.items():
        require(math.isfinite(score.value), f"{name} = {score.value} {where}")
        require(score.sample_size > 0, f"{name} has sample size {score.sample_size!r} {where}")


@law(
    "scores-are-declared",
    "`scores` declares each score: its question, and its meaning in one sentence.",
    "metric",
)
def scores_are_declared(component: ComponentUnderTest) -> None:
    """Tables and reports print these declarations. Map each score's name to a vaereg.ScoreInfo."""
    metric = component.build(measured_cases(component)[0])
    require(isinstance(metric.uses_features, bool), f"uses_features is {metric.uses_features!r}")
    require(len(metric.scores), "`scores` is empty")
    for name, info in metric.scores.items():
        require(NAME.fullmatch(name), f"the name {name!r} does not match [a-z][a-z0-9_]*")
        found = f"{name} is declared by a {type(info).__name__}, not a ScoreInfo"
        require(isinstance(info, ScoreInfo), found)
        found = f"{name} has the question {info.question!r}; use one of {', '.join(QUESTIONS)}"
        require(info.question in QUESTIONS, found)
        sentence = info.meaning[:1].isupper() and info.meaning.endswith(".")
        found = f"the meaning of {name} is not one sentence: {info.meaning!r}"
        require(sentence and "\n" not in info.meaning, found)
        alone = info.ideal is None or info.direction == 0
        require(alone, f"{name} has an ideal and a direction; with an ideal, set direction = 0")


@law(
    "measures-the-data-it-declares",
    "For each form of for_data there is data that the metric measures.",
    "metric",
    order=2,
    groundwork=measured_cases,
)
def measures_the_data_it_declares(component: ComponentUnderTest) -> None:
    """Other data raises a DataError. Remove from for_data the forms that it never measures."""
    require_every_form(component, measured_results(component))


@law(
    "scores-are-those-declared",
    "Every returned score is declared in `scores` and is a vaereg.Measured.",
    "metric",
)
def scores_are_those_declared(component: ComponentUnderTest) -> None:
    """A reader would not know what an undeclared score means. Add it to `scores`."""
    for case in measured_cases(component):
        metric = component.build(case)
        found = metric(evidence_for(metric, case, model=StandInModel))
        for name, score in found.items():
            declared = ", ".join(metric.scores)
            require(name in metric.scores, f"{name!r} is not among {declared}")
            require(isinstance(score, Measured), f"{name} is a {type(score).__name__}")


@law("scores-are-finite", "The metric returns scores, and each is finite.", "metric")
def scores_are_finite(component: ComponentUnderTest) -> None:
    """Checked for quick and thorough evaluations of all data that the metric accepts.

    Leave out a score that the evidence does not allow.
    """
    for case in measured_cases(component):
        for thorough in (False, True):
            metric = component.build(case)
            evidence = evidence_for(metric, case, model=StandInModel, thorough=thorough)
            _require_finite(metric(evidence), f"({case.name})")
    metric, evidence = metric_at_home(component)
    require(metric(evidence), "the metric returned no scores")


@law(
    "influences-fit-the-examples",
    "Influences are finite, with one value for each example that was used.",
    "metric",
)
def influences_fit_the_examples(component: ComponentUnderTest) -> None:
    """Checked with unequal numbers of real and generated examples, to find a mix-up.

    Return the influences of each side under its own name, or None.
    """
    metric, evidence = metric_at_home(component)
    evidence = evidence.taking(generated=np.arange(len(evidence.generated) - 17))
    most = {"generated": len(evidence.generated), "real": len(evidence.real)}
    for name, score in metric(evidence).items():
        for side, count in most.items():
            influences = getattr(score, f"influence_of_{side}")
            if influences is None:
                continue
            array = isinstance(influences, np.ndarray) and influences.ndim == 1
            found = f"has shape {np.shape(influences)}, not ({count},)"
            require(array, f"{name}: influence_of_{side} {found}")
            many = 2 <= len(influences) <= count
            require(many, f"{name}: {len(influences)} influences for {count} {side} examples")
            require(np.isfinite(influences).all(), f"{name}: influences of {side} are not finite")


@law(
    "influences-tell-the-spread",
    "The standard error from influences agrees with a jackknife that leaves examples out.",
    "metric",
)
def influences_tell_the_spread(component: ComponentUnderTest) -> None:
    """Confidence intervals come from influences. Do not divide influences by n.

    An influence is n times the derivative of the score by an example's weight; for a mean, these
    are the values themselves. Scores of the model are not checked, since single draws cannot be
    left out.
    """
    metric, evidence = metric_at_home(component, model=None)
    scores = dict(metric(evidence))
    for side in ("generated", "real"):
        count = len(getattr(evidence, side))
        known = {name: getattr(score, f"influence_of_{side}") for name, score in scores.items()}
        known = {n: each for n, each in known.items() if each is not None and len(each) == count}
        without = list(_left_out(metric, evidence, side)) if known else []
        for name, influences in known.items():
            told = float(np.std(influences, ddof=1)) / math.sqrt(count)
            left = [each[name].value for each in without if name in each]
            found = math.sqrt((GROUPS - 1) * float(np.var(left)))
            value = scores[name].value
            share = metric.scores[name].share
            slack = FEW / count if share else 1e-6 * abs(value) + 1e-9
            require(
                max(told, found) <= FACTOR * min(told, found) + slack,
                f"{name}: the influences of {side} examples give a standard error of {told:.3g}, "
                f"but leaving out {count // GROUPS} of {count} in turn gives {found:.3g}",
            )


def _left_out(metric: Metric, evidence: StandInEvidence, side: str) -> Iterator[Scores]:
    """The scores with each group of examples left out in turn."""
    places = np.arange(len(getattr(evidence, side)))
    for group in range(GROUPS):
        yield dict(metric(evidence.taking(**{side: places[places % GROUPS != group]})))


@law(
    "scores-ignore-the-order",
    "Scores do not depend on the order of examples, and influences follow that order.",
    "metric",
)
def scores_ignore_the_order(component: ComponentUnderTest) -> None:
    """A comparison subtracts two models' influences of real examples row by row.

    Return influences in the order of the examples.
    """
    metric, evidence = metric_at_home(component)
    rng = np.random.default_rng(0)
    real, generated, train = (
        rng.permutation(len(each)) for each in (evidence.real, evidence.generated, evidence.train)
    )
    first = metric(evidence)
    second = metric(evidence.taking(real=real, generated=generated, train=train))
    for name, score in first.items():
        other: Any = second.get(name)  # not None, as the next line requires
        require(other is not None, f"{name} is missing for examples in another order")
        found = f"{name} is {score.value}, and {other.value} for examples in another order"
        require(_are_close(score.value, other.value), found)
        for side, order in (("generated", generated), ("real", real)):
            one, two = (getattr(each, f"influence_of_{side}") for each in (score, other))
            if one is None or two is None or len(one) != len(order):
                found = f"{name}: influence_of_{side} is None for one order but not for another"
                require((one is None) == (two is None), found)
                continue
            # Of generated examples only the spread is used, so their influences may be reordered.
            pair = (one[order], two) if side == "real" else (np.sort(one), np.sort(two))
            found = f"{name}: influences of {side} examples do not follow the examples' order"
            require(_are_close(*pair), found)


def _are_close(one: float | np.ndarray, two: float | np.ndarray) -> bool:
    scale = float(np.max(np.abs(one), initial=0.0))
    return np.allclose(one, two, rtol=1e-4, atol=1e-4 * scale + 1e-9)


@law(
    "real-data-has-a-reference",
    "Every score of samples is also measured for real data against real data.",
    "metric",
)
def real_data_has_a_reference(component: ComponentUnderTest) -> None:
    """A score says little without the reference: the score that perfect samples would get.

    Return the score also if evidence.model is None, unless it measures the model itself.
    """
    metric, evidence = metric_at_home(component, model=None)
    references = dict(metric(reference(evidence)))
    _require_finite(references, "for real data against real data")
    lacking = sorted(set(metric(evidence)) - set(references))
    require(not lacking, f"not measured for real data against real data: {', '.join(lacking)}")


@law(
    "directions-are-borne-out",
    "At least one of the tested defects makes each score worse than for real data.",
    "metric",
)
def directions_are_borne_out(component: ComponentUnderTest) -> None:
    """Several defects are tested, since no single one makes every score worse.

    For example, blur raises precision, and copies lower a distance. If no defect makes the score
    worse, `direction` has the wrong sign, or the score sees no defect.
    """
    metric, evidence = metric_at_home(component, model=None)
    real = reference(evidence, unseen=False)
    references = metric(real)
    with_defects = {name: metric(spoilt(real, spoil)) for name, spoil in DEFECTS.items()}
    for name, score in references.items():
        info = metric.scores[name]
        worse = {
            defect: _shortfall(info, each[name].value) - _shortfall(info, score.value)
            for defect, each in with_defects.items()
            if name in each
        }
        if not worse or (info.direction == 0 and info.ideal is None):
            continue
        most, least = max(worse.values()), min(worse.values())
        told = ", ".join(f"{with_defects[each][name].value:.3g} for {each}" for each in worse)
        borne_out = most >= -least / MUCH_BETTER - 1e-9 * abs(score.value)
        found = f"{name} is {score.value:.3g} for real data and better with defects: {told}"
        require(borne_out, found)


def _shortfall(info: ScoreInfo, value: float) -> float:
    return -info.direction * value if info.ideal is None else abs(value - info.ideal)


@law("equal-seeds-equal-scores", "Equal evidence with equal seeds gives equal scores.", "metric")
def equal_seeds_equal_scores(component: ComponentUnderTest) -> None:
    """Evaluations must be repeatable. Seed random draws with evidence.seed only."""
    found = []
    for _ in range(2):
        metric, evidence = metric_at_home(component)
        found.append({name: score.value for name, score in metric(evidence).items()})
    require(found[0] == found[1], f"the scores are {found[0]}, and then {found[1]}")


@law(
    "samples-may-be-more-or-fewer",
    "The metric accepts more or fewer samples than real examples.",
    "metric",
)
def samples_may_be_more_or_fewer(component: ComponentUnderTest) -> None:
    """The reference may have fewer examples than are held out. Compare sets, not pairs."""
    metric, evidence = metric_at_home(component)
    count = len(evidence.real)
    for side, kept in (("generated", count // 2), ("real", count // 2)):
        scores = dict(metric(evidence.taking(**{side: np.arange(kept)})))
        where = f"with {kept} {side} examples and {count} on the other side"
        _require_finite(scores, where)
        require(scores, f"there are no scores {where}")


@law(
    "what-is-missing-is-left-out",
    "Scores that the evidence does not allow are left out, and the others are measured.",
    "metric",
)
def what_is_missing_is_left_out(component: ComponentUnderTest) -> None:
    """There may be no model, no density of the posterior or no class probabilities.

    Check evidence.model, model.deterministic and the probabilities before you use them.
    """
    every, _ = metric_at_home(component)
    known = set(every.scores)
    for where, options in (
        ("without a model", {"model": None}),
        ("with a deterministic model", {"model": partial(StandInModel, deterministic=True)}),
        ("without probabilities", {"probabilities": None}),
    ):
        metric, evidence = metric_at_home(component, **options)
        scores = dict(metric(evidence))
        _require_finite(scores, where)
        unknown = sorted(set(scores) - known)
        require(not unknown, f"{where} it returns undeclared scores: {', '.join(unknown)}")


@law("evidence-is-left-alone", "A metric changes nothing in the evidence.", "metric")
def evidence_is_left_alone(component: ComponentUnderTest) -> None:
    """The next metric uses the same arrays. Copy an array before you change it in place."""
    metric, evidence = metric_at_home(component)
    arrays = dict(_arrays(evidence))
    kept = {name: array.copy() for name, array in arrays.items()}
    metric(evidence)
    for name, array in arrays.items():
        require(np.array_equal(array, kept[name]), f"it changed {name}")


def _arrays(evidence: StandInEvidence) -> Iterator[tuple[str, np.ndarray]]:
    parts: dict[str, tuple[object, tuple[str, ...]]] = {
        "": (evidence, ("real", "generated", "reconstructed", "train")),
        "model.": (evidence.model, ("latents", "prior_latents", "real_mean", "train_mean", "kl")),
    }
    if evidence.extract is not None:
        classified = ("real_probabilities", "generated_probabilities")
        parts["features."] = (evidence.features, (*parts[""][1], *classified))
    for prefix, (part, names) in parts.items():
        for name in names:
            yield prefix + name, getattr(part, name)
