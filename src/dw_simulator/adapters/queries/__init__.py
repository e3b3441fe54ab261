"""A SELECT over the files of a run, by embedded DuckDB that reaches nothing else."""
