"""Settings: keyword arguments, validated the same way for every component."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from pnn_core.errors import SettingError, nearest


class Config(BaseModel):
    """Base of a component's nested `Config`: frozen, and strict about field names.

    Put the unit of a physical quantity at the end of its field's name, in SI:
    `sample_rate_hz`, `noise_v`, `settle_s`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


AnyConfig = TypeVar("AnyConfig", bound=BaseModel)


def validated(
    model: type[AnyConfig], settings: dict[str, Any], *, owner: str
) -> AnyConfig:
    """Return `model(**settings)`, or say which setting is wrong and why.

    Args:
        model: The settings' pydantic model.
        settings: Keyword arguments as the user wrote them.
        owner: Whose settings they are, for the message.

    Raises:
        SettingError: If a setting is unknown, has the wrong type or is out of range.
    """
    try:
        return model(**settings)
    except ValidationError as error:
        lines = [f"{owner} cannot use these settings:"]
        for problem in error.errors():
            field = ".".join(map(str, problem["loc"])) or "settings"
            if problem["type"] == "missing":
                lines.append(f"  {field}: required, and not given.")
                continue
            message = problem["msg"].lower()
            if problem["type"] == "extra_forbidden":
                message = "no such setting" + nearest(field, model.model_fields)
            lines.append(f"  {field} = {problem['input']!r}: {message}")
        known = ", ".join(model.model_fields) or "none"
        lines.append(f"  Settings it knows: {known}.")
        raise SettingError("\n".join(lines)) from None
