"""Attributes of a model whose layers and variables Keras must not track."""

from __future__ import annotations

import threading

import attrs
import keras

from vaereg.assembly.parts import Parts
from vaereg.declaration.declaration import Declaration, TrainSettings
from vaereg.model.augmenting import Augmenting
from vaereg.model.losses.term_means import TermMeans
from vaereg.model.optimizers import PlayersOptimizer
from vaereg.model.player_variables import PlayerVariables


@attrs.define(eq=False, kw_only=True)
class Untracked:
    """Attributes of the model whose layers and variables Keras must not track."""

    settings: TrainSettings
    players: PlayerVariables | None = None
    optimizer: PlayersOptimizer | None = None  # within that of half precision, if there is one
    means: TermMeans | None = None
    functions: dict[str, keras.Model] = attrs.field(factory=dict)
    # Averages replace the weights while they are in use, and on JAX Keras takes the variables out
    # of a model while it predicts. A second thread would find the wrong weights, or none.
    in_use: threading.RLock = attrs.field(factory=threading.RLock)


@attrs.define(eq=False, kw_only=True)
class UntrackedOfVAE(Untracked):
    """Those of a VAE."""

    parts: Parts
    declaration: Declaration
    augment: Augmenting = attrs.field(factory=Augmenting)
