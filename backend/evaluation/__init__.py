"""Measuring answers: metrics, scores with intervals, comparisons, slices, and what else tuning may have changed."""
