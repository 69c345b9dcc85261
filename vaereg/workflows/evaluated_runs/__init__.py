"""What is shown of runs that were evaluated: a table of several, and remedies for their defects."""
