"""Reading files of examples: arrays, tables, images and published formats."""
