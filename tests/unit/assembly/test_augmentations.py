"""Augmentations are built with the model, and refused there if they do not fit."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import vaereg
from tests.helpers.made_component import under_test
from tests.helpers.tiny_run import blobs
from vaereg.errors import ContractError, DeclarationError
from vaereg.testing.cases import CASES
from vaereg.testing.first_steps import with_and_without

TEXT = """
[data.x]
use = "arrays"
path = "nowhere.npz"
{augment}
[models.m]
latent = {latent}
encoder = {{ use = "dense", widths = [4] }}
decoder = {{ use = "dense", widths = [4] }}
{of_latents}
"""


def built(values: np.ndarray, augment: str = "", of_latents: str = "", latent: object = 2, **spec):
    form = {4: "image", 3: "sequence", 2: "vector"}[values.ndim]
    data = vaereg.Data(
        spec=vaereg.DataSpec(form=form, shape=values.shape[1:], size=len(values), **spec),
        train=vaereg.ArraySplit(values),
    )
    text = TEXT.format(augment=augment, of_latents=of_latents, latent=latent)
    return vaereg.build(text, data=data)


class Watching:
    """Notes its context and returns what it is given."""

    contexts: list[vaereg.BuildContext] = []  # noqa: RUF012  # the test reads it

    def __init__(self, params, context):
        self.contexts.append(context)

    def __call__(self, values, seed):
        return values


class Trainable(keras.layers.Layer):
    def __init__(self, params, context):
        super().__init__(name=context.name)
        self.factor = self.add_weight(name="factor", shape=(), initializer="ones")

    def __call__(self, values, seed):
        return self.factor * values


class DropsTheLast:
    def __init__(self, params, context):
        pass

    def __call__(self, values, seed):
        return values[:-1]


def under(cls: type, *forms: str):
    factory = f"tests.unit.assembly.test_augmentations:{cls.__name__}"
    component = under_test("augmentation", "made:Made", for_data=set(forms) or {"image"})
    changed = vaereg.Component(
        kind="augmentation", name="made", factory=factory, summary="Made.", for_data=set(forms)
    )
    component.offer = type(component.offer)(
        component=changed, distribution="acme-vae", version="1.0"
    )
    return component


@pytest.mark.parametrize("name", ["flip", "crop", "translate", "brightness", "cutout"])
@pytest.mark.parametrize("shape", [(64, 6), (64, 6, 2)], ids=["vectors", "sequences"])
def test_augmentations_of_images_are_refused_for_other_data_at_their_place(name, shape):
    values = np.random.default_rng(0).uniform(size=shape).astype("float32")
    with pytest.raises(DeclarationError, match=rf'"{name}".* accepts image data') as caught:
        built(values, f'augment = ["{name}"]')
    assert caught.value.problems[0].place.line == 5


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ('{ use = "crop", least = 0.05 }', "least must be at least 0.125"),
        ('{ use = "translate", most = 0.05 }', "most must be at least 0.0625"),
        ('{ use = "cutout", share = 0.05 }', "share must be at least 0.0625"),
    ],
)
def test_what_is_less_than_a_pixel_is_refused_with_the_least_that_is_not(declared, found):
    with pytest.raises(DeclarationError, match=found) as caught:
        built(blobs(64, 0), f"augment = [{declared}]")
    least = found.split()[-1]
    key = declared.split()[3]
    built(blobs(64, 0), "augment = [" + declared.replace("0.05", least) + "]")
    assert key in str(caught.value)


def test_brightness_needs_a_range_and_noise_real_latents():
    values = np.random.default_rng(0).normal(size=(64, 8, 8, 1)).astype("float32")
    with pytest.raises(DeclarationError, match="no value_range"):
        built(values, 'augment = ["brightness"]', value_range=None)
    vae = built(blobs(64, 0), of_latents='latent_augment = ["interpolate_noise"]', latent="[2, 3]")
    assert list(vae.parts.latent_augment) == ["latent_augment_interpolate_noise"]
    from vaereg.basics.augmentations.declared import GaussianNoiseParams
    from vaereg.basics.augmentations.gaussian_noise import GaussianNoise

    class Sphere:
        support = "sphere"

    context = vaereg.BuildContext(name="x", parts={"posterior": Sphere()})
    with pytest.raises(ValueError, match="lie in 'sphere'"):
        GaussianNoise(GaussianNoiseParams(), context)


def test_the_context_tells_data_and_latents_apart():
    Watching.contexts.clear()
    with_and_without(under(Watching, "image"), CASES[0])
    of_data = Watching.contexts.pop()
    assert (of_data.latent, of_data.latent_shape, of_data.name) == (
        None,
        (),
        "augment_augmentation",
    )
    assert of_data.parts == {}
    latents = under(Watching, "latent")
    with_and_without(latents, latents.cases[0])
    of_latents = Watching.contexts.pop()
    assert of_latents.latent_shape == latents.cases[0].latent_shape
    assert {"encoder", "posterior"} <= set(of_latents.parts)
    assert of_latents.seed != of_data.seed


@pytest.mark.parametrize(
    ("cls", "found"),
    [(Trainable, "nothing trains the weights"), (DropsTheLast, r"got shape \(1, 8, 8, 1\)")],
)
def test_one_with_weights_or_another_shape_breaks_the_contract(cls, found):
    with pytest.raises(ContractError, match=found):
        with_and_without(under(cls, "image"), CASES[0])
