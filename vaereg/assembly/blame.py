"""Turns an exception of a component into an error that names the component, its plugin and line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from vaereg.declaration.declaration import Slot
from vaereg.discovery.blame import place, place_of
from vaereg.errors import DeclarationError, PluginError, Problem, VaeregError
from vaereg.renamed import renamed_in
from vaereg.wording import first_lines

SHOWN = 6
"""How many lines of an exception's text a message repeats."""


@contextmanager
def blaming(slot: Slot, doing: str) -> Iterator[None]:
    """A context in which exceptions are attributed to the component of `slot`.

    Raises:
        DeclarationError: for a ValueError, by which a component says that its parameters do not
            fit the data or the other parts; placed where the slot is declared.
        PluginError: for any other exception, with the component's line at fault.
    """
    try:
        yield
    except VaeregError:
        raise
    except ValueError as error:
        problem = Problem(
            code="does-not-fit",
            message=f"{slot.offer.label} {doing}: {_said(error)}",
            place=slot.place,
            path=slot.key,
        )
        raise DeclarationError([problem]) from error
    except Exception as error:
        package = slot.offer.component.factory.split(".")[0].split(":")[0]
        line = place(error, package) or _home(slot)
        where = f" at {line}" if line else ""
        new_name = f"{renamed_in(error)}. ".lstrip(". ")
        remedy = (  # a part without a version was given by the caller
            f"This is a fault of {slot.offer.distribution}; report it there, or leave it out."
            if slot.offer.version
            else "This is a fault of the part that was given; see `parts` of vaereg.build."
        )
        raise PluginError(
            f"{slot.offer.label} {doing}: {type(error).__name__}: {_said(error)}{where}\n"
            f"{new_name}{remedy}"
        ) from error


def _said(error: Exception) -> str:
    """The text of an exception, shortened; the name of its class if it has none."""
    return first_lines(error, SHOWN) or type(error).__name__


def _home(slot: Slot) -> str:
    """Where the component is defined, for an exception raised before its first line ran."""
    module, _, name = slot.offer.component.factory.partition(":")
    found = getattr(sys.modules.get(module), name, None)
    return place_of(found) or place_of(getattr(found, "__init__", None))
