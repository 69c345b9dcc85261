"""Checks models with their data: reads it, builds each model and puts one batch through it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from vaereg.declaration.declaration import Declaration
from vaereg.declaration.outlasting import outlasting
from vaereg.errors import DataError, VaeregError
from vaereg.workflows.tell import Tell

if TYPE_CHECKING:
    from vaereg.contracts.data import Data


@attrs.frozen(kw_only=True)
class CheckedData:
    """What was found.

    Args:
        lines: a line for each data set that was read.
        remarks: notes and warnings about the data, each once.
    """

    lines: Sequence[str]
    remarks: Sequence[str]


def check_data(
    declarations: Mapping[str, Declaration], backend: str | None, tell: Tell
) -> CheckedData:
    """Reads the data of each model, builds the model, and computes its loss for one batch.

    Nothing is trained and nothing is written. Each data set is read once.

    Args:
        declarations: the models by name.
        backend: the Keras backend; None for the best.
        tell: receives progress.

    Raises:
        VaeregError: if a model does not fit its data. A fault of several models is told once.
    """
    from vaereg.assembly.load_data import check_batch_size, load_data
    from vaereg.assembly.suspicious_data import remarks
    from vaereg.host.import_keras import import_keras
    from vaereg.training.data_checks import too_few_to_evaluate
    from vaereg.workflows.backend_choice import backend_choice

    import_keras(backend_choice(backend, tell), tell.progress)
    by_data: dict[str, list[Declaration]] = {}
    for each in declarations.values():
        by_data.setdefault(each.data_name, []).append(each)
    lines: list[str] = []
    found: dict[str, None] = {}
    faults: dict[str, tuple[VaeregError, list[str]]] = {}

    def failed(fault: VaeregError, models: Sequence[str]) -> None:
        faults.setdefault(str(fault), (fault, []))[1].extend(models)

    for name, users in by_data.items():
        tell.progress.stage(f"reading the data {name!r}")
        try:
            data = load_data(users[0], tell.progress.share)
        except VaeregError as fault:
            failed(fault, [each.model for each in users])
            continue
        found.update(dict.fromkeys(remarks(data, users[0])))
        if few := too_few_to_evaluate(data):
            found[f"warning: [data.{name}] {few}"] = None
        lines.append(f"data {name}: {_described(data)}")
        for each in users:
            found.update(dict.fromkeys(_outlasting_in_steps(each, data)))
            tell.progress.stage(f"building {each.model!r} and computing one batch")
            for check in (_put_through, check_batch_size):  # so that both faults are told
                try:
                    check(data, each)
                except VaeregError as fault:
                    failed(fault, [each.model])
    tell.progress.end_stage()
    if faults:
        raise _one_error(list(faults.values()))
    return CheckedData(lines=lines, remarks=list(found))


def _outlasting_in_steps(declaration: Declaration, data: Data) -> list[str]:
    """What the training ends before, as only the size of the data shows; `check` tells the rest."""
    known = outlasting(declaration)
    steps_per_epoch = len(data.train) // declaration.train.batch_size
    return [
        f"warning: model {declaration.model!r}: {each}"
        for each in outlasting(declaration, steps_per_epoch)
        if each not in known and steps_per_epoch
    ]


def _put_through(data: Data, declaration: Declaration) -> None:
    """Builds a model and computes its loss for one batch, without training."""
    import numpy as np

    from vaereg.model.build_declared import build_declared
    from vaereg.training.data_checks import check_data as check_values

    vae = build_declared(declaration, data)
    check_values(data, vae.parts.likelihood, declaration.likelihood.offer.component.name)
    size = min(declaration.train.batch_size, len(data.train))
    logs = vae.evaluate(
        data.train.take(np.arange(size)), batch_size=size, verbose=0, return_dict=True
    )
    bad = [name for name, value in logs.items() if not np.isfinite(value)]
    if bad:
        raise DataError(
            f"model {declaration.model!r}: {', '.join(bad)} of the first batch is not finite, "
            "before any training. Check the range of the data, and the likelihood."
        )


def _described(data: Data) -> str:
    """The data in one line."""
    spec = data.spec
    counts = [f"{len(data.train):,} training"]
    for name, split in (("validation", data.validation), ("test", data.test)):
        if split is not None and len(split):
            counts.append(f"{len(split):,} {name}")
    words = [f"{', '.join(counts)} examples", f"{spec.form} {' x '.join(map(str, spec.shape))}"]
    stored = spec.original_range or spec.value_range
    if stored is not None:
        words.append(f"stored values {stored[0]:g} to {stored[1]:g}")
    if spec.classes:
        words.append(f"{spec.classes} classes")
    return "; ".join(words)


def _one_error(faults: Sequence[tuple[VaeregError, Sequence[str]]]) -> VaeregError:
    """The only fault as it is, or all of them in one, with the exit code of the first."""
    if len(faults) == 1 and len(faults[0][1]) == 1:
        return faults[0][0]
    error = DataError("\n".join(f"{', '.join(models)}: {fault}" for fault, models in faults))
    error.exit_code = faults[0][0].exit_code
    return error
