"""The benchmark: this project, the old tables and Migration 018 side by side, in one run."""
