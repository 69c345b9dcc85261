"""Pythae's side: its VAE with our networks, trained by its BaseTrainer."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pythae.data.datasets import BaseDataset
from pythae.models import VAE, VAEConfig
from pythae.models.base.base_utils import ModelOutput
from pythae.models.nn import BaseDecoder, BaseEncoder
from pythae.trainers import BaseTrainer, BaseTrainerConfig

from tests.benchmarks.sides.networks import LEARNING_RATE, Network, Weights
from tests.benchmarks.sides.torch_loop import Decoder, Encoder, channels_first, count, load, tensor


class PythaeEncoder(BaseEncoder):
    """The encoder, as Pythae asks for one."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.made = Encoder(network)

    def forward(self, x: torch.Tensor) -> Any:
        """Mean and log-variance under Pythae's names."""
        mean, log_var = self.made(x)
        return ModelOutput(embedding=mean, log_covariance=log_var)


class PythaeDecoder(BaseDecoder):
    """The decoder, as Pythae asks for one: it gives probabilities."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.made = Decoder(network)

    def forward(self, z: torch.Tensor) -> Any:
        """Probabilities under Pythae's name."""
        return ModelOutput(reconstruction=torch.sigmoid(self.made(z)))


class PythaeTrainer:
    """A BaseTrainer that is made ready once and then told to train epochs.

    An epoch is what `train` does for one with its defaults: `train_step`, which goes through its
    DataLoader, and its callbacks, of which the progress bar writes to nowhere. Left out are the
    copy of the best model and the checkpoint at the end of an epoch, and the log file.

    Args:
        network: what is trained.
        values: the examples, uint8.
        first: the weights to begin with.
    """

    def __init__(self, network: Network, values: np.ndarray, first: Weights) -> None:
        self.batch_size = network.batch_size
        self.steps = len(values) // network.batch_size
        encoder, decoder = PythaeEncoder(network), PythaeDecoder(network)
        load(encoder.made, decoder.made, network, first)
        config = VAEConfig(
            input_dim=channels_first(network.shape),
            latent_dim=network.latent,
            reconstruction_loss="bce",
        )
        examples = tensor(values)[: self.steps * self.batch_size]
        dataset = BaseDataset(examples, torch.zeros(len(examples)))
        self._folder = tempfile.TemporaryDirectory()
        self._trainer = BaseTrainer(
            VAE(config, encoder, decoder),
            dataset,
            training_config=BaseTrainerConfig(
                output_dir=self._folder.name,
                per_device_train_batch_size=self.batch_size,
                learning_rate=LEARNING_RATE,
                no_cuda=True,
            ),
        )
        self._trainer.prepare_training()
        self.weights = count(self._trainer.model)
        self._epoch = 0

    def train(self, epochs: int) -> list[float]:
        """The mean loss of each epoch, which Pythae sums up step by step."""
        return [self._one_epoch() for _ in range(epochs)]

    def _one_epoch(self) -> float:
        trainer = self._trainer
        self._epoch += 1
        with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stderr(nowhere):
            trainer.callback_handler.on_epoch_begin(
                training_config=trainer.training_config,
                epoch=self._epoch,
                train_loader=trainer.train_loader,
                eval_loader=None,
            )
            loss = trainer.train_step(self._epoch)
            trainer.callback_handler.on_epoch_end(training_config=trainer.training_config)
        return float(loss)
