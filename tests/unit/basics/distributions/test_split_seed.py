import keras
import numpy as np
import pytest

from vaereg.basics.distributions.split_seed import split_seed


def test_an_integer_gives_different_seeds_that_are_equal_each_time():
    seeds = split_seed(3, 4)
    assert len(set(seeds)) == 4
    assert seeds == split_seed(np.int64(3), 4)
    assert set(seeds).isdisjoint(split_seed(4, 4))


def test_a_generator_advances_with_every_draw():
    generator = keras.random.SeedGenerator(1)
    assert split_seed(generator, 2) == (generator, generator)


@pytest.mark.parametrize("seed", [None, True, 1.5])
def test_anything_else_is_refused(seed):
    with pytest.raises(ValueError, match="SeedGenerator or an integer"):
        split_seed(seed, 2)
