"""A model that logs the running means of its terms."""

from __future__ import annotations

from collections.abc import Mapping

import keras
from keras import ops

from vaereg.contracts.tensor import Tensor
from vaereg.model.engine.untracked import Untracked
from vaereg.model.losses.term_means import TermMeans


class RunningMeans(keras.Model):
    """A Keras model whose only metric are the running means of its logged terms."""

    _untracked: Untracked
    _keep_metrics = False

    def update_metrics(self, logs: Mapping[str, Tensor], x: Tensor) -> dict[str, Tensor]:
        """Updates the running means with the terms of a batch, and returns them."""
        self.term_means.update_state(logs, ops.shape(x)[0])
        return self.means()

    def means(self) -> dict[str, Tensor]:
        """The running means of the terms, by name."""
        return self.term_means.result()

    @property
    def term_means(self) -> TermMeans:
        """The running means of the logged terms."""
        assert self._untracked.means is not None, "the terms are not known before the first probe"
        return self._untracked.means

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The running means of the logged terms, which are one metric."""
        return [] if self._untracked.means is None else [self._untracked.means]

    @property
    def term_names(self) -> tuple[str, ...]:
        """The names of the logged terms, "loss" first."""
        return self.term_means.names

    def reset_metrics(self) -> None:
        """Resets the running means, unless `keep_metrics_once` was called."""
        if self._keep_metrics:
            self._keep_metrics = False
            return
        super().reset_metrics()

    def keep_metrics_once(self) -> None:
        """Makes the next `reset_metrics` do nothing, so that the means of a resumed epoch cover all
        of its steps."""
        self._keep_metrics = True
