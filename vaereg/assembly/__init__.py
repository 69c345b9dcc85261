"""Stage 3: Declaration + data -> Parts, and what they owe each other checked."""
