import os
import sys

import pytest

from vaereg.host.suppress_stderr import suppressing_stderr


def test_output_to_the_descriptor_of_stderr_is_suppressed(capfd):
    with suppressing_stderr():
        os.write(sys.stderr.fileno(), b"a greeting\n")
    os.write(sys.stderr.fileno(), b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_an_error_prints_the_suppressed_output(capfd):
    with pytest.raises(RuntimeError), suppressing_stderr():
        os.write(sys.stderr.fileno(), b"the reason\n")
        raise RuntimeError
    assert capfd.readouterr().err == "the reason\n"
