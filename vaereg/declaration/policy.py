"""[plugins] of registry.toml -> PluginPolicy, and its JSON Schema.

The table is read before discovery, so reading it requires no installed plugin.
"""

from __future__ import annotations

import re

import attrs

from vaereg.component import NAME
from vaereg.contracts.plain_values import JsonObject
from vaereg.contracts.plugin_policy import PluginPolicy
from vaereg.declaration.shapes.compound import Array, Mapped
from vaereg.declaration.shapes.plain import Shape, Text, wrong_type
from vaereg.declaration.shapes.tables import Field, Table, field_schema
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.findings import FAULT, Fault, Findings
from vaereg.declaration.text.tree import Node, grown, in_words
from vaereg.frozen import frozen
from vaereg.kinds import KINDS
from vaereg.wording import did_you_mean, lines

_DISTRIBUTION = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
# PEP 508 without direct references. Importing `packaging` would take longer than the whole check;
# discovery imports it only if there are requirements to parse.
_VERSION = r"(?:~=|===?|!=|<=?|>=?)\s*[A-Za-z0-9._*+!-]+"
_VERSIONS = rf"{_VERSION}(?:\s*,\s*{_VERSION})*"
_REQUIREMENT = (
    rf"\s*{_DISTRIBUTION}\s*(?:\[[\w\s,.-]*\])?"
    rf"\s*(?:\(\s*{_VERSIONS}\s*\)|{_VERSIONS})?\s*(?:;.+)?"
)


def plugin_policy(document: Document) -> PluginPolicy:
    """The policy that a document declares; an empty policy if it has no [plugins].

    Raises:
        DeclarationError: with every problem in the table.
    """
    findings = Findings(document)
    policy = read_policy(grown(document.values), findings)
    findings.raise_any()
    return policy


def read_policy(root: Node, findings: Findings) -> PluginPolicy:
    """The policy that a document declares; problems are added to the findings."""
    plugins = root.table().get("plugins")
    if plugins is None:
        return PluginPolicy()
    policy = POLICY_TABLE.read(plugins, findings)
    return PluginPolicy() if policy is FAULT else policy


class _Distribution(Text):
    words = "the name of a distribution"
    plural = "names of distributions"
    example = '"vaereg-plugin-adversarial"'

    def read(self, node: Node, findings: Findings) -> str | Fault:
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        if re.fullmatch(_DISTRIBUTION, node.value):
            return node.value
        message = f"{in_words(node.value)} is not the name of a distribution"
        hint = f"such as {self.example}"
        if re.fullmatch(_REQUIREMENT, node.value):
            hint = f"a version is allowed only in `require`; {hint}"
        return findings.add("bad-name", message, node, hint)


class _Requirement(Text):
    words = "a requirement"
    plural = "requirements"
    example = '"vaereg-plugin-adversarial>=0.1"'

    def read(self, node: Node, findings: Findings) -> str | Fault:
        if not self.takes(node.value):
            return wrong_type(self, node, findings)
        if re.fullmatch(_REQUIREMENT, node.value):
            return node.value
        message = f"{in_words(node.value)} is not a requirement"
        return findings.add("bad-requirement", message, node, f"write it like {self.example}")


@frozen(eq=False)
class _Preferences(Mapped):
    """`"kind.name"` -> distribution."""

    item: Shape[object] = attrs.field(factory=_Distribution)

    example = '{ "regularizer.mmd" = "vaereg-plugin-divergence" }'

    def read(self, node: Node, findings: Findings) -> dict[str, object] | Fault:
        if not node.is_table:
            return wrong_type(self, node, findings)
        entries: dict[str, object] = {}
        for key, entry in node.table().items():
            kind, _, name = key.partition(".")
            if entry.is_table and kind in KINDS:
                message = f"`{entry.name}` must be one key in quotes"
                hint = f"such as {self.example}"
                entries[key] = findings.add("bad-name", message, entry, hint, of="key")
            elif kind not in KINDS or not NAME.fullmatch(name):
                message = f"`{key}` does not have the form KIND.NAME"
                hint = lines(
                    did_you_mean(kind, KINDS) if kind not in KINDS else "",
                    f"kinds: {', '.join(KINDS)}",
                    f"such as {self.example}",
                )
                entries[key] = findings.add("bad-name", message, entry, hint, of="key")
            else:
                entries[key] = self.item.read(entry, findings)
        return FAULT if any(each is FAULT for each in entries.values()) else entries


POLICY_TABLE = Table(
    fields={
        "allow": Field(shape=Array(_Distribution())),
        "block": Field(shape=Array(_Distribution())),
        "require": Field(shape=Array(_Requirement())),
        "prefer": Field(shape=_Preferences()),
    },
    make=PluginPolicy,
    owner="[plugins]",
    title="Plugins",
)


def policy_schema() -> JsonObject:
    """[plugins] as JSON Schema."""
    return field_schema(Field(shape=POLICY_TABLE))
