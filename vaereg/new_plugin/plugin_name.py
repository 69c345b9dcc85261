"""What a plugin is called: as a distribution, as a package, as a component and as a class."""

from __future__ import annotations

import keyword
import re

import attrs

from vaereg.errors import UsageError

PREFIX = "vaereg-plugin-"
LONGEST = 40
"""Names are typed into registry.toml, and stand in the paths of files."""

TAKEN = {
    "plugin": "its module would stand in the way of plugin.py",
    "any": "its class would hide typing.Any",
}
"""Subjects that the package has another use for, and why."""


@attrs.frozen
class PluginName:
    """The names that follow from one subject, such as `focal-frequency`."""

    subject: str

    @property
    def distribution(self) -> str:
        """What pip installs: `vaereg-plugin-focal-frequency`."""
        return f"{PREFIX}{self.subject}"

    @property
    def package(self) -> str:
        """What Python imports: `vaereg_plugin_focal_frequency`."""
        return self.distribution.replace("-", "_")

    @property
    def component(self) -> str:
        """What registry.toml names, and its module: `focal_frequency`."""
        return self.subject.replace("-", "_")

    @property
    def cls(self) -> str:
        """The class: `FocalFrequency`."""
        return "".join(part.capitalize() for part in self.subject.split("-"))


def read_plugin_name(text: str) -> PluginName:
    """The names of a plugin, from `vaereg-plugin-foo`, `foo`, `Foo_Bar` and the like.

    Raises:
        UsageError: for what no distribution, module and component can be called, with the reason.
    """
    normalized = re.sub(r"[-_.]+", "-", text.strip().lower())
    subject = normalized.removeprefix(PREFIX)
    name = PluginName(subject)
    why = _why_not(subject, name)
    if why:
        raise UsageError(
            f"a plugin cannot be named {text!r}: {why}\n"
            "Use letters, digits and dashes, such as `focal-frequency`; "
            f"`{PREFIX}` is put before it."
        )
    return name


def _why_not(subject: str, name: PluginName) -> str:
    if not subject or f"{subject}-" == PREFIX:
        return f"nothing follows `{PREFIX}`"
    if subject.startswith("-") or subject.endswith("-"):
        return "it begins or ends with a separator"
    if not re.fullmatch(r"[a-z0-9-]+", subject):
        wrong = "".join(dict.fromkeys(re.findall(r"[^a-z0-9-]", subject)))
        return f"{wrong!r} can stand in no module's name"
    if not subject[0].isalpha():
        return f"a component's name begins with a letter, not with {subject[0]!r}"
    if len(subject) > LONGEST:
        return f"it has {len(subject)} characters; {LONGEST} are allowed"
    if subject in TAKEN:
        return TAKEN[subject]
    if keyword.iskeyword(name.component) or keyword.iskeyword(name.cls):
        return "it is a word of Python's own"
    return ""
