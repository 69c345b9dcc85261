import numpy as np
import pytest
from keras import ops

from vaereg.assembly.array_groups import ArrayGroups

GROUPS = ArrayGroups((("top", (2,)), ("bottom", (2, 1, 3))))


def numpy(value):
    return ops.convert_to_numpy(value)


def test_a_latent_of_one_group_has_the_shape_of_this_group():
    groups = ArrayGroups.one((4, 4, 2))
    z = np.zeros((3, 4, 4, 2))

    assert (groups.names, groups.shape) == (("z",), (4, 4, 2))
    assert groups.split(z)["z"] is z and groups.join({"z": z}) is z


def test_a_latent_of_several_groups_is_a_vector_of_their_values_in_the_declared_order():
    assert GROUPS.shape == (8,)
    parts = GROUPS.split(np.arange(16.0).reshape(2, 8))

    assert list(parts) == ["top", "bottom"]
    np.testing.assert_array_equal(parts["top"], [[0, 1], [8, 9]])
    np.testing.assert_array_equal(parts["bottom"][1, :, 0], [[10, 11, 12], [13, 14, 15]])


@pytest.mark.parametrize("convert", [np.asarray, ops.convert_to_tensor], ids=["numpy", "tensor"])
def test_join_undoes_split_and_keeps_the_kind_of_array(convert):
    z = convert(np.random.default_rng(3).normal(size=(5, 8)).astype("float32"))

    joined = GROUPS.join(GROUPS.split(z))

    assert isinstance(joined, type(z))
    np.testing.assert_array_equal(numpy(joined), numpy(z))


def test_the_order_of_the_parts_given_to_join_does_not_matter():
    z = np.arange(8.0)[None]
    parts = GROUPS.split(z)

    np.testing.assert_array_equal(GROUPS.join(dict(reversed(parts.items()))), z)


@pytest.mark.parametrize("parts", [{"top": 0}, {"top": 0, "bottom": 0, "middle": 0}])
def test_join_refuses_missing_and_unknown_groups(parts):
    with pytest.raises(ValueError, match="the groups of this latent are top, bottom; got top"):
        GROUPS.join(parts)


def test_sums_add_up_the_values_of_each_group():
    values = np.arange(16.0, dtype="float32").reshape(2, 8)

    np.testing.assert_array_equal(numpy(GROUPS.sums(values)), [[1, 27], [17, 75]])
