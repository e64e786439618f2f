"""What the tests of the model and of the hot room begin with."""

from bench.scaling.inputs import Assumptions, Hardware, read

ASSUME = Assumptions()
HARDWARE = Hardware()
COSTS = read()
