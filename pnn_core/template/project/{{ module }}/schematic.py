"""Nominal values: what bench and twin may both know."""

TAIL_A = 1e-3
LOAD_OHM = 1e3
MEMORY_S = 2.2e-4  # LOAD_OHM times 220 nF
TWO_THERMAL_V = 0.0517  # 2 k T / e at 300 K
