"""The loops that improve an agent: by patches of its scaffold, and by training on its own memory decisions."""
