"""A step computes the values that terms use, each once."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from tests.helpers import tiny_vae
from vaereg.assembly.passes import Passes
from vaereg.contracts.objective import Bound
from vaereg.model.losses.kl_terms import kl_divergence
from vaereg.model.losses.step import LazyStep


class CountingDecoder(tiny_vae.TinyDecoder):
    calls = 0

    def call(self, z, training=False):
        self.calls += 1
        return super().call(z)


def step(decoder=None, n=4, samples=1):
    passes = Passes(
        encoder=tiny_vae.TinyEncoder(),
        posterior=tiny_vae.TinyPosterior(),
        decoder=decoder or tiny_vae.TinyDecoder(),
        likelihood=tiny_vae.TinyLikelihood(),
        prior=tiny_vae.TinyPrior(),
    )
    x = ops.convert_to_tensor(tiny_vae.data(n))
    latent = passes.encode(x, samples=1, seed=0, training=True)
    bound = Bound(ops.ones((samples, n)), None, None, kl_divergence(latent, passes.prior), 1.0)
    return LazyStep(
        passes=passes,
        x=x,
        latent=latent,
        outputs=passes.decode(latent.z),
        bound=bound,
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


def test_encoding_other_data_with_a_draw_gives_other_latents_than_the_mode():
    made = step()
    x = ops.convert_to_tensor(tiny_vae.data(3, seed=1))
    drawn, mode = made.encode(x, draw=True), made.encode(x)

    assert drawn.z.shape == (3, tiny_vae.LATENT)
    assert np.abs(ops.convert_to_numpy(drawn.z - mode.z)).min() > 0
    np.testing.assert_allclose(
        ops.convert_to_numpy(drawn.mode), ops.convert_to_numpy(mode.mode), rtol=1e-6
    )


@pytest.mark.parametrize("samples", [1, 3])
def test_a_step_has_the_likelihood_and_the_divergence_of_its_own_latent(samples):
    made = step(samples=samples)

    np.testing.assert_array_equal(ops.convert_to_numpy(made.log_likelihood), np.ones(4))
    due = 0.5 * (ops.exp(made.latent.log_var) + made.latent.mode**2 - 1 - made.latent.log_var)
    np.testing.assert_allclose(
        ops.convert_to_numpy(made.kl), ops.convert_to_numpy(due), rtol=1e-5, atol=1e-6
    )
    again = made.kl_of(made.latent)
    np.testing.assert_array_equal(ops.convert_to_numpy(made.kl), ops.convert_to_numpy(again))


def test_a_point_has_no_divergence():
    made = step()
    point = made.latent._replace(log_q=None, log_var=None)

    assert made.kl_of(point) is None


def test_shared_work_is_done_once_per_key():
    made, done = step(), []

    def work():
        done.append(1)
        return len(done)

    assert [made.shared("a", work), made.shared("a", work), made.shared("b", work)] == [1, 1, 2]
