"""The formulas of metrics: arrays in, numbers out."""
