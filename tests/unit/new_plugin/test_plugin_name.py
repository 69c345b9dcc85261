"""One subject names the distribution, the package, the component and the class."""

from __future__ import annotations

import pytest

from vaereg.errors import UsageError
from vaereg.new_plugin.plugin_name import read_plugin_name


@pytest.mark.parametrize(
    "text",
    [
        "focal-frequency",
        "focal_frequency",
        "Focal.Frequency",
        "focal--_frequency",
        "vaereg-plugin-focal-frequency",
        "vaereg_plugin_focal_frequency",
        " Vaereg-Plugin-Focal_Frequency ",
    ],
)
def test_every_spelling_gives_the_same_four_names(text: str) -> None:
    name = read_plugin_name(text)

    assert name.distribution == "vaereg-plugin-focal-frequency"
    assert name.package == "vaereg_plugin_focal_frequency"
    assert name.component == "focal_frequency"
    assert name.cls == "FocalFrequency"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "there is no name after"),
        ("vaereg-plugin-", "there is no name after"),
        ("vaereg_plugin", "there is no name after"),
        ("-foo", "separator"),
        ("foo_", "separator"),
        ("3d", "begin with a letter"),
        ("foo bar", "' '"),
        ("a/../b", "'/'"),
        ("café", "'é'"),
        ("a" * 41, "41 characters; at most 40 are allowed"),
        ("class", "a keyword of Python"),
        ("none", "a keyword of Python"),
        ("plugin", "plugin.py"),
        ("any", "typing.Any"),
    ],
)
def test_a_name_that_no_module_can_have_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_plugin_name(text)

    assert why in str(refused.value)
    assert "focal-frequency" in str(refused.value)
