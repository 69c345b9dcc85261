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
        ("", "nothing follows"),
        ("vaereg-plugin-", "nothing follows"),
        ("vaereg_plugin", "nothing follows"),
        ("-foo", "separator"),
        ("foo_", "separator"),
        ("3d", "begins with a letter"),
        ("foo bar", "' '"),
        ("a/../b", "'/'"),
        ("café", "'é'"),
        ("a" * 41, "41 characters; 40 are allowed"),
        ("class", "a word of Python's own"),
        ("none", "a word of Python's own"),
        ("plugin", "plugin.py"),
        ("any", "typing.Any"),
    ],
)
def test_what_no_module_can_be_called_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_plugin_name(text)

    assert why in str(refused.value)
    assert "focal-frequency" in str(refused.value)
