"""Renamed names of vaereg: an error about an old name states the new one.

Old names no longer work. These tables only improve the error message of a plugin that still uses
one.
"""

from __future__ import annotations

import re

KINDS = {"features": "feature_extractor"}
"""Old kind -> new kind."""

LAWS = {
    "determinism-is-told": "determinism-is-declared",
    "real-data-has-a-floor": "real-data-has-a-reference",
}
"""Old law -> new law."""

MEMBERS = {
    "Latent": {"mean": "mode"},
    "Step": {"number": "global_step"},
    "Measured": {"generated": "influence_of_generated", "real": "influence_of_real"},
    "BuildContext": {"data": "data_spec"},
    "Evidence": {"data": "data_spec"},
    "Data": {"decode": "to_display"},
}
"""Class -> its old argument or attribute -> the new one; also for StandInStep and the like."""

NAMES = {
    "vaereg.testing": {
        "Subject": "ComponentUnderTest",
        "subjects_of": "components_under_test",
    }
}
"""Module -> old name -> new name."""

MODULES = {
    "vaereg.basics.backends": "vaereg.basics.kernels",
    "vaereg.basics.blocks": "vaereg.basics.layers",
    "vaereg.basics.features": "vaereg.basics.feature_extractors",
    "vaereg.building": "vaereg.discovery.declare",
    "vaereg.contracts.features": "vaereg.contracts.feature_extractor",
    "vaereg.doctor": "vaereg.workflows.doctor",
    "vaereg.sampling": "vaereg.trained",
    "vaereg.spec": "vaereg.declaration",
    "vaereg.testing.evidence": "vaereg.testing.stand_ins.evidence",
    "vaereg.testing.model_view": "vaereg.testing.stand_ins.model_view",
    "vaereg.testing.step": "vaereg.testing.stand_ins.step",
    "vaereg.testing.subject": "vaereg.testing.component_under_test",
}
"""Old module or package -> the new one; internal ones that a plugin may have imported."""

_PATTERNS = (
    r"'(?P<owner>\w+)' object has no attribute '(?P<old>\w+)'",
    r"(?P<owner>\w+)\.__\w+__\(\) got an unexpected keyword argument '(?P<old>\w+)'",
    r"cannot import name '(?P<old>\w+)' from '(?P<owner>[\w.]+)'",
    r"module '(?P<owner>[\w.]+)' has no attribute '(?P<old>\w+)'",
)
"""How Python reports a missing name."""

_MISSING_MODULE = re.compile(r"No module named '(?P<old>vaereg\.[\w.]+)'")

_COLOR = re.compile(r"\x1b\[\d+m")
"""Keras prints an exception of a layer in bold."""


def renamed_kind(kind: str) -> str:
    """A sentence with the new name of a renamed kind; empty for any other kind."""
    return f"`{kind}` is now called `{KINDS[kind]}`" if kind in KINDS else ""


def renamed_law(law: str) -> str:
    """A sentence with the new name of a renamed law; empty for any other law."""
    return f"`{law}` is now called `{LAWS[law]}`" if law in LAWS else ""


def renamed_in(fault: BaseException) -> str:
    """A sentence with the new name if an exception is about an old one; otherwise empty.

    Such an exception is an AttributeError, TypeError or ImportError, perhaps with text that Keras
    has added.
    """
    if not isinstance(fault, (AttributeError, TypeError, ImportError)):
        return ""
    return renamed_in_text(str(fault))


def renamed_in_text(text: str) -> str:
    """The same for the text of such an exception, or of its traceback."""
    text = _COLOR.sub("", text)
    for pattern in _PATTERNS:
        for match in re.finditer(pattern, text):
            new = _new_name(match["owner"], match["old"])
            if new:
                owner = match["owner"]
                return f"`{owner}.{match['old']}` is now called `{owner}.{new}`"
    for match in _MISSING_MODULE.finditer(text):
        if match["old"] in MODULES:
            return f"`{match['old']}` is now called `{MODULES[match['old']]}`"
    return ""


def _new_name(owner: str, old: str) -> str:
    if owner in NAMES:
        return NAMES[owner].get(old, "")
    for known, members in MEMBERS.items():
        # StandInStep, LazyStep and the like keep the contract of Step. Data has no such classes:
        # a class SomeData of a plugin is unrelated to it.
        if old in members and (owner == known or (known != "Data" and owner.endswith(known))):
            return members[old]
    return ""
