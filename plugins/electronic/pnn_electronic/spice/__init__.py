"""The circuit's netlist, run by ngspice."""
