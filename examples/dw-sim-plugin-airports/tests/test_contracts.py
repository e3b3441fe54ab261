"""What DW Simulator asks of every plugin: its own suites, inherited."""

from dw_simulator.testing import RuleContract, SinkContract


class TestAirport(RuleContract):
    rules = ("airport",)


class TestJsonLines(SinkContract):
    scheme = "jsonlines"
    format = "jsonl"
    resumes = False
