"""Looking at a run: typed, bounded, read-only answers about its metrics, episodes, steps and memories."""
