"""Single operations, each in the formulation that is fast on the backend in use.

A kernel is a function of tensors without weights or state. This is the only folder of the built-in
components that imports a backend; the layers call it.
"""
