"""Valid registries to be mutated; together they use every kind and every form of value."""

from __future__ import annotations

from tests.helpers.source_tree import ROOT

EVERY_KIND = """\
# Every kind, and each form in which a value can be written.
default = "plain"
folder = "."

[plugins]
block = ["nobody-has-this"]
require = ["vaereg>=0.0.1"]
prefer = { "prior.vamp" = "vaereg" }

[data.arrays]
use = "vaereg/arrays"
path = "a.npz"
x = "images"
y = "labels"
value_range = [0.0, 255.0]
validation = 0.2
[data.pictures]
use = "image_folder"
path = "bilder/größe"
size = [32, 0x20]
channels = 1
value_range = [0, 255]
[data.table]
use = "csv"
path = '''rows.csv'''
columns = [
  "height",   # in metres
  "weight",
  "city",
]
one_hot = ["city"]
missing = "median"
[data.clothes]
use = "fashion_mnist"

[models.plain]
data = "clothes"
latent = [4, 4, 2]
encoder = { use = "resnet", widths = [8, 16], depth = 1, activation = "silu" }
posterior = "gaussian"
prior = { use = "vamp", components = 1_0 }
decoder = { use = "resnet", widths = [16, 8] }
likelihood = { use = "discretized_logistic_mixture", components = 3 }
objective = { use = "iwae", samples = 2 }
sampler = { use = "gaussian_mixture", components = [1, 2], reg_covar = 1e-6 }

[models.penalties]
data = "arrays"
latent = 8
encoder = "conv"
decoder.use = "conv"
kl = { weight = { cyclical = [0, 1], epochs = 2, rise = 0.25 }, free_bits = 0.5 }
[models.penalties.regularizers]
mmd = { weight = { piecewise = [0, 0.1, 1e-7], steps = [5, 10] }, scales = [0.5, 1.0] }
total_correlation = {}
"edges_2" = { use = "focal_frequency", weight = { cosine = [1, 0], epochs = 1.5 } }
[models.penalties.discriminators.patch]
weight = { adaptive = 0.8, max = 1e3 }
warmup_steps = 5
[models.penalties.discriminators.patch.optimizer]
use = "adamw"
learning_rate = { use = "piecewise_constant_decay", boundaries = [5], values = [0.1, 0.01] }
[models.penalties.discriminators.latent]
weight = "adaptive"

[models."of.a-table"]
data = "table"
latent = 2
encoder = { use = "dense", widths = [] }
decoder = "dense"
likelihood = "laplace"
prior = "real_nvp"
kl.capacity = { ramp = [0, 25], steps = 9 }

[models.child]
extends = "of.a-table"
latent = 3
likelihood = { use = "gaussian", sigma = 0.1 }
train.epochs = 2

[train]
epochs = 3
seed = 2147483647
ema = 0.999
jit = true
early_stopping = { patience = 3, monitor = "val_kl" }
optimizer = { use = "muon", exclude_layers = ["a"], learning_rate = { use = "cosine_decay", \
initial_learning_rate = 1e-3, decay_steps = 10 } }
[train.checkpoint]
every_steps = 100
[train.evaluate]
every = 3
scores = ["coverage", "elbo"]
features = { use = "classifier" }
"""

NEWER_FORMS = """\
# Parts that hold parts, conditions, groups of latents, optimizers by part, trained samplers.
[data.spots]
use = "arrays"
path = "spots.npz"
given = ["label"]

[models.told]
data = "spots"
latent = { top = 2, "bottom" = [2, 3], c = [1] }
encoder = { use = "conditional", inner = { use = "dense", widths = [16] } }
decoder.use = "conditional"
decoder.inner = { use = "conditional", inner = { use = "conditional", inner = "dense" } }
prior = { use = "conditional" }
likelihood = "bernoulli"
sampler = { use = "prior/gaussian_mixture", components = 3, train = { steps = 20, \
batch_size = 8, ema = 0.9, held_out = 0.1, optimizer = { use = "adam", learning_rate = 1e-3 } } }
kl = { weight = 0.5, free_bits = 0.1 }
regularizers.mmd.weight = { balance = 0.3 }
[models.told.train.optimizers]
encoder = { use = "adam", learning_rate = 2e-4 }
generation = { use = "adamw", weight_decay = 1e-2, exclude = ["bias", "norm"] }

[models.deep]
extends = "told"
[models.deep.encoder.inner]
use = "conditional"
[models.deep.encoder.inner.inner]
use = "conditional"
inner = { use = "vaereg/dense", widths = [8, 8] }
[models.deep.sampler]
use = "prior/real_nvp"
[models.deep.sampler.train]
steps = 7

[train]
epochs = 2
"""

SMALL = """\
[data.d]
use = "arrays"
path = "d.npz"
[models.m]
latent = 2
"""

GOOD = {
    "repository": (ROOT / "registry.toml").read_text(encoding="utf-8"),
    "every kind": EVERY_KIND,
    "newer forms": NEWER_FORMS,
    "small": SMALL,
}
"""Name -> text."""
