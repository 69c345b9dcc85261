"""A tensor that outlives its compiled step is told as what it is."""

from __future__ import annotations

import keras
import pytest
from keras import ops

from tests.unit.model.tiny import constant, data, tiny_vae
from vaereg.errors import ContractError
from vaereg.training.escaped_tensor import escaped_tensor, is_escaped_tensor


class Keeps:
    """Remembers the last mean outside of its weights."""

    def __init__(self):
        self.last = 0.0

    def __call__(self, step):
        size = ops.sum(ops.square(step.latent.z), axis=-1)
        penalty = ops.square(size - self.last)
        self.last = ops.mean(size)
        return penalty


def test_the_backends_own_words_are_recognized():
    if keras.backend.backend() == "torch":
        pytest.skip("PyTorch's eager tensors have no scope")
    vae = tiny_vae(regularizers={"keeps": (Keeps(), constant(1.0))})
    with pytest.raises(Exception) as error:  # each backend has its own
        vae.fit(data(), batch_size=16, epochs=1, verbose=0)
        vae.evaluate(data(), batch_size=16, verbose=0)
    assert is_escaped_tensor(error.value)
    told = escaped_tensor(error.value)
    assert isinstance(told, ContractError)
    assert "add_weight" in str(told)


@pytest.mark.parametrize("error", [ValueError("out of scope"), TypeError("no"), MemoryError()])
def test_other_errors_are_not_taken_for_it(error):
    assert not is_escaped_tensor(error)
