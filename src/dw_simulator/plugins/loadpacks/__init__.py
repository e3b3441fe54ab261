"""Scripts that take a run's Parquet files into a warehouse, a file per dialect.

A dialect describes its warehouse by a `Loader`; `packing` makes the scripts, `verifying` the one that
compares what was loaded with the manifest.
"""
