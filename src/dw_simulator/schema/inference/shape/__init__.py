"""The shape of the warehouse: tables of days, versions, facts, fan-out, sizes, several ways to one parent."""
