"""The sheet of pendula as MuJoCo's XML: hinges, bobs, springs, motors and encoders."""

from __future__ import annotations

__all__ = ["LENGTH_M", "MASS_KG", "RADIUS_M", "SPACING_M", "springs", "xml"]

LENGTH_M = 0.1
"""From the hinge to the middle of the bob."""

MASS_KG = 0.05
RADIUS_M = 0.01
SPACING_M = 0.08
"""Between neighbours, in their plane of swing and across it."""

HINGE = """<body name="{k}" pos="{x} {y} 0">
  <joint name="{k}" type="hinge" axis="0 -1 0" damping="{damping}"/>
  <geom type="sphere" size="{radius}" pos="0 0 -{length}" mass="{mass}"
        contype="0" conaffinity="0"/>
  <site name="{k}" pos="0 0 -{length}"/>
</body>"""

SPRING = """<spatial springlength="{rest}" stiffness="1">
  <site site="{one}"/><site site="{other}"/>
</spatial>"""


def springs(rows: int, columns: int) -> list[tuple[int, int]]:
    """Return which pendula springs join: neighbours along rows, then along columns."""
    along = [
        (r * columns + c, r * columns + c + 1)
        for r in range(rows)
        for c in range(columns - 1)
    ]
    across = [
        (r * columns + c, (r + 1) * columns + c)
        for r in range(rows - 1)
        for c in range(columns)
    ]
    return along + across


def xml(rows: int, columns: int, step_s: float, damping: float) -> str:
    """Return the model.

    Args:
        rows: Pendula across the plane of swing.
        columns: Pendula in it.
        step_s: Time step.
        damping: Of each hinge, in N m s / rad.
    """
    numbers = range(rows * columns)
    bodies = [
        HINGE.format(
            k=k,
            x=k % columns * SPACING_M,
            y=k // columns * SPACING_M,
            damping=damping,
            radius=RADIUS_M,
            length=LENGTH_M,
            mass=MASS_KG,
        )
        for k in numbers
    ]
    tendons = [
        SPRING.format(rest=SPACING_M, one=one, other=other)
        for one, other in springs(rows, columns)
    ]
    motors = [f'<motor joint="{k}"/>' for k in numbers]
    encoders = [f'<jointpos joint="{k}"/>' for k in numbers]
    return f"""<mujoco>
<option timestep="{step_s}" integrator="implicitfast"/>
<worldbody>{"".join(bodies)}</worldbody>
<tendon>{"".join(tendons)}</tendon>
<actuator>{"".join(motors)}</actuator>
<sensor>{"".join(encoders)}</sensor>
</mujoco>"""
