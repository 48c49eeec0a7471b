"""Study designs on simulated people, where the truth is known (utvärderingsdesigner)."""
