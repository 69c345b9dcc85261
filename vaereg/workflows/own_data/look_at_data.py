"""Looks at a user's data: which dataset reads it, with which parameters, and what it is."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from vaereg.contracts.evidence import LEAST_HELD_OUT
from vaereg.declaration.write import toml_value
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

MANY_TEXTS = 20
"""A column with at least so many different texts may name groups of rows."""

TABLES = {".csv", ".tsv", ".txt", ".dat"}


@attrs.frozen(kw_only=True, eq=False)
class Looked:
    """What was seen.

    Args:
        use: the dataset that reads the data.
        params: its parameters but for the path.
        reasons: parameter -> why it was chosen.
        to_decide: parameter -> the likely values, if only the user can know.
        why: for each of these, what must be decided, as the dataset says it.
        data: the data, read with the first likely value of what must be decided; None if it cannot
            be read so.
    """

    use: str
    params: Mapping[str, object]
    reasons: Mapping[str, str]
    to_decide: Mapping[str, Sequence[object]]
    why: Mapping[str, str]
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
    look = _Look(path, ask, tell)
    tell.progress.stage(f"reading {path}")
    for _ in range(MOST_TRIES):
        try:
            data = look.read()
        except DataError as fault:
            if look.add_suggested(fault) or look.decide(fault.asks, _first_sentence(fault)):
                continue
            if not look.to_decide:
                raise
            return look.seen(None)  # not readable with the likely values
        if not look.improve(data):
            return look.seen(data)
    raise DataError(f"{path}: no parameters were found with which it can be read")


class _Look:
    """The parameters found so far.

    What the user does not decide is read with its first likely value, so that everything else can
    be chosen now.
    """

    def __init__(self, path: Path, ask: Ask, tell: Tell) -> None:
        self._path, self._ask, self._tell = path, ask, tell
        self._use, self._params = _dataset_of(path)
        self._reasons: dict[str, str] = {}
        self.to_decide: dict[str, Sequence[object]] = {}
        self._why: dict[str, str] = {}

    def read(self) -> Data:
        """The data with these parameters."""
        return _read(self._use, self._path, self._all(), self._tell)

    def seen(self, data: Data | None) -> Looked:
        self._tell.progress.end_stage()
        return Looked(
            use=self._use,
            params=self._params,
            reasons=self._reasons,
            to_decide=self.to_decide,
            why=self._why,
            data=data,
        )

    def add_suggested(self, fault: DataError) -> bool:
        """Adds the parameters that the dataset suggests; whether there are new ones."""
        known = self._all()
        added = {
            name: _plain(value)
            for name, value in fault.suggests.items()
            if name not in known or known[name] != _plain(value)
        }
        added = {name: value for name, value in added.items() if name not in self.to_decide}
        self._params |= added
        self._reasons |= dict.fromkeys(added, _first_sentence(fault).partition("; ")[0])
        return bool(added)

    def decide(self, asks: Mapping[str, Sequence[object]], why: str) -> bool:
        """Asks the user for the first of these parameters that is not known; whether there is one.

        If the user does not know either, it is left to decide.
        """
        asked = {name: values for name, values in asks.items() if name not in self._all()}
        if not asked:
            return False
        self._tell.progress.end_stage()
        name, values = next(iter(asked.items()))
        answer = self._ask(name, why, values)
        if answer is None:
            self.to_decide[name], self._why[name] = values, why
        else:
            self._add(name, answer, "as you said")
        return True

    def improve(self, data: Data) -> bool:
        """Adds a parameter with which the data is read better; whether there is one."""
        from vaereg.assembly.suspicious_data import likely_range

        known, spec = self._all(), data.spec
        top = None if "value_range" in known else likely_range(data)
        if top is not None:
            stored = spec.original_range or (0.0, 1.0)
            why = f"the largest value is far below {stored[1]:g}; which value is white?"
            return self.decide({"value_range": (list(top), [0, round(stored[1])])}, why)
        if self._use == "arrays" and spec.value_range is None and "standardize" not in known:
            why = "the values have no bounds; samples are in the file's units"
            return self._add("standardize", True, why)
        if self._use == "image_folder" and "channels" not in known and _is_grey(data):
            return self._add("channels", 1, "all images are grey")
        if self._use == "csv" and (many := _columns_of_many_texts(data)):
            name, count = many[0]
            self._reasons["text"] = (
                f"column {name!r} has {count} different texts; if they name groups of rows, such "
                f"as persons, set groups = {toml_value(name)}; drop = [{toml_value(name)}] leaves "
                "it out"
            )
        share = _larger_test_share(data) if "test" not in known else 0.0
        if share:
            why = f"so that the test split has {LEAST_HELD_OUT} examples, which an evaluation needs"
            return self._add("test", share, why)
        return False

    def _add(self, name: str, value: object, reason: str) -> bool:
        self._params[name], self._reasons[name] = value, reason
        return True

    def _all(self) -> dict[str, object]:
        likely = {name: _plain(values[0]) for name, values in self.to_decide.items()}
        return {**self._params, **likely}


def _is_grey(data: Data) -> bool:
    """Whether a dataset says that its three channels are equal everywhere."""
    from vaereg.assembly.suspicious_data import GREY

    return data.spec.shape[-1] == 3 and any(GREY in each for each in data.notes)


def _columns_of_many_texts(data: Data) -> list[tuple[str, int]]:
    """The columns that one-hot encoding makes many of, and how many, the most first."""
    columns: Sequence[str] = getattr(data.to_display, "columns", ())
    counts = Counter(name.partition("=")[0] for name in columns if "=" in name)
    return [(name, count) for name, count in counts.most_common() if count >= MANY_TEXTS]


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


def _read(use: str, path: Path, params: Mapping[str, object], tell: Tell) -> Data:
    from vaereg.assembly.load_data import load_data
    from vaereg.discovery.declare import declare

    registry = {
        "data": {"d": {"use": use, "path": str(path.absolute()), **params}},
        "models": {"m": {"data": "d", "latent": 2, "encoder": "dense", "decoder": "dense"}},
    }
    return load_data(declare(registry), tell.progress.share)


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
