"""Looks at a user's data: which dataset reads it, with which parameters, and what it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.contracts.evidence import LEAST_HELD_OUT
from vaereg.errors import DataError
from vaereg.workflows.tell import Tell

if TYPE_CHECKING:
    from vaereg.contracts.data import Data

Ask = Callable[[str, str, Sequence[object]], object | None]
"""Asks the user for a parameter: (name, why, likely values) -> the value, or None if not known."""

MOST_TRIES = 12
"""How often parameters are added before the data is given up."""

USUAL_SHARE = 0.1
"""The share of examples that datasets hold out for the test."""

FEWEST = 2 * LEAST_HELD_OUT
"""With fewer examples, a test split of enough would leave too few for training."""

TABLES = {".csv", ".tsv", ".txt", ".dat"}


@attrs.frozen(kw_only=True, eq=False)
class Looked:
    """What was seen.

    Args:
        use: the dataset that reads the data.
        params: its parameters but for the path.
        reasons: parameter -> why it was chosen.
        to_decide: parameter -> the likely values, if only the user can know.
        why: what must be decided, as the dataset says it; otherwise empty.
        data: the data; if something must be decided, as its first likely value has it, or None.
    """

    use: str
    params: Mapping[str, object]
    reasons: Mapping[str, str]
    to_decide: Mapping[str, Sequence[object]]
    why: str
    data: Data | None


def look_at_data(path: Path, ask: Ask, tell: Tell) -> Looked:
    """Reads the data with the dataset that suits it, and adds the parameters that it suggests.

    Args:
        path: a file or a folder.
        ask: asks the user for what only the user knows.
        tell: receives progress.

    Raises:
        DataError: if the data cannot be read.
    """
    from vaereg.assembly.suspicious_data import likely_range

    use, params = _dataset_of(path)
    reasons: dict[str, str] = {}
    tell.progress.stage(f"reading {path}")
    for _ in range(MOST_TRIES):
        try:
            data = _read(use, path, params, tell)
        except DataError as fault:
            added = {
                name: value
                for name, value in fault.suggests.items()
                if name not in params or params[name] != _plain(value)
            }
            if added:
                params |= {name: _plain(value) for name, value in added.items()}
                reasons |= dict.fromkeys(added, _first_sentence(fault).partition("; ")[0])
                continue
            asked = {name: values for name, values in fault.asks.items() if name not in params}
            if not asked:
                raise
            answer = _answer(asked, str(fault), ask, tell)
            if answer is None:
                return _undecided(use, path, params, reasons, asked, _first_sentence(fault), tell)
            params |= answer
            reasons |= dict.fromkeys(answer, "as you said")
            continue
        top = None if "value_range" in params else likely_range(data)
        if top is not None:
            stored = data.spec.original_range or (0.0, 1.0)
            asked = {"value_range": (list(top), [0, round(stored[1])])}
            why = f"the largest value is far below {stored[1]:g}; which value is white?"
            answer = _answer(asked, why, ask, tell)
            if answer is None:
                return _undecided(use, path, params, reasons, asked, why, tell)
            params |= answer
            reasons |= dict.fromkeys(answer, "as you said")
            continue
        if use == "arrays" and data.spec.value_range is None and "standardize" not in params:
            params["standardize"] = True
            reasons["standardize"] = "the values have no bounds; samples are in the file's units"
            continue
        share = _larger_test_share(data) if "test" not in params else 0.0
        if share:
            params["test"] = share
            reasons["test"] = (
                f"so that the test split has {LEAST_HELD_OUT} examples, which an evaluation needs"
            )
            continue
        tell.progress.end_stage()
        return Looked(use=use, params=params, reasons=reasons, to_decide={}, why="", data=data)
    raise DataError(f"{path}: no parameters were found with which it can be read")


def _larger_test_share(data: Data) -> float:
    """The share that gives a test split of enough examples to evaluate; 0.0 if it cannot be had.

    Only a split that was held out with the usual share is made larger, not one of the file's own.
    """
    tested = 0 if data.test is None else len(data.test)
    count = len(data.train) + tested + (0 if data.validation is None else len(data.validation))
    is_usual = abs(tested - count * USUAL_SHARE) <= 1
    if not is_usual or tested >= LEAST_HELD_OUT or count < FEWEST:
        return 0.0
    return math.ceil(100 * (LEAST_HELD_OUT + 1) / count) / 100


def _answer(
    asked: Mapping[str, Sequence[object]], why: str, ask: Ask, tell: Tell
) -> dict[str, object] | None:
    """The parameter that the user gives, or None."""
    tell.progress.end_stage()
    name, values = next(iter(asked.items()))
    answer = ask(name, why, values)
    return None if answer is None else {name: answer}


def _undecided(
    use: str,
    path: Path,
    params: Mapping[str, object],
    reasons: Mapping[str, str],
    asked: Mapping[str, Sequence[object]],
    why: str,
    tell: Tell,
) -> Looked:
    name, values = next(iter(asked.items()))
    return Looked(
        use=use,
        params=params,
        reasons=reasons,
        to_decide=asked,
        why=why,
        data=_guess(use, path, {**params, name: _plain(values[0])}, tell),
    )


def _read(use: str, path: Path, params: Mapping[str, object], tell: Tell) -> Data:
    from vaereg.assembly.load_data import load_data
    from vaereg.discovery.declare import declare

    registry = {
        "data": {"d": {"use": use, "path": str(path.absolute()), **params}},
        "models": {"m": {"data": "d", "latent": 2, "encoder": "dense", "decoder": "dense"}},
    }
    return load_data(declare(registry), tell.progress.share)


def _guess(use: str, path: Path, params: Mapping[str, object], tell: Tell) -> Data | None:
    """The data with a parameter that the user has yet to confirm, or None."""
    try:
        return _read(use, path, params, tell)
    except DataError:
        return None


def _dataset_of(path: Path) -> tuple[str, dict[str, object]]:
    """The dataset that reads a path, and the parameters that suit any such data.

    Raises:
        DataError: if no dataset does.
    """
    if not path.exists():
        raise DataError(f"{path} does not exist")
    if path.is_dir():
        idx = any("idx" in each.name and "ubyte" in each.name for each in path.iterdir())
        return ("arrays" if idx else "image_folder"), {}
    suffix = path.suffix.lower()
    if suffix in (".npz", ".npy", ".idx") or "ubyte" in path.name:
        return "arrays", {}
    if suffix in TABLES:
        # Without text or missing cells, these change nothing.
        return "csv", {"text": "one_hot", "missing": "indicator"}
    raise DataError(
        f"{path}: no dataset reads {suffix or 'files without a suffix'}; give a folder of images, "
        "a .npz, .npy, .csv or IDX file, or write a dataset as a plugin"
    )


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _first_sentence(fault: DataError) -> str:
    return str(fault).splitlines()[0].rstrip(":")
