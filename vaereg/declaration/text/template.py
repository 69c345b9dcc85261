"""The registry.toml that `vaereg init` writes."""

from __future__ import annotations

INIT_TEMPLATE = """\
# The models to train. A slot such as `encoder` names a component. To learn more:
#   vaereg components               lists the installed components
#   vaereg describe encoder/conv    shows the parameters of a component
#   vaereg check                    checks this file
default = "first"                   # the model that `vaereg train` trains

[data.clothes]
use = "fashion_mnist"               # 6,000 bundled images; for your own: use = "image_folder", path = "..."

[models.first]
data = "clothes"
latent = 16                         # the number of latent dimensions, or a shape, such as [7, 7, 8]
encoder = { use = "conv", widths = [32, 64] }
decoder = { use = "conv", widths = [64, 32] }
likelihood = "bernoulli"

# A model may extend another one and declare only the differences.
[models.second]
extends = "first"
latent = 24
likelihood = "gaussian_optimal_variance"
sampler = "gaussian_mixture"        # samples are drawn where encoded data lies
kl = { weight = { ramp = [0.0, 0.5], epochs = 5 } }

[models.second.regularizers]        # penalties added to the loss, each with a weight
focal_frequency = { weight = 1000.0 }   # large: it is a mean, other terms are sums

[train]                             # [models.NAME.train] overrides it for one model
epochs = 20
batch_size = 64
optimizer = { use = "adam", learning_rate = 1e-3 }  # a Keras optimizer
"""  # noqa: E501  # lines of the file, not of the code
