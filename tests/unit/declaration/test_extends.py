"""A model that extends another one declares only the differences."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.declared_components import Source
from vaereg.contracts.schedule import Schedule
from vaereg.declaration.declaration import Declaration, NamedChoice
from vaereg.declaration.resolve import resolve, resolve_all
from vaereg.declaration.text.document import parse_document
from vaereg.errors import DeclarationError

HEAD = '[data.x]\nuse = "clothes"\n'


def _model(text: str, name: str = "child") -> Declaration:
    return resolve(parse_document(HEAD + text), Source(), name)


def _problems(text: str) -> list[Any]:
    with pytest.raises(DeclarationError) as caught:
        resolve_all(parse_document(HEAD + text), Source())
    return list(caught.value.problems)


def test_parameters_of_the_same_component_are_merged() -> None:
    child = _model(
        "[models.base]\nlatent = 3\n"
        'encoder = { use = "conv", widths = [8], activation = "silu" }\n'
        '[models.child]\nextends = "base"\nencoder = { widths = [9] }\n'
    )
    assert child.encoder.params.widths == (9,)
    assert child.encoder.params.activation == "silu"
    assert child.latent_shape == (3,)


def test_naming_the_same_component_again_keeps_its_parameters() -> None:
    child = _model(
        '[models.base]\nlatent = 3\nencoder = { use = "conv", widths = [8] }\n'
        '[models.child]\nextends = "base"\nencoder = "conv"\n'
    )
    assert child.encoder.params.widths == (8,)


def test_the_optimizer_of_a_part_is_merged_like_that_of_train() -> None:
    child = _model(
        '[train.optimizers]\nencoder = "adam"\ndecoder = { use = "sgd", learning_rate = 0.1 }\n'
        "[models.base]\nlatent = 3\n"
        '[models.child]\nextends = "base"\n'
        "[models.child.train.optimizers]\nencoder = { learning_rate = 0.5 }\n"
    )
    assert child.train.optimizers == {
        "encoder": NamedChoice(use="adam", params={"learning_rate": 0.5}),
        "decoder": NamedChoice(use="sgd", params={"learning_rate": 0.1}),
    }


def test_another_component_inherits_no_parameters() -> None:
    child = _model(
        '[models.base]\nlatent = 3\nencoder = { use = "conv", widths = [8] }\n'
        '[models.child]\nextends = "base"\nencoder = "dense"\n'
    )
    assert child.encoder.offer.name == "dense"


def test_what_a_middle_model_replaced_does_not_come_back() -> None:
    child = _model(
        '[models.root]\nlatent = 3\nencoder = { use = "conv", widths = [8] }\n'
        '[models.middle]\nextends = "root"\nencoder = "dense"\n'
        '[models.child]\nextends = "middle"\nencoder = "conv"\n'
    )
    assert child.encoder.params.widths == (32, 64)


def test_nested_tables_are_merged_and_schedules_replaced() -> None:
    child = _model(
        "[models.base]\nlatent = 3\n"
        "kl = { weight = { ramp = [0, 1], epochs = 5 }, free_bits = 1 }\n"
        'encoder = { use = "conv", inner = { size = 4, note = "x" } }\n'
        '[models.child]\nextends = "base"\nkl.weight = { cosine = [0, 1], steps = 9 }\n'
        "encoder.inner.size = 5\n"
    )
    expected = Schedule(form="cosine", values=(0.0, 1.0), unit="steps", lengths=(9.0,))
    assert child.kl.weight == expected
    assert child.kl.free_bits == 1.0
    assert (child.encoder.params.inner.size, child.encoder.params.inner.note) == (5, "x")


def test_regularizers_are_merged_by_name_and_removed_by_false() -> None:
    text = (
        "[models.base]\nlatent = 3\nregularizers.mmd = { weight = 2 }\n"
        "regularizers.focal_frequency = { weight = 3, alpha = 4 }\n"
        '[models.child]\nextends = "base"\nregularizers.mmd = false\n'
        "regularizers.focal_frequency = { alpha = 5 }\n"
        '[models.grandchild]\nextends = "child"\nregularizers.mmd = { weight = 7 }\n'
    )
    (only,) = _model(text).regularizers
    assert (only.key, only.weight, only.params.alpha) == (
        "focal_frequency",
        Schedule.constant(3.0),
        5.0,
    )
    weights = {slot.key: slot.weight.values for slot in _model(text, "grandchild").regularizers}
    assert weights == {"mmd": (7.0,), "focal_frequency": (3.0,)}


def test_an_entry_that_uses_another_component_replaces_the_parents() -> None:
    (slot,) = _model(
        "[models.base]\nlatent = 3\nregularizers.focal_frequency = { weight = 3, alpha = 4 }\n"
        '[models.child]\nextends = "base"\nregularizers.focal_frequency = { use = "mmd" }\n'
    ).regularizers
    assert (slot.key, slot.offer.name, slot.weight) == (
        "focal_frequency",
        "mmd",
        Schedule.constant(1.0),
    )


def test_train_is_merged_from_the_file_the_parent_and_the_model() -> None:
    child = _model(
        '[models.base]\nlatent = 3\ntrain = { epochs = 7, optimizer = "sgd" }\n'
        '[models.child]\nextends = "base"\ntrain.batch_size = 9\n'
        "train.optimizer.momentum = 0.5\n"
        "[train]\nepochs = 3\nema = 0.9\nearly_stopping = { patience = 2 }\n"
        'optimizer = { use = "adam", beta_1 = 0.5 }\n'
    )
    assert (child.train.epochs, child.train.batch_size, child.train.ema) == (7, 9, 0.9)
    assert child.train.optimizer == NamedChoice(use="sgd", params={"momentum": 0.5})
    assert child.train.early_stopping is not None
    off = _model(
        "[models.child]\nlatent = 3\ntrain.early_stopping = false\n"
        "[train]\nearly_stopping = { patience = 2 }\n"
    )
    assert off.train.early_stopping is None


@pytest.mark.parametrize("names", [("a",), ("b", "a"), ("c", "a", "b")])
def test_a_cycle_is_reported_once_with_the_whole_chain(names: tuple[str, ...]) -> None:
    parents = (*names[1:], names[0])
    text = "".join(
        f'[models.{name}]\nextends = "{parent}"\n'
        for name, parent in zip(names, parents, strict=True)
    )
    (problem,) = _problems(text + '[models.z]\nextends = "a"\n')
    assert problem.code == "extends-cycle"
    start = names.index("a")
    chain = " -> ".join([*names[start:], *names[:start], "a"])
    assert problem.message.endswith(f": {chain}")
    assert problem.place.text.startswith("extends")


def test_the_error_for_an_unknown_parent_suggests_a_known_model() -> None:
    (problem,) = _problems('[models.base]\nlatent = 3\n[models.child]\nextends = "bsae"\n')
    assert problem.code == "unknown-model"
    assert 'did you mean "base"?' in problem.hint
    assert (problem.place.line, problem.place.column) == (6, 11)


def test_an_inherited_problem_is_reported_once_where_it_is_written() -> None:
    (problem,) = _problems(
        "[models.base]\nlatent = 0\n"
        '[models.child]\nextends = "base"\n[models.other]\nextends = "child"\n'
    )
    assert (problem.place.line, problem.path) == (4, "models.base.latent")
