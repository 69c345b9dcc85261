import io
import time

import pytest

from vaereg.host.progress import Progress, duration, rough_duration


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(progress):
    progress.say("backend jax")
    progress.stage("compiling")
    progress.step(
        epoch=1, epochs=2, step=3, steps=8, rate=512.3, left=75.0, terms={"loss": 1.5, "kl": 0.25}
    )
    progress.epoch(
        epoch=1, epochs=2, rate=512.3, seconds=4.2, left=4.0, terms={"loss": 1.5, "kl": 0.25}
    )
    progress.end_stage()
    return progress.stream.getvalue()


def test_without_a_terminal_every_message_is_a_line_of_its_own():
    lines = shown(Progress(stream=io.StringIO())).splitlines()
    assert lines == [
        "backend jax",
        "compiling …",
        "epoch 1/2  3/8  loss 1.5  512 examples/s  1 min 15 s left",
        "epoch 1/2  loss 1.5  kl 0.25  4.2 s, 512 examples/s  4.0 s left",
    ]


def test_on_a_terminal_one_line_is_updated_and_epochs_stay(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    text = shown(Progress(stream=Terminal()))
    assert "\r\033[Kepoch 1/2 " in text
    assert "\nepoch 1/2  loss 1.5  kl 0.25" in text.replace("\r\033[K", "\n")
    assert "\n" not in text.split("compiling")[1].split("examples/s")[0]


def test_quiet_prints_nothing():
    assert shown(Progress(quiet=True, stream=Terminal())) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (59.4, "59 s"), (61, "1 min 1 s"), (7260, "2 h 1 min")],
)
def test_durations_are_written_with_units(seconds, words):
    assert duration(seconds) == words


def test_the_seconds_of_stages_are_summed_by_part(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    progress = Progress(quiet=True)
    for text, part, seconds in (
        ("importing", "imports", 2.0),
        ("importing more", "imports", 0.5),
        ("looking around", "", 9.0),
        ("compiling", "compile", 1.0),
    ):
        progress.stage(text, part)
        now[0] += seconds
    progress.say("done")
    now[0] += 5.0
    progress.end_stage()
    assert progress.spent == {"imports": 2.5, "compile": 1.0}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(13.0, "15 s"), (58.0, "1 min"), (221.4, "3 min 40 s"), (800.0, "13 min"), (7190, "2 h")],
)
def test_an_estimated_duration_has_no_more_digits_than_it_knows(seconds, words):
    assert rough_duration(seconds) == words


def test_remarks_that_another_process_has_told_are_not_told_again():
    stream = io.StringIO()
    progress = Progress(stream=stream, told=["data"])
    progress.remark("note: rounded", "data")
    progress.remark("warning: outlasts", "model")
    assert stream.getvalue() == "warning: outlasts\n"


def test_a_remark_is_told_once():
    progress = Progress(stream=io.StringIO())
    for text in ("note: rounded", "note: clipped", "note: rounded"):
        progress.remark(text, "data")
    assert progress.stream.getvalue() == "note: rounded\nnote: clipped\n"


def test_the_share_that_is_done_is_shown_on_a_terminal_and_in_a_log(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Progress(stream=Terminal())
    terminal.stage("reading")
    terminal.share(0.43)
    deadline = time.monotonic() + 30
    while "43%" not in terminal.stream.getvalue() and time.monotonic() < deadline:
        time.sleep(0.05)
    terminal.end_stage()
    assert "reading … 43% 1 s" in terminal.stream.getvalue()

    monkeypatch.setattr("vaereg.host.progress.HEARTBEAT_SECONDS", 0.0)
    log = Progress(stream=io.StringIO())
    log.stage("reading")
    log.share(0.5)
    assert log.stream.getvalue() == "reading …\nreading … 50%\n"
