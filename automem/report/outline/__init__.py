"""A report laid out: its sections in reading order, for Markdown and HTML alike."""

from __future__ import annotations

from automem.report.outline.behaviour import behaviour, meanings
from automem.report.outline.cost import cost
from automem.report.outline.episodes import noteworthy
from automem.report.outline.glance import glance, warnings
from automem.report.outline.lineage import lineage
from automem.report.outline.parts import Outline, Section
from automem.report.outline.results import differences, published, results, steps
from automem.report.outline.trials import trials
from automem.report.table import Report

__all__ = ["outline"]


def outline(report: Report) -> Outline:
    """A report in sections; those that would have nothing to say are left out."""
    sections = (
        Section("results", "Results", results(report)),
        Section("differences", "Paired differences", differences(report)),
        Section("published", "Published results", published(report)),
        Section("steps", "Progression over steps", steps(report)),
        Section("behaviour", "Behaviour", behaviour(report)),
        Section("lineage", "Lineage", lineage(report)),
        Section("trials", "Trials", trials(report)),
        Section("episodes", "Episodes worth a look", noteworthy(report)),
        Section("cost", "Cost", cost(report)),
        Section("metrics", "What the metrics mean", meanings(report)),
    )
    return Outline(report.run, glance(report), warnings(report), tuple(one for one in sections if one.parts))
