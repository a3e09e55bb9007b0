"""Plots of a report: what they show as data, and how that is drawn as SVG."""
