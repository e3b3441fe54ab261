"""Contracts: what declares tables in a language of its own, a file (or folder) per language."""
