"""Samplers that the engine trains."""
