"""Statistics of the evidence that metrics share: checked, and computed only once."""
