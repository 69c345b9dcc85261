"""Columns of a text table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

import vaereg
from vaereg.basics.datasets.declared import CsvParams
from vaereg.basics.datasets.examples.table_examples import table_examples
from vaereg.basics.datasets.files.csv_file import NAMED, read_cells
from vaereg.basics.datasets.files.csv_labels import typed_labels
from vaereg.basics.datasets.files.data_path import data_path
from vaereg.basics.datasets.files.shortened import in_a_row
from vaereg.basics.datasets.files.table_plan import TablePlan, plan_table
from vaereg.basics.datasets.splits.content_digest import content_digest
from vaereg.basics.datasets.splits.deal import deal, deal_groups, dealing_of
from vaereg.basics.datasets.splits.equal_examples import equal_in_two_splits, example_hashes
from vaereg.basics.datasets.splits.labels import encode_labels
from vaereg.basics.datasets.splits.standardization import Standardization
from vaereg.basics.datasets.splits.table_losses import constants, group_of, merged
from vaereg.basics.datasets.splits.table_units import TableUnits

SPLITS = ("train", "validation", "test")


class CsvTable:
    """The rows of a table as vectors, standardized with the training rows.

    Over the training rows, each value has mean 0 and standard deviation 1. `Data.to_display`
    converts values back to the columns' units and holds their names; `Data.to_rows` gives the
    cells of the file. Text columns are encoded as `text` says. Whatever is left out or filled in
    is noted.

    Raises:
        vaereg.DataError: for a file that is not such a table, cells that are missing or not numbers
            (with line and column), dates, constant columns, or an empty split.
    """

    def __init__(self, params: CsvParams, context: vaereg.BuildContext) -> None:
        self._params = params
        self._folder = context.folder
        self._share = context.share
        self._dealing = dealing_of(params, context)

    def __call__(self) -> vaereg.Data:
        """Reads the table, assigns its rows to the splits and standardizes them."""
        params = self._params
        path = data_path(params.path, self._folder)
        plan = plan_table(
            path,
            read_cells(
                path,
                delimiter=params.delimiter,
                header=params.header,
                decimal=params.decimal,
                share=self._share,
            ),
            params,
        )
        labels, spelled = None, ""
        if plan.labels is not None:
            source = f'{path}, column "{params.target}"'
            typed, spelled = typed_labels(plan.labels, source)
            labels = encode_labels(typed, source)
        count = len(plan.lines)
        shares = self._dealing.shares
        positions = (
            deal(count, shares, self._dealing, path)
            if plan.groups is None
            else deal_groups([*map(group_of, plan.groups)], shares, self._dealing, path)
        )
        encoded, filled = _filled(plan, positions["train"], path)
        units, table = self._units(path, plan, encoded, positions["train"])
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # reported below
            values = units.standardize(encoded[:, table.kept])
        if not (np.isfinite(values).all() and np.isfinite(units.scale).all()):
            raise vaereg.DataError(f"{path}: values too large or too small to standardize")
        splits = {
            part: vaereg.ArraySplit(values[chosen], labels.codes[chosen] if labels else None)
            for part, chosen in positions.items()
        }
        names_of = _names(path.name, plan.lines, positions)
        notes = [
            *plan.notes,
            *filled,
            spelled,
            *constants(path, plan, encoded, table, positions["train"]),
            *merged(path, units.columns, encoded[:, table.kept], values),
            *_equal_rows(values, positions, names_of),
        ]
        usual = CsvParams(path=params.path)
        changed = {
            name: getattr(params, name)
            for name in ("decimal", "text", "one_hot", "ordinal", "missing", "groups")
            if getattr(params, name) != getattr(usual, name)
        }
        return vaereg.Data(
            spec=vaereg.DataSpec(
                form="vector",
                shape=(len(units.columns),),
                value_range=None,
                size=len(positions["train"]),
                classes=len(labels.names) if labels else None,
                class_names=labels.names if labels else (),
            ),
            train=splits["train"],
            validation=splits.get("validation"),
            test=splits.get("test"),
            digest=content_digest(
                hashlib.sha256(path.read_bytes()).hexdigest(),
                columns=units.columns,
                target=params.target,
                **self._dealing.recipe,
                **changed,
            ),
            to_display=units,
            from_display=units.standardize,
            to_rows=table,
            names=names_of,
            notes=tuple(note for note in notes if note),
        )

    def read(
        self, path: Path, spec: vaereg.DataSpec, data: Callable[[], vaereg.Data]
    ) -> vaereg.Examples:
        """The rows of another table with the same columns, for a trained model.

        Raises:
            vaereg.DataError: for a file that is no such table, or cells that cannot be used.
        """
        del spec  # the columns of the table say more
        return table_examples(path, self._params, data(), self._share)

    def _units(
        self, path: Path, plan: TablePlan, encoded: np.ndarray, train: np.ndarray
    ) -> tuple[Standardization, TableUnits]:
        """The standardization of the values that vary over the training rows.

        Raises:
            vaereg.DataError: for values that do not vary, unless `drop_constant`.
        """
        names = [name for column in plan.columns for name in column.names]
        training = encoded[train]
        varies = training.min(axis=0) < training.max(axis=0)
        one_hot = [column.coding == "one_hot" for column in plan.columns for _ in column.names]
        allowed = self._params.drop_constant | np.array(one_hot)
        if not (varies | allowed).all() or not varies.any():
            constant = [repr(name) for name, v in zip(names, varies, strict=True) if not v]
            raise vaereg.DataError(
                f"{path}: all {len(training)} training rows have the same value in column "
                f"{in_a_row(constant, NAMED)}, so nothing can be learned from "
                "it. Leave it out with columns = [...] or drop_constant = true.",
                suggests={"drop_constant": True},
            )
        with np.errstate(
            over="ignore", invalid="ignore", divide="ignore"
        ):  # reported by the caller
            units = Standardization(
                columns=tuple(name for name, v in zip(names, varies, strict=True) if v),
                mean=training[:, varies].mean(axis=0),
                scale=training[:, varies].std(axis=0),
            )
        return units, TableUnits(
            columns=plan.columns, kept=varies, constant=training[0].copy(), standardization=units
        )


def _filled(plan: TablePlan, train: np.ndarray, path: Path) -> tuple[np.ndarray, list[str]]:
    """The encoded columns with their missing values filled in from the training rows, and a note.

    Numbers get the median, categories the most frequent one.
    """
    parts, filled, spelled = [], {}, set[str]()
    for column, cells in zip(plan.columns, plan.cells, strict=True):
        values = column.encode(cells)
        missing = np.isnan(values[:, 0])
        if missing.any():
            known = values[train][~missing[train]]
            if not len(known):
                raise vaereg.DataError(
                    f"{path}: column {column.name!r} has no cell in the training rows; leave it "
                    f"out with drop = [{column.name!r}]"
                )
            if column.coding == "one_hot":
                instead = np.eye(values.shape[1])[known.mean(axis=0).argmax()]
                values[missing] = instead
            elif column.coding == "ordinal":
                codes, counts = np.unique(known[:, 0], return_counts=True)
                values[missing, 0] = codes[counts.argmax()]
            else:
                values[missing, 0] = np.median(known[:, 0])
            filled[column.name] = int(missing.sum())
            spelled.update(cell for cell, gone in zip(cells, missing, strict=True) if gone and cell)
        parts.append(values)
    notes = []
    if filled:
        first = next(iter(filled))
        marks = f" (also spelled {in_a_row(sorted(map(repr, spelled)), NAMED)})" if spelled else ""
        notes.append(
            f"{path}: {sum(filled.values())} missing cells{marks} in {len(filled)} columns are "
            "filled in with the median of the training rows, or the most frequent category, such "
            f"as {filled[first]} in {first!r}"
        )
    return np.concatenate(parts, axis=1), notes


def _equal_rows(
    values: np.ndarray,
    positions: Mapping[str, np.ndarray],
    names_of: Callable[[str, np.ndarray], list[str]],
) -> list[str]:
    """Notes on equal rows in two splits, in a table where most rows are different."""
    hashes = example_hashes(values)
    if 2 * len(np.unique(hashes)) <= len(hashes):
        return []
    return equal_in_two_splits(
        {split: hashes[positions[split]] for split in SPLITS if split in positions},
        lambda split, at: names_of(split, np.array([at]))[0],
        "rows",
    )


def _names(
    file: str, lines: Sequence[int], positions: Mapping[str, np.ndarray]
) -> Callable[[str, np.ndarray], list[str]]:
    """`Data.names`; a function of its own, so that it does not keep the cells in memory."""
    return lambda split, indices: [
        f"{file}, line {lines[each]}" for each in positions[split][indices]
    ]
