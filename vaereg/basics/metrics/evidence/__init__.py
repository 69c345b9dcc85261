"""What metrics take from the evidence: checked, and computed once for all of them."""
