"""Overrides replace values of the file with TOML values, and errors name the override."""

from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.declared_components import Source
from vaereg.declaration.resolve import resolve
from vaereg.declaration.text.document import parse_document
from vaereg.declaration.text.override import override, read_overrides
from vaereg.errors import DeclarationError, Problem, UsageError

TEXT = """\
[data.x]
use = "clothes"
[models.a]
latent = 3
encoder = "conv"
[models.b]
extends = "a"
"""


@pytest.mark.parametrize(
    ("setting", "path", "value"),
    [
        ("models.a.latent=32", ("models", "a", "latent"), 32),
        (" models.a.latent = [7, 7] ", ("models", "a", "latent"), [7, 7]),
        ("models.a.likelihood=gaussian", ("models", "a", "likelihood"), "gaussian"),
        ('models.a.likelihood="gaussian"', ("models", "a", "likelihood"), "gaussian"),
        ("train.ema=1e-3", ("train", "ema"), 1e-3),
        ("train.tensorboard=true", ("train", "tensorboard"), True),
        ("data.x.path=/tmp/a=b", ("data", "x", "path"), "/tmp/a=b"),
        ("data.x.path=", ("data", "x", "path"), ""),
        ("data.x.path=a\nb=1", ("data", "x", "path"), "a\nb=1"),
        ('plugins.prefer."a.b"="c=d"', ("plugins", "prefer", "a.b"), "c=d"),
        ("models.a.encoder.widths=[1]", ("models", "a", "encoder"), {"use": "conv", "widths": [1]}),
        ("models.new.latent=1", ("models", "new", "latent"), 1),
    ],
)
def test_a_setting_sets_the_value_at_its_path(
    setting: str, path: tuple[str, ...], value: Any
) -> None:
    document = parse_document(TEXT)
    found: Any = override(document, [setting]).values
    for key in path:
        found = found[key]
    assert found == value
    assert document.values == parse_document(TEXT).values


def test_the_later_setting_wins() -> None:
    document = override(parse_document(TEXT), ["models.a.latent=1", "models.a.latent=2"])
    assert resolve(document, Source(), "a").latent_shape == (2,)


@pytest.mark.parametrize(
    ("setting", "place"),
    [
        ("latent", "override latent"),
        ("=3", "override "),
        ("models..latent=3", "override models..latent"),
        ("models.a.latent=[1, 2", "override models.a.latent"),
        ("models.a.latent.x=3", "override models.a.latent.x"),
        ("models.b.extends.x=3", "override models.b.extends.x"),
    ],
)
def test_the_error_for_a_setting_that_cannot_be_parsed_names_the_option(
    setting: str, place: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        override(parse_document(TEXT), [setting, "models.a.latent=4"])
    (problem,) = caught.value.problems
    assert problem.code == "bad-option"
    assert str(problem.place).strip() == place.strip()
    assert problem.hint


def _problem(setting: str, model: str = "b") -> Problem:
    with pytest.raises(DeclarationError) as caught:
        resolve(override(parse_document(TEXT), [setting]), Source(), model)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("setting", "code", "place"),
    [
        ('models.a.latent="16"', "wrong-type", "override models.a.latent"),
        ("models.b.latnt=3", "unknown-key", "override models.b.latnt"),
        ("models.b.encoder.widhts=[3]", "unknown-key", "override models.b.encoder.widhts"),
        ("models.b.encoder.widths=[3, 0]", "out-of-range", "override models.b.encoder.widths"),
        ("trian.epochs=3", "unknown-key", "override trian.epochs"),
        ("train.epochs=0", "out-of-range", "override train.epochs"),
        ("models.b.extends=c", "unknown-model", "override models.b.extends"),
    ],
)
def test_a_problem_in_a_setting_names_the_option(setting: str, code: str, place: str) -> None:
    problem = _problem(setting)
    assert (problem.code, str(problem.place)) == (code, place)


def test_overrides_are_a_list_of_strings():
    assert read_overrides(["a=1", "b=2"]) == ("a=1", "b=2")
    for wrong in ("a=1", {"a": 1}, None, [1]):
        with pytest.raises(UsageError, match="overrides must be a list of strings"):
            read_overrides(wrong)
