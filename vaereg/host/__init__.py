"""The machine and its user: backend, devices, memory, progress."""
