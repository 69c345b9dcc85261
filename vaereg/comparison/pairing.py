"""Which runs of A and B are compared with each other, and in which design."""

from __future__ import annotations

import attrs

from vaereg.comparison.comparison import ONE_PAIR, PAIRED_SEEDS, Design
from vaereg.comparison.targets import Target, Trained
from vaereg.evaluation.evaluation_files import Variant
from vaereg.runs.layout import RunFolder


@attrs.frozen(kw_only=True)
class Pairing:
    """Runs in pairs.

    Args:
        design: "paired_seeds" if both sides are models with at least two training seeds in common,
            otherwise "one_pair".
        seeds: the training seeds of the pairs; for one pair with different seeds, that of A.
        label_a, label_b: the names of the sides in tables.
        a, b: the run of each pair, with the variant of its samples.
        notes: which runs were left out, and what limits the comparison.
    """

    design: Design
    seeds: tuple[int, ...]
    label_a: str
    label_b: str
    a: tuple[tuple[RunFolder, Variant], ...]
    b: tuple[tuple[RunFolder, Variant], ...]
    notes: tuple[str, ...] = ()


def pair(a: Target, b: Target) -> Pairing:
    """Pairs two models by training seed; otherwise pairs one run of each side.

    Equal seeds give equal initial weights and data order, as far as the models allow. A pair then
    differs by the method, and less by chance.
    """
    notes = [*a.notes, *(note for note in b.notes if note not in a.notes)]
    of_a, of_b = _by_seed(a), _by_seed(b)
    common = sorted(of_a.keys() & of_b.keys())
    if a.is_model and b.is_model and len(common) >= 2:
        for target, mine in ((a, of_a), (b, of_b)):
            alone = sorted(mine.keys() - set(common))
            if alone:
                which = f"seed{'s' if len(alone) > 1 else ''} {', '.join(map(str, alone))}"
                notes.append(f"left out: {which} of {target.label}, missing on the other side")
        return Pairing(
            design=PAIRED_SEEDS,
            seeds=tuple(common),
            label_a=a.label,
            label_b=b.label,
            a=tuple((of_a[seed].folder, a.variant) for seed in common),
            b=tuple((of_b[seed].folder, b.variant) for seed in common),
            notes=tuple(notes),
        )
    one, other = _newest_pair(a, b)
    if one.seed != other.seed:
        notes.append(
            f"the two runs were trained with different seeds ({one.seed} and {other.seed}), so "
            "they also differ by chance in training"
        )
    for target, run in ((a, one), (b, other)):
        if len(target.runs) > 1:
            notes.append(
                f"of the {len(target.runs)} runs of {target.label}, this one is compared: "
                f"{run.folder}"
            )
    if one.folder.path.resolve() == other.folder.path.resolve() and a.variant == b.variant:
        notes.append("both sides are the same samples of the same run")
    return Pairing(
        design=ONE_PAIR,
        seeds=(one.seed,),
        label_a=a.label,
        label_b=b.label,
        a=((one.folder, a.variant),),
        b=((other.folder, b.variant),),
        notes=tuple(notes),
    )


def _by_seed(target: Target) -> dict[int, Trained]:
    return {run.seed: run for run in target.runs}


def _newest_pair(a: Target, b: Target) -> tuple[Trained, Trained]:
    """The newest pair of runs with equal seeds, else the newest run of each side."""
    of_b = _by_seed(b)
    for run in reversed(a.runs):
        if run.seed in of_b:
            return run, of_b[run.seed]
    return a.runs[-1], b.runs[-1]
