"""The training of samplers that learn by steps."""
