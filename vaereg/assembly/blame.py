"""Turns a component's exception into an error that names the component, its plugin and line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout

from vaereg.declaration.declaration import Slot
from vaereg.discovery.blame import place, place_of
from vaereg.errors import DeclarationError, PluginError, Problem, VaeregError
from vaereg.host.current_folder import keeping_current_folder
from vaereg.host.memory import is_out_of_memory
from vaereg.renamed import renamed_in
from vaereg.wording import first_lines

SHOWN = 6
"""How many lines of an exception's text a message shows."""


@contextmanager
def blaming(slot: Slot, doing: str) -> Iterator[None]:
    """A context in which exceptions are attributed to the component of `slot`.

    The current folder is the same after it, and what the component prints goes to stderr, since
    stdout is for the result of a command.

    Raises:
        DeclarationError: for a ValueError, with which a component reports that its parameters do
            not fit the data or the other parts, and for exhausted memory; its place is where the
            slot is declared.
        PluginError: for any other exception, with the line at fault; also for those that end a
            process, such as SystemExit.
    """
    try:
        with keeping_current_folder(), redirect_stdout(sys.stderr):
            yield
    except VaeregError:
        raise
    except ValueError as error:
        raise _misfit(slot, f"{doing}: {_text_of(error)}") from error
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        if is_out_of_memory(error):
            hint = "choose smaller sizes, or a smaller batch_size"
            raise _misfit(slot, f"{doing}: out of memory: {_text_of(error)}", hint) from error
        package = slot.offer.component.factory.split(".")[0].split(":")[0]
        line = place(error, package) or _definition_place(slot)
        where = f" at {line}" if line else ""
        new_name = f"{renamed_in(error)}. ".lstrip(". ")
        remedy = (  # a part without a version was given by the caller
            f"This is a bug in {slot.offer.distribution}; report it there or leave it out."
            if slot.offer.version
            else "This is a bug in the part that you gave to vaereg.build in `parts`."
        )
        raise PluginError(
            f"{slot.offer.label} {doing}: {type(error).__name__}: {_text_of(error)}{where}\n"
            f"{new_name}{remedy}"
        ) from error


def _misfit(slot: Slot, message: str, hint: str = "") -> DeclarationError:
    problem = Problem(
        code="does-not-fit",
        message=f"{slot.offer.label} {message}",
        place=slot.place,
        path=slot.key,
        hint=hint,
    )
    return DeclarationError([problem])


def blamed_for_reading(slot: Slot, error: BaseException) -> BaseException:
    """The exception that names the dataset whose split raised `error`.

    Files that are gone and memory that is exhausted are no fault of the dataset.
    """
    if isinstance(error, OSError | MemoryError):
        return error
    try:
        with blaming(slot, "cannot be read"):
            raise error
    except BaseException as named:  # noqa: BLE001  # it is returned
        return named


@contextmanager
def reading(slot: Slot) -> Iterator[None]:
    """A context in which exceptions of a dataset's splits are attributed to the dataset.

    Raises:
        DeclarationError, PluginError: as `blaming`.
    """
    try:
        with keeping_current_folder():
            yield
    except BaseException as error:
        named = blamed_for_reading(slot, error)
        if named is error:
            raise
        raise named from error


def _text_of(error: BaseException) -> str:
    """The text of an exception, shortened; the name of its class if it has none."""
    return first_lines(error, SHOWN) or type(error).__name__


def _definition_place(slot: Slot) -> str:
    """Where the component is defined, for an exception raised before its first line ran."""
    module, _, name = slot.offer.component.factory.partition(":")
    target = getattr(sys.modules.get(module), name, None)
    return place_of(target) or place_of(getattr(target, "__init__", None))
