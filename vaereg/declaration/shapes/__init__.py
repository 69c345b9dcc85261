"""The values that a key may have: reads them and describes them as JSON Schema."""
