"""Long runs under load and through crashes; ./script/soak starts it."""
