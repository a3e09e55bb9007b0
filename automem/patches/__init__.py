"""Patches: small, typed, reversible edits of a scaffold's YAML."""
