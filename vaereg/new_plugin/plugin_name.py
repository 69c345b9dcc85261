"""The names of a plugin: of its distribution, its package, its component and its class."""

from __future__ import annotations

import keyword
import re

import attrs

from vaereg.errors import UsageError

PREFIX = "vaereg-plugin-"
LONGEST = 40
"""The longest subject in characters; users type it into registry.toml, and paths contain it."""

TAKEN = {
    "plugin": "its module would overwrite plugin.py",
    "any": "its class would hide typing.Any",
}
"""Subjects that are reserved, and why."""


@attrs.frozen
class PluginName:
    """The names that follow from one subject, such as `focal-frequency`."""

    subject: str

    @property
    def distribution(self) -> str:
        """The name that pip installs: `vaereg-plugin-focal-frequency`."""
        return f"{PREFIX}{self.subject}"

    @property
    def package(self) -> str:
        """The package that Python imports: `vaereg_plugin_focal_frequency`."""
        return self.distribution.replace("-", "_")

    @property
    def component(self) -> str:
        """The name in registry.toml, and of the module: `focal_frequency`."""
        return self.subject.replace("-", "_")

    @property
    def cls(self) -> str:
        """The name of the class: `FocalFrequency`."""
        return "".join(part.capitalize() for part in self.subject.split("-"))


def read_plugin_name(text: str) -> PluginName:
    """The names of a plugin, from a text such as `vaereg-plugin-foo`, `foo` or `Foo_Bar`.

    Raises:
        UsageError: if a distribution, module or component cannot have that name, with the reason.
    """
    normalized = re.sub(r"[-_.]+", "-", text.strip().lower())
    subject = normalized.removeprefix(PREFIX)
    name = PluginName(subject)
    why = _why_not(subject, name)
    if why:
        raise UsageError(
            f"a plugin cannot be named {text!r}: {why}\n"
            "Use letters, digits and dashes, such as `focal-frequency`; "
            f"the prefix `{PREFIX}` is added."
        )
    return name


def _why_not(subject: str, name: PluginName) -> str:
    if not subject or f"{subject}-" == PREFIX:
        return f"there is no name after `{PREFIX}`"
    if subject.startswith("-") or subject.endswith("-"):
        return "it begins or ends with a separator"
    if not re.fullmatch(r"[a-z0-9-]+", subject):
        wrong = "".join(dict.fromkeys(re.findall(r"[^a-z0-9-]", subject)))
        return f"the name of a module cannot contain {wrong!r}"
    if not subject[0].isalpha():
        return f"the name of a component must begin with a letter, not with {subject[0]!r}"
    if len(subject) > LONGEST:
        return f"it has {len(subject)} characters; at most {LONGEST} are allowed"
    if subject in TAKEN:
        return TAKEN[subject]
    if keyword.iskeyword(name.component) or keyword.iskeyword(name.cls):
        return "it is a keyword of Python"
    return ""
