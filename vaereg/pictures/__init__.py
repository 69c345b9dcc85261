"""Examples as pictures: cells, grids and files."""
