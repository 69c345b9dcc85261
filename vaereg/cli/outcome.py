"""The result of a training, on the screen or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from vaereg.cli.output import print_json

if TYPE_CHECKING:
    from vaereg.workflows.finished_run import FinishedRun
    from vaereg.workflows.train_many import FailedTraining

FILES = ("samples", "reconstructions", "arrays", "texts", "weights")
"""The order in which the files of a run are shown."""


def print_runs(results: Sequence[FinishedRun | FailedTraining]) -> None:
    """Prints the document for `--json`."""
    print_json({"runs": [each.as_dict() for each in results]})


def summary(run: FinishedRun) -> str:
    """The summary of one run as text."""
    from vaereg.host.memory import size
    from vaereg.host.progress import duration, number

    epochs = f"{run.epochs} epoch{'s' if run.epochs != 1 else ''}"
    if run.stopped_early:
        epochs += ", stopped early"
    rate = run.images_per_second
    speed = f", {rate:.0f} examples/s" if rate else ""
    memory = "".join(
        f", at most {size(count)} of {'memory' if where == 'host' else 'device memory'}"
        for where, count in run.peak_memory.items()
    )
    lines = [f"{run.model}: {epochs}, {duration(run.seconds)}{speed}{memory}"]
    lines.append("  " + "  ".join(f"{k} {number(v)}" for k, v in run.terms.items()))
    best = run.best
    if best:
        lines.append(f"  best {best['term']} {number(best['value'])} in epoch {best['epoch']}")
    collapse = _collapse(run.terms)
    if collapse:
        lines.append(f"  {collapse}")
    width = max(len(name) for name in ("run", *run.files))
    lines.append(f"  {'run':<{width}}  {run.folder}")
    for name in sorted(run.files, key=FILES.index):
        lines.append(f"  {name:<{width}}  {run.files[name]}")
    given = "".join(f" --given {name}=VALUE" for name in run.told)
    lines.append(f"next: vaereg sample {run.folder} -n 64{given}")
    return "\n".join(lines)


def _collapse(terms: Mapping[str, float]) -> str:
    """What is wrong if the latent carries almost no information; empty if it does."""
    from vaereg.comparison.verdicts.causes import LITTLE_INFORMATION
    from vaereg.host.progress import number

    information = terms.get("val_kl", terms.get("kl"))
    if information is None or not information < LITTLE_INFORMATION:
        return ""
    return (
        f"the posterior has collapsed: the latent carries {number(information)} nats about an "
        "example (kl); lower kl.weight, let it grow from 0, or set kl.free_bits"
    )
