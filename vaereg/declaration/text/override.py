"""Overrides of values in the file, such as `models.sharp.latent=32`, from the user's options."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy

import attrs

from vaereg.contracts.plain_values import TomlTable, TomlValue
from vaereg.declaration.text.document import Document
from vaereg.declaration.text.locator import KeyPath
from vaereg.declaration.text.read_toml import TomlError, read_toml, read_toml_value
from vaereg.declaration.text.tree import dotted, in_words
from vaereg.errors import DeclarationError, Place, Problem, UsageError

_EXAMPLE = "such as models.sharp.latent=32"
_BEGINS_TOML = ("[", "{", '"', "'")


def read_overrides(overrides: Sequence[str]) -> tuple[str, ...]:
    """Checks settings that override those of a registry, and returns them as a tuple.

    Raises:
        UsageError: for anything but a list of strings.
    """
    is_list = isinstance(overrides, Sequence) and not isinstance(overrides, str)
    if not is_list or not all(isinstance(each, str) for each in overrides):
        raise UsageError(
            'overrides must be a list of strings, such as ["models.sharp.latent=32"]; '
            f"got {overrides!r}"
        )
    return tuple(overrides)


def override(document: Document, settings: Sequence[str]) -> Document:
    """The document with these settings applied in order, so that later ones win.

    Each setting is `KEY.PATH=VALUE`. The value is TOML; other text is taken as a string, so that
    `likelihood=gaussian` needs no quotes. Whether the key is allowed is checked later, as if it
    were in the file.

    Raises:
        DeclarationError: for settings that cannot be parsed, or whose path leads through a value
            that is not a table.
        UsageError: if `settings` is a single string, or not a list of strings.
    """
    settings = read_overrides(settings)
    values = deepcopy(document.values)
    options: dict[KeyPath, Place] = dict(document.options)
    problems = []
    for setting in settings:
        try:
            path, value = _parsed_setting(setting)
            placed = _set_value(values, path, value)
        except ValueError as fault:
            place = Place(f"override {setting.partition('=')[0].strip()}")
            message, hint = fault.args
            problems.append(Problem(code="bad-option", message=message, place=place, hint=hint))
            continue
        # This value replaces those that earlier options set at or below its path.
        options = {each: place for each, place in options.items() if each[: len(path)] != path}
        options[placed] = Place(f"override {dotted(path)}")
    if problems:
        raise DeclarationError(problems)
    return attrs.evolve(document, values=values, options=options)


def _parsed_setting(setting: str) -> tuple[tuple[str, ...], TomlValue]:
    key, value_text = _split_setting(setting)
    try:
        parsed: TomlValue = read_toml(f"{key} = 0")
    except TomlError as fault:
        raise ValueError(f"`{key}` is not a key path: {fault.message}", _EXAMPLE) from fault
    path = []
    while isinstance(parsed, dict) and len(parsed) == 1:
        name, parsed = next(iter(parsed.items()))
        path.append(name)
    if parsed != 0 or "\n" in key:
        raise ValueError(f"`{key}` is not a key path", _EXAMPLE)
    return tuple(path), _parsed_value(value_text)


def _split_setting(setting: str) -> tuple[str, str]:
    """Key and value, split at the first equals sign outside quotes."""
    quote = ""
    for index, character in enumerate(setting):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "=":
            return setting[:index].strip(), setting[index + 1 :].strip()
    raise ValueError(f"`{setting}` has no value", f"write KEY=VALUE, {_EXAMPLE}")


def _parsed_value(text: str) -> TomlValue:
    try:
        return read_toml_value(text)
    except TomlError as fault:
        if text.startswith(_BEGINS_TOML):
            raise ValueError(
                f"`{text}` is not a TOML value: {fault.message}",
                "write a TOML value; in a shell, in quotes: "
                """'models.sharp.encoder={ use = "conv", widths = [32, 64] }'""",
            ) from fault
        return text


def _set_value(values: TomlTable, path: tuple[str, ...], value: TomlValue) -> KeyPath:
    """Sets the value at the path; returns the outermost key path that this creates."""
    table = values
    placed = path
    for depth, name in enumerate(path[:-1], start=1):
        if name not in table:
            table[name] = {}
            placed = min(placed, path[:depth], key=len)
        inside = table[name]
        if isinstance(inside, str) and _is_slot(path[:depth]):
            inside = table[name] = {"use": inside}  # `encoder = "conv"` means { use = "conv" }
        if not isinstance(inside, dict):
            raise ValueError(
                f"`{dotted(path[:depth])}` is {in_words(inside)}, so it has no keys to set",
                f"set the whole value: '{dotted(path[:depth])}=...'",
            )
        table = inside
    table[path[-1]] = value
    return placed


def _is_slot(path: KeyPath) -> bool:
    """Whether a string at this path names a component or an optimizer."""
    if path[-1] == "optimizer":
        return True
    if path[0] == "data":
        return len(path) > 2  # a part that a dataset holds
    return path[0] == "models" and len(path) > 2 and path[2] not in {"data", "extends"}
