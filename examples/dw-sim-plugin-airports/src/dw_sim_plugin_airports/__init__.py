"""Airports for DW Simulator: a rule, a Faker provider and a sink. Only names: nothing is imported yet."""

from dw_simulator.plugin import hookimpl


@hookimpl
def dw_simulator_rules():
    return {"airport": "dw_sim_plugin_airports.rule:Airport"}


@hookimpl
def dw_simulator_faker_providers():
    return {"aviation": "dw_sim_plugin_airports.aviation:AviationProvider"}


@hookimpl
def dw_simulator_sinks():
    return {"jsonlines": "dw_sim_plugin_airports.sink:JsonLinesSink"}
