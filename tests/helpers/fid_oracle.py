"""Runs torch-fidelity's Inception with random weights and saves weights, inputs and outputs.

This is a separate program: the process of the test may have loaded TensorFlow, and torchvision,
which torch-fidelity imports, cannot be loaded after it. Its argument is the folder to write to.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from torch_fidelity import feature_extractor_inceptionv3 as oracle

BLOCKS = {
    "A": ("InceptionA", {"pool_features": 4}),
    "C": ("InceptionC", {"channels_7x7": 6}),
    "E_1": ("InceptionE_1", {}),
    "E_2": ("InceptionE_2", {}),
}


def shaken(network):
    """The module with random weights, and statistics, scales and shifts of normalizations."""
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(1.0, 2.5, generator=generator)
            module.bias.data.uniform_(-0.2, 0.4, generator=generator)
            module.running_mean.uniform_(-0.1, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 2.5, generator=generator)
        if isinstance(module, torch.nn.Conv2d):
            module.weight.data.normal_(0, 1, generator=generator)
            module.weight.data *= (2 / module.weight[0].numel()) ** 0.5
    return network.eval()


def images(*shape):
    return np.random.default_rng(0).uniform(size=shape).astype(np.float32)


def channels_first(x):
    return torch.from_numpy(x).permute(0, 3, 1, 2)


def save_block(folder, name):
    kind, arguments = BLOCKS[name]
    network = shaken(getattr(oracle, kind)(5, **arguments))
    x = images(2, 9, 9, 5) * 2 - 1
    tensors = {f"at.{name}": each.numpy() for name, each in network.state_dict().items()}
    due = network(channels_first(x)).permute(0, 2, 3, 1).numpy()
    np.savez(folder / f"{name}.npz", x=x, due=due, **tensors)


def save_whole(folder):
    oracle.load_state_dict_from_url = lambda *args, **kwargs: {}
    oracle.FeatureExtractorInceptionV3.load_state_dict = lambda self, state: None
    network = shaken(oracle.FeatureExtractorInceptionV3("inception-v3-compat", ["2048"]))
    torch.save(network.state_dict(), folder / "whole.pth")
    x = images(2, 24, 20, 3)
    x[1, :12] = 0.3  # so that the two images differ in more than noise
    # Resized and scaled as pytorch-fid does
    y = torch.nn.functional.interpolate(channels_first(x), (299, 299), mode="bilinear")
    y = 2 * y - 1
    for name, part in network.named_children():  # in the order they are applied in
        y = part(y) if name not in ("AvgPool", "fc") else y
    np.savez(folder / "whole.npz", x=x, due=y.mean(dim=(2, 3)).numpy())


if __name__ == "__main__":
    with torch.no_grad():
        for each in BLOCKS:
            save_block(Path(sys.argv[1]), each)
        save_whole(Path(sys.argv[1]))
