"""Laws of metrics."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from vaereg.contracts.metric import QUESTIONS, Measured, ScoreInfo
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
"""How many groups of examples are left out in turn."""

FACTOR = 5.0
"""How far the spread that influences tell may be from that of leaving groups out.

Scores of nearest neighbours and of quantiles are no smooth functions of the data, so their
influences are no more than a good guess. What the law is for, influences divided by n or by its
root, is further off for the examples here."""

FEW = 3
"""A share may move by so few examples untold: where there are none, zeros tell no spread."""

MUCH_BETTER = 4.0
"""A score may find the one defect so many times better than real data as the other is worse."""

Scores = dict[str, Measured]


def _finite(scores: Mapping[str, Measured], where: str) -> None:
    for name, score in scores.items():
        require(math.isfinite(score.value), f"{name} = {score.value} {where}")
        require(score.sample_size > 0, f"{name} has sample size {score.sample_size!r} {where}")


@law(
    "scores-are-declared",
    "`scores` says of each score a question and, in a sentence, what it means.",
    "metric",
)
def scores_are_declared(component: ComponentUnderTest) -> None:
    """Tables and reports print it. Give each name a vaereg.ScoreInfo."""
    metric = component.build(measured_cases(component)[0])
    require(isinstance(metric.uses_features, bool), f"uses_features is {metric.uses_features!r}")
    require(len(metric.scores), "`scores` is empty")
    for name, info in metric.scores.items():
        require(NAME.fullmatch(name), f"the name {name!r} is not of the form [a-z][a-z0-9_]*")
        require(isinstance(info, ScoreInfo), f"{name} is told by a {type(info).__name__}")
        require(info.question in QUESTIONS, f"{name} speaks to {info.question!r}")
        sentence = info.meaning[:1].isupper() and info.meaning.endswith(".")
        require(sentence and "\n" not in info.meaning, f"{name} means {info.meaning!r}")
        alone = info.ideal is None or info.direction == 0
        require(alone, f"{name} has an ideal and a direction; an ideal stands with direction 0")


@law(
    "measures-the-data-it-declares",
    "For each form of for_data there is data that it measures.",
    "metric",
    order=2,
    groundwork=measured_cases,
)
def measures_the_data_it_declares(component: ComponentUnderTest) -> None:
    """Other data is a DataError. Leave out of for_data what it never measures."""
    require_every_form(component, measured_results(component))


@law("scores-are-those-declared", "What is measured is declared, and told as Measured.", "metric")
def scores_are_those_declared(component: ComponentUnderTest) -> None:
    """A reader would not know what others mean. Add them to `scores`."""
    for case in measured_cases(component):
        metric = component.build(case)
        found = metric(evidence_for(metric, case, model=StandInModel))
        for name, score in found.items():
            declared = ", ".join(metric.scores)
            require(name in metric.scores, f"{name!r} is not among {declared}")
            require(isinstance(score, Measured), f"{name} is a {type(score).__name__}")


@law("scores-are-finite", "There are scores, and each is finite.", "metric")
def scores_are_finite(component: ComponentUnderTest) -> None:
    """For all data, quick and thorough. Leave out what the evidence does not allow."""
    for case in measured_cases(component):
        for thorough in (False, True):
            metric = component.build(case)
            evidence = evidence_for(metric, case, model=StandInModel, thorough=thorough)
            _finite(metric(evidence), f"({case.name})")
    metric, evidence = metric_at_home(component)
    require(metric(evidence), "there are none")


@law(
    "influences-fit-the-examples",
    "Influences are finite, one for each example that was looked at.",
    "metric",
)
def influences_fit_the_examples(component: ComponentUnderTest) -> None:
    """With unequal numbers of real and generated examples, so that they cannot be mixed up.

    Give each side's under its own name, or None.
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
            shape = np.shape(influences)
            require(array, f"{name}: influence_of_{side} has shape {shape}, not ({count},)")
            many = 2 <= len(influences) <= count
            require(many, f"{name}: {len(influences)} influences of {count} {side} examples")
            require(np.isfinite(influences).all(), f"{name}: influences of {side} are not finite")


