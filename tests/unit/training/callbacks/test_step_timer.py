from vaereg.training.callbacks.step_timer import StepTimer


class Clock:
    """Records its calls."""

    def __init__(self):
        self.calls = []

    def start_epoch(self):
        self.calls.append("start")

    def count_steps(self, count):
        self.calls.append(count)

    def end_steps(self):
        self.calls.append("end")


def test_the_clock_counts_the_steps_of_each_chunk():
    clock = Clock()
    timer = StepTimer(clock)
    timer.on_epoch_begin(0)
    for first, last in ((5, 5), (6, 9)):
        timer.on_train_batch_begin(first)
        timer.on_train_batch_end(last)
    timer.on_epoch_end(0, {})
    assert clock.calls == ["start", 1, 4, "end"]
