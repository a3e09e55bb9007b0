"""Loop 1: patches are proposed, checked, played and kept only where play improves."""
