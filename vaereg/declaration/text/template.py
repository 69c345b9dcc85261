"""The registry.toml that `vaereg init` writes."""

from __future__ import annotations

INIT_TEMPLATE = """\
# What is trained here. Every name is that of a component; these commands tell more:
#   vaereg components               all that is installed
#   vaereg describe encoder/conv    the parameters of one
#   vaereg check                    whether this file is right
default = "first"                   # what `vaereg train` trains

[data.clothes]
use = "fashion_mnist"               # 6,000 bundled pictures; your own: use = "image_folder", path = "..."

[models.first]
data = "clothes"
latent = 16                         # dimensions of a latent; or a shape, such as [7, 7, 8]
encoder = { use = "conv", widths = [32, 64] }
decoder = { use = "conv", widths = [64, 32] }
likelihood = "bernoulli"

# A model may extend another, and says only what differs.
[models.second]
extends = "first"
likelihood = "gaussian_optimal_variance"
kl = { weight = { ramp = [0.0, 1.0], epochs = 5 } }

[models.second.regularizers]        # penalties added to the loss, each with a weight
focal_frequency = { weight = 1000.0 }   # a mean over frequencies; the rest is a sum

[train]
epochs = 20
batch_size = 128
optimizer = { use = "adam", learning_rate = 1e-3 }  # Keras's names
"""  # noqa: E501  # lines of the file, not of the code
