"""Numeric columns of a text table."""

from __future__ import annotations

import hashlib

import numpy as np

import vaereg
from vaereg.basics.datasets.declared import CsvParams
from vaereg.basics.datasets.files.csv_file import NAMED, read_csv
from vaereg.basics.datasets.files.data_path import data_path
from vaereg.basics.datasets.splits.content_digest import content_digest
from vaereg.basics.datasets.splits.deal import deal
from vaereg.basics.datasets.splits.labels import encode_labels
from vaereg.basics.datasets.splits.standardization import Standardization


class CsvTable:
    """The rows of a table as vectors, standardized with the training rows.

    Over the training rows, each column has mean 0 and standard deviation 1. `Data.to_display`
    converts values back to the columns' units and holds the columns' names. Text columns are
    left out if `columns` is empty.

    Raises:
        vaereg.DataError: for a file that is not such a table, cells that are missing or not numbers
            (with line and column), constant columns, or an empty split.
    """

    def __init__(self, params: CsvParams, context: vaereg.BuildContext) -> None:
        self._params = params
        self._folder = context.folder

    def __call__(self) -> vaereg.Data:
        """Reads the table, assigns its rows to the splits and standardizes them."""
        params = self._params
        path = data_path(params.path, self._folder)
        table = read_csv(
            path,
            delimiter=params.delimiter,
            header=params.header,
            columns=params.columns,
            target=params.target,
        )
        labels = (
            encode_labels(table.labels, f'{path}, column "{params.target}"')
            if table.labels is not None
            else None
        )
        shares = {"test": params.test, "validation": params.validation}
        positions = deal(len(table.values), shares, params.split_seed, path)
        training = table.values[positions["train"]]
        varies = training.min(axis=0) < training.max(axis=0)
        if not varies.all() and not (params.drop_constant and varies.any()):
            constant = [name for name, v in zip(table.columns, varies, strict=True) if not v]
            more = f" and {len(constant) - NAMED} more" if len(constant) > NAMED else ""
            raise vaereg.DataError(
                f"{path}: all {len(training)} training rows have the same value in column "
                f"{', '.join(map(repr, constant[:NAMED]))}{more}, so nothing can be learned from "
                "it. Leave it out with columns = [...] or drop_constant = true."
            )
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # reported below
            units = Standardization(
                columns=tuple(name for name, v in zip(table.columns, varies, strict=True) if v),
                mean=training[:, varies].mean(axis=0),
                scale=training[:, varies].std(axis=0),
            )
            values = units.standardize(table.values[:, varies])
        if not (np.isfinite(values).all() and np.isfinite(units.scale).all()):
            raise vaereg.DataError(f"{path}: values too large or too small to standardize")
        splits = {
            part: vaereg.ArraySplit(values[chosen], labels.codes[chosen] if labels else None)
            for part, chosen in positions.items()
        }
        return vaereg.Data(
            spec=vaereg.DataSpec(
                form="vector",
                shape=(len(units.columns),),
                value_range=None,
                size=len(training),
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
                shares=[params.validation, params.test, params.split_seed],
            ),
            to_display=units,
            from_display=units.standardize,
        )
