"""A plugin module that makes every command wait for keras."""

import keras

VERSION = keras.__version__
