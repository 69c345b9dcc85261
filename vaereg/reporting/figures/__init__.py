"""Figures as numbers: scales, marks and their places on paper; the templates write them as SVG."""
