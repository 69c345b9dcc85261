import os
import signal
import sys
import threading

import pytest

from vaereg.training.interruption import SIGNALS, Interruption


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_first_signal_is_only_noted_and_a_second_one_would_kill(number):
    before = signal.getsignal(number)
    interruption = Interruption()
    with interruption.listening():
        os.kill(os.getpid(), number)
        assert (interruption.asked, interruption.name) == (True, number.name)
        assert signal.getsignal(signal.SIGINT) == signal.SIG_DFL
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert signal.getsignal(number) == before


def test_two_signals_at_once_count_as_the_first(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    interruption = Interruption()
    with interruption.listening():
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        for number in SIGNALS:
            signal.pthread_kill(threading.get_ident(), number)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        assert interruption.asked
    assert told == [] and sys.unraisablehook == told.append


def test_signals_are_left_alone_outside_the_main_thread():
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def listen():
        with Interruption().listening():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    assert seen == [before]