@law(
    "influences-tell-the-spread",
    "Leaving examples out moves a score as far as its influences say.",
    "metric",
)
def influences_tell_the_spread(component: ComponentUnderTest) -> None:
    """By the jackknife over groups; where influences were divided by n, intervals would lie.

    Scores of the model are left out: their examples are draws that cannot be taken away singly.
    Give the derivative by each example's weight times n, that is for a mean the values themselves.
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
                f"{name}: the influences of {side} examples tell a standard error of {told:.3g}, "
                f"and leaving {count // GROUPS} of {count} out in turn one of {found:.3g}",
            )


def _left_out(metric: Any, evidence: StandInEvidence, side: str) -> Iterator[Scores]:
    """The scores without each group of examples in turn."""
    places = np.arange(len(getattr(evidence, side)))
    for group in range(GROUPS):
        yield dict(metric(evidence.taking(**{side: places[places % GROUPS != group]})))


@law(
    "scores-ignore-the-order",
    "Scores do not depend on the order of examples, and influences move with them.",
    "metric",
)
def scores_ignore_the_order(component: ComponentUnderTest) -> None:
    """Two models' influences of real examples are subtracted row by row.

    Keep influences in the order in which the examples came.
    """
    metric, evidence = metric_at_home(component)
    rng = np.random.default_rng(0)
    real, generated, train = (
        rng.permutation(len(each)) for each in (evidence.real, evidence.generated, evidence.train)
    )
    first = metric(evidence)
    second = metric(evidence.taking(real=real, generated=generated, train=train))
    for name, score in first.items():
        other = second.get(name)
        require(other is not None, f"{name} is not measured in another order")
        require(_near(score.value, other.value), f"{name} is {score.value} and then {other.value}")
        for side, order in (("generated", generated), ("real", real)):
            one, two = (getattr(each, f"influence_of_{side}") for each in (score, other))
            if one is None or two is None or len(one) != len(order):
                require((one is None) == (two is None), f"{name}: {side} comes and goes")
                continue
            # Only the spread of generated ones is used, so those of pairs may stand in any order.
            pair = (one[order], two) if side == "real" else (np.sort(one), np.sort(two))
            require(_near(*pair), f"{name}: influences of {side} do not move with the examples")


def _near(one: Any, two: Any) -> bool:
    scale = float(np.max(np.abs(one), initial=0.0))
    return np.allclose(one, two, rtol=1e-4, atol=1e-4 * scale + 1e-9)


@law(
    "real-data-has-a-reference",
    "Real data against real data is measured by the scores that samples are.",
    "metric",
)
def real_data_has_a_reference(component: ComponentUnderTest) -> None:
    """A figure says little without the one that perfect samples would get.

    Return the score also where evidence.model is None, unless it is of the model itself.
    """
    metric, evidence = metric_at_home(component, model=None)
    references = dict(metric(reference(evidence)))
    _finite(references, "for real data against real data")
    lacking = sorted(set(metric(evidence)) - set(references))
    require(not lacking, f"real data against real data gets no {', '.join(lacking)}")


@law(
    "directions-are-borne-out",
    "Of the defects that move a score, one at least makes it worse than real data's.",
    "metric",
)
def directions_are_borne_out(component: ComponentUnderTest) -> None:
    """No single defect will do for all: blur raises precision, and copies lower a distance.

    Should nothing get worse, `direction` has the wrong sign or the score sees no defect.
    """
    metric, evidence = metric_at_home(component, model=None)
    real = reference(evidence, unseen=False)
    references = metric(real)
    with_defects = {name: metric(spoilt(real, spoil)) for name, spoil in DEFECTS.items()}
    for name, score in references.items():
        info = metric.scores[name]
        worse = {
            defect: _badness(info, each[name].value) - _badness(info, score.value)
            for defect, each in with_defects.items()
            if name in each
        }
        if not worse or (info.direction == 0 and info.ideal is None):
            continue
        most, least = max(worse.values()), min(worse.values())
        told = ", ".join(f"{with_defects[each][name].value:.3g} for {each}" for each in worse)
        borne_out = most >= -least / MUCH_BETTER - 1e-9 * abs(score.value)
        require(borne_out, f"{name} is {score.value:.3g} for real data and better, {told}")


def _badness(info: ScoreInfo, value: float) -> float:
    return -info.direction * value if info.ideal is None else abs(value - info.ideal)


@law("equal-seeds-equal-scores", "Equal evidence with equal seeds gives equal scores.", "metric")
def equal_seeds_equal_scores(component: ComponentUnderTest) -> None:
    """An evaluation made again says the same. Draw by evidence.seed alone."""
    found = []
    for _ in range(2):
        metric, evidence = metric_at_home(component)
        found.append({name: score.value for name, score in metric(evidence).items()})
    require(found[0] == found[1], f"{found[0]} and then {found[1]}")


@law("samples-may-be-more-or-fewer", "It takes more or fewer samples than real data.", "metric")
def samples_may_be_more_or_fewer(component: ComponentUnderTest) -> None:
    """A reference may have fewer examples than are held out. Compare sets, and no pairs."""
    metric, evidence = metric_at_home(component)
    count = len(evidence.real)
    for side, kept in (("generated", count // 2), ("real", count // 2)):
        scores = dict(metric(evidence.taking(**{side: np.arange(kept)})))
        _finite(scores, f"with {kept} {side} examples and {count} others")
        require(scores, f"there are none with {kept} {side} examples and {count} others")


@law(
    "what-is-missing-is-left-out",
    "Scores that the evidence does not allow are left out, and the others measured.",
    "metric",
)
def what_is_missing_is_left_out(component: ComponentUnderTest) -> None:
    """No model, a posterior that is a point, no classes: look before using them."""
    every, _ = metric_at_home(component)
    known = set(every.scores)
    for where, options in (
        ("without a model", {"model": None}),
        ("with a deterministic model", {"model": partial(StandInModel, deterministic=True)}),
        ("without probabilities", {"probabilities": None}),
    ):
        metric, evidence = metric_at_home(component, **options)
        scores = dict(metric(evidence))
        _finite(scores, where)
        require(set(scores) <= known, f"{where} it measures {', '.join(set(scores) - known)}")


@law("evidence-is-left-alone", "A metric changes nothing in the evidence.", "metric")
def evidence_is_left_alone(component: ComponentUnderTest) -> None:
    """The next metric looks at the same arrays. Copy before changing anything in place."""
    metric, evidence = metric_at_home(component)
    arrays = dict(_arrays(evidence))
    kept = {name: array.copy() for name, array in arrays.items()}
    metric(evidence)
    for name, array in arrays.items():
        require(np.array_equal(array, kept[name]), f"it changed {name}")


def _arrays(evidence: StandInEvidence) -> Iterator[tuple[str, np.ndarray]]:
    parts: dict[str, tuple[Any, tuple[str, ...]]] = {
        "": (evidence, ("real", "generated", "reconstructed", "train")),
        "model.": (evidence.model, ("latents", "prior_latents", "real_mean", "train_mean", "kl")),
    }
    if evidence.extract is not None:
        sides = ("real", "generated", "train", "real_probabilities", "generated_probabilities")
        parts["features."] = (evidence.features, sides)
    for prefix, (part, names) in parts.items():
        for name in names:
            yield prefix + name, getattr(part, name)
