"""Effects, their intervals and their tests: pure functions of numbers."""
