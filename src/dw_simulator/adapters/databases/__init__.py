"""Databases whose tables are imported.

`inspected` asks any that SQLAlchemy knows, and a file for each says what is different.

Another one is a subclass of `InspectedDatabase` that names its driver, and a line in `plugins/builtin.py`.
"""
