"""Metrics under test: the cases that a metric measures, and synthetic evidence for them."""

from __future__ import annotations

from typing import Any

from vaereg.contracts.metric import Metric
from vaereg.testing.cases import Case
from vaereg.testing.component_under_test import ComponentUnderTest
from vaereg.testing.evaluated_cases import CaseResults, accepted, refusal_reasons, results_by_case
from vaereg.testing.law import require
from vaereg.testing.stand_ins.defects import features_for, labels_of
from vaereg.testing.stand_ins.evidence import StandInEvidence
from vaereg.testing.stand_ins.model_view import StandInModel


def evidence_for(metric: Metric, case: Case, **options: Any) -> StandInEvidence:  # its own
    """Synthetic evidence for a metric, with features if it uses them, and with labels.

    Args:
        metric: the metric.
        case: the case whose data it shows.
        options: arguments of StandInEvidence.
    """
    features = features_for(metric.uses_features, case.data)
    made = StandInEvidence(data_spec=case.data, **{**features, **options})
    made.real_given = {**labels_of(made, made.real), **made.real_given}
    made.generated_given = {**labels_of(made, made.generated), **made.generated_given}
    return made


def measured_results(component: ComponentUnderTest) -> CaseResults:
    """By case: the scores, or the error with which the metric refused the case."""

    def measure(metric: Metric, case: Case) -> object:
        return metric(evidence_for(metric, case, model=StandInModel))

    return component.shared("results", lambda: results_by_case(component, measure))


def measured_cases(component: ComponentUnderTest) -> list[Case]:
    """The cases that the metric accepts.

    Raises:
        ContractError: if it accepts no case.
    """
    found = measured_results(component)
    require(accepted(found), f"it measured nothing. {refusal_reasons(found)}")
    return list(accepted(found))


def metric_at_home(
    component: ComponentUnderTest,
    **options: Any,  # of StandInEvidence
) -> tuple[Metric, StandInEvidence]:
    """The metric, built for the first case that it accepts, and evidence with a model."""
    case = measured_cases(component)[0]
    metric = component.build(case)
    return metric, evidence_for(metric, case, **{"model": StandInModel, **options})
