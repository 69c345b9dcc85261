import io

import attrs
import numpy as np
import pytest

from tests.helpers.evaluations import make_score
from tests.helpers.measured_runs import run
from vaereg.cli.evaluation_text import print_evaluation, print_runs
from vaereg.cli.terminal import Terminal
from vaereg.reporting.run_table import run_table


def evaluation(**more):
    found = run(np.random.default_rng(0)).evaluation
    scores = {
        **found.scores,
        "elbo": make_score("elbo", -100.0, direction=1, unit="nats"),
        "near_copies": make_score(
            "near_copies", 0.05, low=0.03, high=0.07, question="true", share=True, limit=0.01
        ),
        "kernel_distance_reconstructed_classifier": make_score(
            "kernel_distance_reconstructed_classifier", 0.1, question="true", extractor="classifier"
        ),
        **more,
    }
    return attrs.evolve(found, scores=scores)


def printed(show):
    stream = io.StringIO()
    show(Terminal(stream, "never"))
    return stream.getvalue()


@pytest.mark.parametrize("everything", [False, True])
def test_scores_that_decide_and_those_of_the_model_are_shown_and_others_on_demand(everything):
    text = printed(
        lambda terminal: print_evaluation(
            evaluation(), "m", "runs/m/1", terminal, everything=everything
        )
    )
    rows = [line.split()[0] for line in text.splitlines() if line.strip()]

    for name in ("coverage_classifier", "kernel_distance_efficientnet_lite0", "near_copies"):
        assert rows.count(name) == 1, name
    assert rows.count("elbo") == 1
    for name in ("recall_classifier", "kernel_distance_reconstructed_classifier"):
        assert rows.count(name) == everything, name
    assert ("further scores" in text) != everything
    headings = ("Sharp?", "Varied?", "True to the data?", "Likely causes", "Is the VAE healthy?")
    places = [text.index(each) for each in headings]
    assert places == sorted(places)


def test_the_limit_of_a_score_is_shown():
    text = printed(lambda terminal: print_evaluation(evaluation(), "m", "runs/m/1", terminal))

    (row,) = [line for line in text.splitlines() if line.startswith("near_copies")]
    assert "5.0 %" in row and "1.0 %" in row


@pytest.mark.parametrize("everything", [False, True])
def test_several_runs_are_a_row_each(everything):
    declared = [{"models": {"m": {"latent": size}}} for size in (2, 3)]
    table = run_table(["a", "b"], declared, [evaluation(), evaluation()])

    text = printed(lambda terminal: print_runs(table, terminal, everything=everything))

    headers = [line for line in text.splitlines() if line.startswith("run ")]
    assert sum("coverage_classifier" in line for line in headers) == 1
    assert sum("recall_classifier" in line for line in headers) == everything
    assert sum("elbo" in line for line in headers) == everything
    of_a = [line for line in text.splitlines() if line.startswith("a ")]
    assert len(of_a) == len(headers)
    assert ("further scores" in text) != everything
