from pathlib import Path

import pytest

from vaereg.cli.outcome import summary
from vaereg.workflows.finished_run import FinishedRun


def told(**terms: float) -> str:
    return summary(
        FinishedRun(
            folder=Path("runs/m/1"),
            model="m",
            seed=0,
            epochs=3,
            stopped_early=False,
            terms={"loss": 1.0, **terms},
            best={},
            seconds=2.0,
            images_per_second=0.0,
            peak_memory={},
            files={"samples": "samples.png"},
        )
    )


@pytest.mark.parametrize(
    ("terms", "collapsed"),
    [
        ({"kl": 0.02}, True),
        ({"kl": 5.0, "val_kl": 0.02}, True),  # of data that training does not see
        ({"kl": 0.02, "val_kl": 5.0}, False),
        ({"kl": 5.0}, False),
        ({"kl": float("nan")}, False),
        ({}, False),  # a deterministic posterior
    ],
)
def test_a_collapse_is_told_in_words(terms: dict[str, float], collapsed: bool) -> None:
    text = told(**terms)

    assert ("the posterior has collapsed: the latent carries 0.02 nats" in text) == collapsed
    assert text.endswith("next: vaereg sample runs/m/1 -n 64")
