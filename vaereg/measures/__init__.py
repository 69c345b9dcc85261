"""Numerical measures of arrays, pure numpy, that metrics and the evaluation share."""
