"""A prior's kl that fails without log_var is an error, unless it takes a Gaussian for granted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from keras import ops

from vaereg.contracts.latent import Latent
from vaereg.model.losses.kl_terms import closed_kl


def laplace():
    """A latent (1, 2) without log_var."""
    mode = ops.convert_to_tensor(np.full((1, 2), 0.5, "float32"))
    return Latent(mode, mode, None, ops.zeros((1,)))


def gaussian():
    latent = laplace()
    return latent._replace(log_var=ops.zeros_like(latent.mode))


def of_gaussian(latent):
    return 0.5 * (ops.exp(latent.log_var) + latent.mode**2 - 1.0 - latent.log_var)


class Branches:
    """A prior with a closed form for Gaussians, and whatever `without` does for others."""

    def __init__(self, without):
        self.without = without

    def kl(self, latent):
        if latent.log_var is None:
            return self.without(latent)
        return of_gaussian(latent)


class Granted:
    def kl(self, latent):
        return of_gaussian(latent)


class GrantedInPython:
    def kl(self, latent):
        return latent.mode**2 - latent.log_var


class GrantedThroughCast:
    def kl(self, latent):
        log_var = ops.cast(latent.log_var, "float32")
        return of_gaussian(latent._replace(log_var=log_var))


@pytest.mark.parametrize("prior", [Granted(), GrantedInPython(), GrantedThroughCast()])
def test_a_prior_that_takes_a_gaussian_for_granted_has_no_closed_form_for_others(prior):
    assert closed_kl(laplace(), prior) is None
    assert closed_kl(gaussian(), prior) is not None


def not_implemented(latent):
    raise NotImplementedError


@pytest.mark.parametrize("without", [not_implemented, lambda latent: None])
def test_a_prior_says_that_it_has_no_closed_form(without):
    assert closed_kl(laplace(), Branches(without)) is None
    assert closed_kl(gaussian(), Branches(without)) is not None


def wrong_shapes(latent):
    return ops.matmul(latent.mode, ops.zeros((3, 3)))


def no_such_value(latent):
    return latent.params["scale"]


def misspelt(latent):
    return latent.parms


def runtime(latent):
    raise RuntimeError("the table is empty")


@pytest.mark.parametrize(
    "without",
    [wrong_shapes, no_such_value, misspelt, runtime, lambda latent: math.exp(None)],
)
def test_a_bug_in_what_a_prior_does_for_others_is_an_error(without):
    with pytest.raises(Exception, match=r"\S") as caught:
        closed_kl(laplace(), Branches(without))
    assert type(caught.value) is not NotImplementedError


class Misspells:
    def kl(self, latent):
        return latent.mod**2 + ops.exp(latent.log_var)


class FailsAfterwards:
    def kl(self, latent):
        spread = ops.exp(latent.log_var)
        return spread + self.nothing


@pytest.mark.parametrize("prior", [Misspells(), FailsAfterwards()])
def test_a_bug_for_every_posterior_is_an_error(prior):
    for latent in (laplace(), gaussian()):
        with pytest.raises((AttributeError, TypeError, ValueError)):
            closed_kl(latent, prior)


def test_a_backend_that_cannot_convert_a_tensor_does_not_say_that_there_is_no_closed_form():
    def of_a_library(latent):
        exec(  # a frame of numpy, as where numpy meets a symbolic tensor
            "raise NotImplementedError('cannot convert')", {"__name__": "numpy.made"}
        )

    with pytest.raises(NotImplementedError, match="cannot convert"):
        closed_kl(laplace(), Branches(of_a_library))
