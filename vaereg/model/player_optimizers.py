"""The optimizer of each player, as declared."""

from __future__ import annotations

from vaereg.contracts.addresses import SIDES, VAE
from vaereg.declaration.declaration import Declaration, NamedChoice, Slot
from vaereg.errors import DeclarationError, Problem
from vaereg.model.optimizers import PlayersOptimizer, make_optimizer
from vaereg.model.player_variables import PlayerVariables


def player_optimizers(declaration: Declaration, players: PlayerVariables) -> PlayersOptimizer:
    """One optimizer for Keras, in which each player has its own.

    Raises:
        DeclarationError: if an optimizer is declared for a part without weights, or if its name or
            parameters are not taken.
        PluginError, ContractError: if one of a plugin cannot be built, or breaks its contract.
    """
    for name, choice in declaration.train.optimizers.items():
        if not players.by_player.get(name):
            problem = Problem(
                code="does-not-fit",
                message=f"{name!r} has no weights of its own, so no optimizer can update them",
                place=choice.place,
                hint="remove this optimizer",
            )
            raise DeclarationError([problem])
    owners = players.by_optimizer
    optimizers = {
        name: make_optimizer(
            optimizer_of(name, declaration),
            f"{name}_optimizer",
            variables,
            declaration.train.seed,
        )
        for name, variables in owners.items()
    }
    return PlayersOptimizer(optimizers, owners)


def optimizer_of(player: str, declaration: Declaration) -> NamedChoice:
    """The declared optimizer of a player, or else of its side, of the VAE, or of [train]."""
    terms: dict[str, Slot] = {
        slot.key: slot for slot in (*declaration.regularizers, *declaration.discriminators)
    }
    declared = declaration.train.optimizers
    slot = terms.get(player)
    if slot is not None:
        return slot.optimizer or declared.get(player, declaration.train.optimizer)
    outer = (player, *(side for side, parts in SIDES.items() if player in parts), VAE)
    found = [declared[name] for name in outer if name in declared]
    return found[0] if found else declaration.train.optimizer
