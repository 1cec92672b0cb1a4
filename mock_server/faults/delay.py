"""A service that takes its time."""

import math
from random import Random
from typing import Annotated, ClassVar

from msgspec import Meta

from .base import Fault
from .parameters import DAY, Seconds

_Median = Annotated[float, Meta(gt=0, le=DAY, description=f"number of seconds, above 0 to {DAY}")]
_Sigma = Annotated[float, Meta(gt=0, le=10, description="number, above 0 to 10")]
_FORMS = ({"seconds"}, {"low", "high"}, {"median", "sigma"})


class Delay(Fault, frozen=True):
    """The request waits before it is handled: for a fixed time, one between two, or a log-normal one."""

    name: ClassVar[str] = "delay"

    seconds: Seconds | None = None
    low: Seconds | None = None
    high: Seconds | None = None
    median: _Median | None = None
    sigma: _Sigma | None = None

    def __post_init__(self) -> None:
        given = {name for name in self.__struct_fields__ if getattr(self, name) is not None}
        if given not in _FORMS:
            raise ValueError("it takes either seconds, or low and high, or median and sigma")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("low is above high")

    def delay(self, chance: Random) -> float:
        """Return the seconds to wait, at most a day."""
        if self.low is not None and self.high is not None:
            return chance.uniform(self.low, self.high)
        if self.median is not None and self.sigma is not None:
            return min(chance.lognormvariate(math.log(self.median), self.sigma), DAY)
        return self.seconds or 0
