"""What samples lack, and why: the decoder, the prior, texture, collapse or copies, in numbers."""

from __future__ import annotations

from collections.abc import Sequence

from vaereg.comparison.verdicts.cause_kind import CauseKind
from vaereg.comparison.verdicts.explanations import explanations
from vaereg.reporting.content import Facts, Section
from vaereg.reporting.panels import named
from vaereg.reporting.reported_run import ReportedRun

NAMES: dict[CauseKind, str] = {
    "decoder": "Decoder",
    "prior": "Prior",
    "texture": "Texture",
    "collapse": "Collapse",
    "copies": "Copies",
}
"""The name of each cause, in the order of the rows."""


def why(runs: Sequence[ReportedRun]) -> Section:
    """A row for each cause that a run has, and one for what may help against it."""
    found = [{each.kind: each.text for each in explanations(run.evaluation)} for run in runs]
    rows: list[tuple[str, tuple[str, ...]]] = []
    for kind, name in NAMES.items():
        if any(kind in each for each in found):
            helpful = [
                ", ".join(run.remedies[kind]) if kind in each else ""
                for run, each in zip(runs, found, strict=True)
            ]
            rows.append((name, tuple(each.get(kind, "") for each in found)))
            rows.append((f"{name}: may help", tuple(helpful)))
    return Section(
        key="why",
        name="Why",
        title="What is wrong, and why?",
        lead="A defect that reconstructions have too is the decoder's fault. A defect of samples "
        "alone is the fault of the prior or sampler that their latents come from.",
        blocks=[
            Facts(
                title="Likely causes",
                rows=tuple(rows) or (("Causes", ("no single cause stands out",) * len(runs)),),
                columns=tuple(map(named, runs)) if len(runs) > 1 else (),
            )
        ],
    )
