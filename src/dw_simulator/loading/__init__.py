"""The tables of a run in a warehouse: filling them, the load pack, and asking them."""
