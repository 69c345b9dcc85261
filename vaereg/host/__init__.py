"""What any stage needs of the machine and the person at it: backend, devices, progress."""
