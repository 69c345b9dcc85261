"""The running means of the logged terms."""

from __future__ import annotations

import numpy as np
from keras import ops

from vaereg.model.losses.term_means import TermMeans


def numbers(means):
    return {name: float(ops.convert_to_numpy(value)) for name, value in means.result().items()}


def test_a_mean_weighs_each_batch_by_its_examples():
    means = TermMeans(["loss"])
    means.update_state({"loss": 1.0}, 30)
    means.update_state({"loss": 5.0}, 10)

    assert numbers(means) == {"loss": 2.0}


def test_a_term_that_a_batch_lacks_is_averaged_over_the_others():
    means = TermMeans(["loss", "critic_weight"])
    means.update_state({"loss": 1.0, "critic_weight": 4.0}, 8)
    means.update_state({"loss": 3.0}, 8)

    assert numbers(means) == {"loss": 2.0, "critic_weight": 4.0}


def test_a_term_that_no_batch_had_is_zero():
    means = TermMeans(["loss", "kl"])
    means.update_state({"loss": 1.0}, 8)

    assert numbers(means) == {"loss": 1.0, "kl": 0.0}


def test_a_reset_forgets_the_batches_so_far():
    means = TermMeans(["loss"])
    means.update_state({"loss": np.float32(9.0)}, 8)
    means.reset_state()
    means.update_state({"loss": np.float32(2.0)}, 1)

    assert numbers(means) == {"loss": 2.0}


def test_terms_stay_in_the_order_they_are_named():
    assert list(TermMeans(["loss", "kl", "a"]).result()) == ["loss", "kl", "a"]
