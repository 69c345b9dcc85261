"""Charts as numbers: scales, marks and their positions; the templates write them as SVG."""
