"""Writes a declaration as self-contained TOML that reads back as an equal declaration."""

from __future__ import annotations

from collections.abc import Mapping

from vaereg.contracts.latent_shapes import ONE_GROUP, LatentShapes
from vaereg.contracts.slot import slots_in
from vaereg.declaration.declaration import Declaration, Slot
from vaereg.declaration.names_in_slots import name_in_slot
from vaereg.declaration.shapes.plain import Shape
from vaereg.declaration.shapes.structure import plain, plain_fields, table_of
from vaereg.declaration.shapes.tables import Table
from vaereg.declaration.text.tree import toml_key, toml_string
from vaereg.kinds import KINDS


def declaration_toml(declaration: Declaration, *, folder: str | None = None) -> str:
    """The declaration as TOML, with every default, full component names and its folder.

    `resolve` reads it back as an equal declaration wherever the same components are installed.
    Relative data paths stay relative to `folder`.

    Args:
        declaration: the declaration.
        folder: the text to write as its folder, such as a path relative to the file; None for the
            folder itself.
    """
    model = f"models.{toml_key(declaration.model)}"
    slots = {
        kind.key: getattr(declaration, kind.key)
        for kind in KINDS.values()
        if kind.key and not kind.many
    }
    sections = [
        f"# The model {toml_string(declaration.model)} of {toml_string(declaration.source)}, with "
        "all defaults and inherited values written out.",
        _section(
            "",
            {
                "default": declaration.model,
                "folder": str(declaration.folder) if folder is None else folder,
            },
        ),
        _section(f"data.{toml_key(declaration.data_name)}", slot_table(declaration.data_slot)),
        _section(
            model,
            {
                "data": declaration.data_name,
                "latent": _latent(declaration.latent),
                **_augmented("latent_augment", declaration.latent_augment),
            },
        ),
        *(_section(f"{model}.{key}", slot_table(slot)) for key, slot in slots.items()),
        _section(f"{model}.kl", settings_table(declaration.kl)),
    ]
    for key in ("regularizers", "discriminators"):
        for slot in getattr(declaration, key):
            sections.append(_section(f"{model}.{key}.{toml_key(slot.key)}", slot_table(slot)))
    sections.append(_section("train", settings_table(declaration.train)))
    return "\n\n".join(section for section in sections if section) + "\n"


def _latent(latent: LatentShapes) -> object:
    """The groups as they are declared: one as its size or shape, several as a table."""
    sizes = {name: shape[0] if len(shape) == 1 else shape for name, shape in latent.groups}
    return sizes[ONE_GROUP] if latent.names == (ONE_GROUP,) else sizes


def _augmented(key: str, slots: tuple[Slot, ...]) -> dict[str, object]:
    """The key that declares augmentations, if there are any."""
    return {key: [slot_table(each, held=True) for each in slots]} if slots else {}


def toml_value(value: object) -> str:
    """A plain value as TOML, on one line.

    Raises:
        TypeError: for a value that TOML cannot express, such as None.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return toml_string(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{toml_key(key)} = {toml_value(each)}" for key, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml_value, value))}]"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise TypeError(f"TOML cannot express a {type(value).__name__}: {value!r}")


def _section(header: str, entries: Mapping[str, object]) -> str:
    rows = [f"{toml_key(key)} = {toml_value(value)}" for key, value in entries.items()]
    return "\n".join([f"[{header}]", *rows] if header else rows)


def slot_table(slot: Slot, *, held: bool = False) -> dict[str, object]:
    """A slot as a table of plain values that TOML can hold: `use` and every parameter.

    A slot that another component holds has no weight, warm-up or optimizer.
    """
    entries: dict[str, object] = {"use": name_in_slot(slot)}
    if slot.kind in {"regularizer", "discriminator"} and not held:
        entries["weight"] = plain(slot.weight)
    if slot.kind == "discriminator" and not held:
        entries["warmup_steps"] = slot.warmup_steps
        if slot.optimizer is not None:
            entries["optimizer"] = plain(slot.optimizer)
    if slot.given:
        entries["given"] = list(slot.given)
    entries |= _augmented("augment", slot.augment)
    if slot.train is not None:
        entries["train"] = settings_table(slot.train)
    return entries | settings_table(slot.params)


def settings_table(instance: object) -> dict[str, object]:
    """The fields of an instance of an attrs class as plain values that TOML can hold."""
    values = plain_fields(instance)
    for key, held in slots_in(instance):
        if held.declared is None:
            _put(values, key.split("."), slot_table(held, held=True))
    return _without_none(values, table_of(type(instance)))


def _put(values: object, path: list[str], table: dict[str, object]) -> None:
    """Puts the table of a held slot where its parameter is among plain values."""
    key: int | str = int(path[0]) if isinstance(values, list) else path[0]
    if len(path) == 1:
        values[key] = table  # type: ignore[index]  # a dict or list, as `plain` makes them
    else:
        _put(values[key], path[1:], table)  # type: ignore[index]  # as above


def _without_none(values: Mapping[str, object], table: Table[object]) -> dict[str, object]:
    """Omits a None that is the default, and writes any other as `false`, since TOML has no null."""
    entries: dict[str, object] = {}
    for key, value in values.items():
        if value is None:
            if table.fields[key].default is not None:
                entries[key] = False
        elif isinstance(value, Mapping) and (inner := _nested_table(table.fields[key].shape)):
            entries[key] = _without_none(value, inner)
        else:
            entries[key] = value
    return entries


def _nested_table(shape: Shape[object]) -> Table[object] | None:
    """The table of a nested params class, optional or not; None for any other shape."""
    if isinstance(shape, Table):
        return shape
    options = getattr(shape, "options", ())
    return next((each for each in options if isinstance(each, Table)), None)
