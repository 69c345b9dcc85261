"""A declaration that is written as TOML reads back as an equal declaration."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.helpers.declared_components import Source
from tests.unit.declaration.test_resolve import GOOD
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import parse_document
from vaereg.declaration.text.tree import toml_string
from vaereg.declaration.write import declaration_toml, toml_value

EVERYTHING = """\
[data."my clothes.1"]
use = "folder"
path = "pictures"
[models."m.1"]
latent = { top = 4, bottom = [2, 2, 1] }
data = "my clothes.1"
kl.weight = { cyclical = [0, 1], epochs = 2, rise = 0.25 }
kl.capacity = { ramp = [0, 25], steps = 9 }
[models."m.1".regularizers.every_type]
weight = { piecewise = [0, 0.1, 1e-7], steps = [5, 10] }
flag = true
word = "a \\"b\\" \\\\ \\n \\u0007 ü"
maybe = false
pair = [3, 0.1]
names = ["x", ""]
scales = { "a b" = 1e-30, c = 1e300 }
inner = { size = 4 }
changing = { cosine = [1, 0], epochs = 1.5 }
path = "a/b"
[models."m.1".discriminators.patch]
weight = { adaptive = 0.8, max = 1e3 }
[models."m.1".train.optimizers]
decoder = { use = "adamw", weight_decay = 0.01, exclude = ["bias"] }
inference = "sgd"
[models."m.1".discriminators.patch.optimizer]
use = "adamw"
learning_rate = { use = "piecewise_constant_decay", boundaries = [5], values = [0.1, 0.01] }
[train]
early_stopping = { patience = 3 }
optimizer = { use = "muon", exclude_layers = ["a"], learning_rate = { use = "cosine_decay", \
initial_learning_rate = 1e-3, decay_steps = 10 } }
jit = true
ema = 0.999
[train.evaluate]
every = 3
scores = ["coverage", "elbo"]
features = { use = "shallow", scale = 0.5 }
"""


@pytest.mark.parametrize("text", [GOOD, EVERYTHING.replace("my clothes.1", "clothes.1")])
def test_a_declaration_reads_back_equal_even_from_another_folder(text: str) -> None:
    first = resolve(parse_document(text, folder=Path("/data/here")), Source())
    written = declaration_toml(first)
    again = resolve(parse_document(written, "declaration.toml", Path("/runs/1")), Source())
    assert again == first
    assert again.folder == Path("/data/here")
    assert declaration_toml(again).splitlines()[1:] == written.splitlines()[1:]


def test_evaluation_during_training_is_written_with_its_defaults() -> None:
    table = tomllib.loads(
        declaration_toml(resolve(parse_document(GOOD + "evaluate = {}\n"), Source()))
    )["train"]["evaluate"]
    assert table == {
        "every": 5,
        "examples": 500,
        "scores": ["spectrum_distance", "coverage", "kernel_distance"],
        "features": "auto",
    }


def test_defaults_and_full_names_are_written_out() -> None:
    values = tomllib.loads(declaration_toml(resolve(parse_document(GOOD), Source())))
    model = values["models"]["a"]
    assert model["prior"] == {"use": "tests/standard_normal"}
    assert model["encoder"]["activation"] == "relu"
    assert model["decoder"]["widths"] == [32, 64]
    assert values["train"]["optimizer"] == {"use": "adam", "learning_rate": 0.001}
    assert "extends" not in model


@pytest.mark.parametrize(
    "value", ["", 'a"b\\', "\n\t\r\x00\x7f\x1b", "日本", True, -3, 1e-07, 1e16, [], {"a.b": [{}]}]
)
def test_a_value_reads_back_equal(value: object) -> None:
    assert tomllib.loads(f"v = {toml_value(value)}")["v"] == value


def test_a_value_that_toml_cannot_express_is_an_error() -> None:
    with pytest.raises(TypeError, match="NoneType"):
        toml_value(None)
    assert toml_string("a") == '"a"'
