"""A step computes the values that terms use, each once."""

from __future__ import annotations

import numpy as np
from keras import ops

from tests.helpers import tiny_vae
from vaereg.assembly.passes import Passes
from vaereg.model.step import LazyStep


class CountingDecoder(tiny_vae.TinyDecoder):
    calls = 0

    def call(self, z, training=False):
        self.calls += 1
        return super().call(z)


def step(decoder=None, n=4):
    passes = Passes(
        encoder=tiny_vae.TinyEncoder(),
        posterior=tiny_vae.TinyPosterior(),
        decoder=decoder or tiny_vae.TinyDecoder(),
        likelihood=tiny_vae.TinyLikelihood(),
        prior=tiny_vae.TinyPrior(),
    )
    x = ops.convert_to_tensor(tiny_vae.data(n))
    latent = passes.encode(x, samples=1, seed=0, training=True)
    return LazyStep(
        passes=passes,
        x=x,
        latent=latent,
        outputs=passes.decode(latent.z),
        global_step=ops.convert_to_tensor(7),
        epoch=ops.convert_to_tensor(0.5),
        dataset_size=64,
        training=True,
        seed=0,
    )


def test_the_reconstruction_is_the_mean_of_the_given_outputs():
    decoder = CountingDecoder()
    made = step(decoder)
    before = decoder.calls

    np.testing.assert_array_equal(
        ops.convert_to_numpy(made.reconstruction), ops.convert_to_numpy(made.mean(made.outputs))
    )
    assert decoder.calls == before


def test_generated_examples_are_decoded_once_and_belong_to_the_prior_latents():
    decoder = CountingDecoder()
    made = step(decoder)
    before = decoder.calls

    first, again = made.generated, made.generated

    assert decoder.calls == before + 1
    assert first is again
    due = made.mean(made.decode(made.prior_latents))
    np.testing.assert_array_equal(ops.convert_to_numpy(first), ops.convert_to_numpy(due))


def test_encoding_other_data_gives_its_mode():
    made = step()
    latent = made.encode(ops.convert_to_tensor(tiny_vae.data(3, seed=1)))

    assert latent.z.shape == (3, tiny_vae.LATENT)
    np.testing.assert_array_equal(ops.convert_to_numpy(latent.z), ops.convert_to_numpy(latent.mode))


def test_shared_work_is_done_once_per_key():
    made, done = step(), []

    def work():
        done.append(1)
        return len(done)

    assert [made.shared("a", work), made.shared("a", work), made.shared("b", work)] == [1, 1, 2]
