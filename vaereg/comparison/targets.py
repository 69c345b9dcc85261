"""Reads A and B of `vaereg compare A B`: which runs they stand for, and which of their samples."""

from __future__ import annotations

import re
from pathlib import Path

import attrs

from vaereg.contracts.plain_values import TomlTable
from vaereg.errors import RunError, UsageError
from vaereg.evaluation.evaluation_files import Variant
from vaereg.runs.atomic import read_text
from vaereg.runs.layout import ROOT, RunFolder, runs_of
from vaereg.runs.read import Run, read_run, why_unfinished
from vaereg.runs.same_declaration import method_of
from vaereg.runs.starting_weights import starting_weights

FORM = "RUN[@SAMPLER][#SEED]"
"""RUN is a run folder, <model>/<id>, or a model; SAMPLER a component, or a TOML table with `use`
and parameters; SEED the samples' seed."""


@attrs.frozen(kw_only=True)
class Trained:
    """A finished run.

    Args:
        folder: its run folder.
        model: the declared model.
        seed: of its training.
    """

    folder: RunFolder
    model: str
    seed: int


@attrs.frozen(kw_only=True)
class Target:
    """One side of a comparison.

    Args:
        label: its name in tables.
        is_model: whether the name is that of a model, which stands for all its runs.
        runs: the finished runs, the newest last; for a model, one for each training seed.
        variant: which samples of the runs.
        notes: which runs of the model were left out, and why.
    """

    label: str
    is_model: bool
    runs: tuple[Trained, ...]
    variant: Variant
    notes: tuple[str, ...] = ()


def read_target(argument: str, root: Path = ROOT) -> Target:
    """Reads RUN[@SAMPLER][#SEED].

    A model stands for its finished runs with the same declaration as the newest one, apart from the
    seed. Of several runs with one seed, only the newest counts.

    Args:
        argument: as typed.
        root: the folder of the runs.

    Raises:
        UsageError: if the argument has another form.
        RunError: if there is no such run, or none that is finished.
    """
    name, variant = _taken_apart(argument, root)
    models = [] if _is_run(name, root) else _runs_of_model(name, root)
    if not models:
        run = read_run(name, root)
        problem = why_unfinished(run)
        if problem:
            raise RunError(problem)
        trained = _trained_run(run)
        variant = _plain_if_declared(variant, [run])
        label = f"{trained.model}/{trained.folder.path.name}"
        return Target(
            label=argument_of(label, variant), is_model=False, runs=(trained,), variant=variant
        )
    finished, notes = _finished_runs(models, name)
    chosen, left_out = _one_a_seed(finished)
    variant = _plain_if_declared(variant, chosen)
    return Target(
        label=argument_of(_trained_run(chosen[-1]).model, variant),
        is_model=True,
        runs=tuple(map(_trained_run, chosen)),
        variant=variant,
        notes=(*notes, *left_out),
    )


def _taken_apart(argument: str, root: Path) -> tuple[str, Variant]:
    table = re.fullmatch(r"(?P<run>[^@#]+)@(?P<sampler>\{.*\})(#(?P<seed>\d+))?", argument, re.S)
    if table is None and (_is_run(argument, root) or _runs_of_model(argument, root)):
        return argument, Variant()  # a name that contains @ or #
    plain = re.fullmatch(r"(?P<run>[^@#]+)(@(?P<sampler>[^@#]+))?(#(?P<seed>\d+))?", argument)
    found = table or plain
    if not found:
        raise UsageError(
            f"{argument!r} is not of the form {FORM}; write, for example, baseline, "
            "baseline@gaussian_mixture or baseline#1"
        )
    seed = int(found["seed"] or 0)
    return found["run"], Variant(sampler=found["sampler"] or "", seed=seed)


def _is_run(name: str, root: Path) -> bool:
    return any((place / "declaration.toml").is_file() for place in (Path(name), root / name))


def _runs_of_model(name: str, root: Path) -> list[RunFolder]:
    return runs_of(root / name) or runs_of(Path(name))


def argument_of(name: str, variant: Variant) -> str:
    """RUN[@SAMPLER][#SEED] as the user types it."""
    return variant.of(name)


def _trained_run(run: Run) -> Trained:
    return Trained(folder=run.folder, model=str(run.lock["model"]), seed=int(run.lock["seed"]))


def _finished_runs(folders: list[RunFolder], name: str) -> tuple[list[Run], list[str]]:
    finished, notes = [], []
    for folder in folders:
        try:
            run = read_run(folder.path)
            problem = why_unfinished(run)
        except RunError as error:  # one damaged folder does not stop the others
            problem = str(error)
        if problem:
            notes.append(f"left out: {problem}")
        else:
            finished.append(run)
    if not finished:
        problems = "\n".join(note.removeprefix("left out: ") for note in notes)
        raise RunError(
            f"no run of {name!r} is finished, so there is nothing to compare:\n{problems}"
        )
    return finished, notes


def _one_a_seed(runs: list[Run]) -> tuple[list[Run], list[str]]:
    """The newest run of each seed, declared like the newest run, and notes on the others."""
    method, begun = declared(runs[-1].folder), _first_weights(runs[-1])
    by_seed: dict[int, Run] = {}
    others, begun_elsewhere, older = [], [], []
    for run in runs:
        if declared(run.folder) != method:
            others.append(str(run.folder))
            continue
        if _first_weights(run) != begun:
            begun_elsewhere.append(str(run.folder))
            continue
        seed = int(run.lock["seed"])
        if seed in by_seed:
            older.append(str(by_seed[seed].folder))
        by_seed[seed] = run
    notes = []
    for different, left_out in (
        ("their declaration differs from that", others),
        ("they began with other weights than those", begun_elsewhere),
    ):
        if left_out:
            notes.append(
                f"left out, because {different} of the newest run "
                f"({runs[-1].folder}): {', '.join(left_out)}"
            )
    if older:
        notes.append(f"left out, because a newer run has the same seed: {', '.join(older)}")
    chosen = sorted(by_seed.values(), key=lambda run: run.folder.path.name)
    return chosen, notes


def _first_weights(run: Run) -> str:
    """The digest of the weights that a run took from another one; empty if it took none."""
    begun = starting_weights(run.lock, run.folder.lock)
    return "" if begun is None else begun.digest


def declared(folder: RunFolder) -> TomlTable:
    """The declaration without the seed and the folder that paths are relative to."""
    try:
        return method_of(read_text(folder.declaration))
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # edited by hand
        raise RunError(f"{folder.declaration} cannot be read: {error}") from error


def _plain_if_declared(variant: Variant, runs: list[Run]) -> Variant:
    """The variant without its sampler, if that is the one that the runs declare."""
    slots = [run.lock["components"].get("sampler", {}).get("component", "") for run in runs]
    names = {name for slot in slots for name in (slot, slot.rpartition("/")[2])}
    all_equal = len(set(slots)) == 1 and variant.sampler in names
    return attrs.evolve(variant, sampler="") if all_equal else variant
