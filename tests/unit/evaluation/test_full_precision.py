import keras

from vaereg.evaluation.full_precision import full_precision


def test_full_precision_is_for_a_while():
    kept = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        with full_precision():
            assert keras.layers.Rescaling(2.0).compute_dtype == "float32"
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy(kept)
