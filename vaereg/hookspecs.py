"""The hooks that a plugin may implement."""

from __future__ import annotations

import pluggy

from vaereg.component import Component

PROJECT = "vaereg"
ENTRY_POINT_GROUP = "vaereg"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def vaereg_components() -> list[Component]:  # type: ignore[empty-body]  # pluggy reads the signature only
    """Returns the components that this plugin offers: a list, never a generator.

    Called once per process, before keras is imported. Neither importing the plugin nor calling this
    hook may import keras.
    """
