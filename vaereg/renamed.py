"""Names of vaereg that are called otherwise now: an error that meets an old one names the new one.

Nothing answers to an old name. This table only makes the error of a plugin that was written against
one say what to write instead.
"""

from __future__ import annotations

import re

KINDS = {"features": "feature_extractor"}
"""Old kind -> new kind."""

MEMBERS = {
    "Latent": {"mean": "mode"},
    "Step": {"number": "global_step"},
    "Measured": {"generated": "influence_of_generated", "real": "influence_of_real"},
    "BuildContext": {"data": "data_spec"},
    "Evidence": {"data": "data_spec"},
    "Data": {"decode": "to_display"},
}
"""Class -> its old argument or attribute -> the new one; it counts for StandInStep and the like."""

NAMES = {
    "vaereg.testing": {
        "Subject": "ComponentUnderTest",
        "subjects_of": "components_under_test",
    }
}
"""Module -> old name -> new name."""

_PATTERNS = (
    r"'(?P<owner>\w+)' object has no attribute '(?P<old>\w+)'",
    r"(?P<owner>\w+)\.__\w+__\(\) got an unexpected keyword argument '(?P<old>\w+)'",
    r"cannot import name '(?P<old>\w+)' from '(?P<owner>[\w.]+)'",
    r"module '(?P<owner>[\w.]+)' has no attribute '(?P<old>\w+)'",
)
"""How Python reports a name that is not there."""

_COLOR = re.compile(r"\x1b\[\d+m")
"""Keras prints what a layer raised in bold."""


def renamed_kind(kind: str) -> str:
    """What a kind of that old name is called now, in a sentence; empty for any other."""
    return f"`{kind}` is now called `{KINDS[kind]}`" if kind in KINDS else ""


def renamed_in(fault: BaseException) -> str:
    """The new name of what an exception did not find, in a sentence; empty if it has no old name.

    An AttributeError, TypeError or ImportError of Python, also with text of Keras around it.
    """
    if not isinstance(fault, (AttributeError, TypeError, ImportError)):
        return ""
    text = _COLOR.sub("", str(fault))
    for pattern in _PATTERNS:
        for match in re.finditer(pattern, text):
            new = _new_name(match["owner"], match["old"])
            if new:
                owner = match["owner"]
                return f"`{owner}.{match['old']}` is now called `{owner}.{new}`"
    return ""


def _new_name(owner: str, old: str) -> str:
    if owner in NAMES:
        return NAMES[owner].get(old, "")
    for known, members in MEMBERS.items():
        # StandInStep, LazyStep and the like keep the contract of Step. Data has no such classes,
        # and an author's own SomeData owes nothing to it.
        if old in members and (owner == known or (known != "Data" and owner.endswith(known))):
            return members[old]
    return ""
