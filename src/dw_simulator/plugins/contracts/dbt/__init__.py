"""dbt: a project's sources, seeds and models, and what their tests promise."""
