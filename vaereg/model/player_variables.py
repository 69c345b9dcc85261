"""Which variables each player's losses move, and which optimizer updates them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import attrs
import keras

from vaereg.assembly.parts import Parts
from vaereg.contracts.addresses import PARTS, SIDES, VAE
from vaereg.errors import ContractError
from vaereg.model.players import owned


@attrs.frozen(kw_only=True, eq=False)
class PlayerVariables:
    """The trainable variables of a model, by player and by optimizer.

    Args:
        by_player: player -> the variables that its losses move; "vae" first.
        by_optimizer: name of an optimizer -> the variables that it updates, each in one of them.
        gates: name of an optimizer -> the players without which it sits a step out.
    """

    by_player: dict[str, list[keras.Variable]]
    by_optimizer: dict[str, list[keras.Variable]]
    gates: dict[str, tuple[str, ...]]


def player_variables(
    parts: Parts, players: Collection[str], own: Collection[str], gated: Collection[str]
) -> PlayerVariables:
    """Divides the variables of a model.

    Args:
        parts: the built parts.
        players: those that have a loss.
        own: the players whose optimizer is declared.
        gated: the players that may sit a step out. Each gets an optimizer of its own, since a
            momentum or a count of steps that others go on using could not stay as it is.

    Raises:
        ContractError: if a loss is addressed to a part without weights.
        ValueError: if two players would own the same variable.
    """
    critics = {key: [part] for key, part in parts.discriminators.items()}
    selves = {key: [part] for key, part in parts.regularizers.items() if key in players}
    rest = [part for key, part in parts.regularizers.items() if key not in players]
    by_part = {name: [getattr(parts, name)] for name in PARTS}
    sides = {
        side: [layer for name in names for layer in by_part[name]] for side, names in SIDES.items()
    }
    sides["generation"] += rest
    everything = [layer for layers in sides.values() for layer in layers]
    by_player = owned({VAE: everything, **selves, **critics})
    if any(name in SIDES for name in (*players, *own)):
        by_player |= owned(sides)
    if any(name in PARTS for name in (*players, *own)):
        by_player |= owned(by_part)
    for player in players:
        if player not in (VAE, *critics) and not by_player[player]:
            raise ContractError(
                f"a loss is addressed to {player!r}, which has no weights that it could move"
            )
    by_optimizer = _by_optimizer(by_player, {*own, *gated}, [*critics, *selves])
    return PlayerVariables(
        by_player=by_player,
        by_optimizer=by_optimizer,
        gates={
            name: tuple(p for p in gated if _share_any(by_player[p], variables))
            for name, variables in by_optimizer.items()
            if any(_share_any(by_player[p], variables) for p in gated)
        },
    )


def _by_optimizer(
    by_player: Mapping[str, list[keras.Variable]], own: Collection[str], terms: Collection[str]
) -> dict[str, list[keras.Variable]]:
    """The variables of each optimizer: of the narrowest player that has its own, else of "vae"."""
    taken: set[int] = set()
    found: dict[str, list[keras.Variable]] = {}
    for name in (*(p for p in (*PARTS, *SIDES) if p in own), VAE, *terms):
        found[name] = [v for v in by_player[name] if id(v) not in taken]
        taken.update(map(id, found[name]))
    if all(not variables for name, variables in found.items() if name != VAE):
        return {VAE: found[VAE]} | {name: found[name] for name in terms}
    ordered = (VAE, *(name for name in found if name != VAE))  # the first one leads
    return {name: found[name] for name in ordered if found[name] or name in terms}


def _share_any(first: list[keras.Variable], second: list[keras.Variable]) -> bool:
    ids = set(map(id, second))
    return any(id(variable) in ids for variable in first)
