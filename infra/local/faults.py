"""What the platform is allowed to do to an event: repeat it, delay it, fail it.

Eventarc promises delivery at least once and no order. `Faults` makes that
promise as bad as it may be, from a seed, so that a failing run can be repeated.
"""

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery of an event: after `delay` seconds, perhaps failing at its first attempt."""

    delay: float
    fails_first: bool


@dataclass(frozen=True, slots=True)
class Faults:
    """A seeded plan of deliveries.

    Attributes:
        seed: The same seed and event key always give the same plan.
        copies: How many times each event is delivered, at least 1.
        shuffle: Each delivery waits its own time up to `max_delay`, so events
            overtake each other; otherwise all wait `max_delay` and keep their order.
        max_delay: Seconds.
        fail_first: Chance that the first attempt of a delivery is answered 500
            without the function being called; the retry then goes through.
        drop: Chance that an event is never delivered at all. The platform does
            not do this for a function that retries: it is there to prove that
            reconciliation notices.
    """

    seed: int = 0
    copies: int = 3
    shuffle: bool = True
    max_delay: float = 0.2
    fail_first: float = 0.10
    drop: float = 0.0

    def __post_init__(self) -> None:
        if self.copies < 1:
            raise ValueError(f"copies must be at least 1, not {self.copies}")
        if self.max_delay < 0:
            raise ValueError(f"max_delay must not be negative: {self.max_delay}")
        for name, chance in (("fail_first", self.fail_first), ("drop", self.drop)):
            if not 0 <= chance <= 1:
                raise ValueError(f"{name} must lie between 0 and 1, not {chance}")

    @classmethod
    def none(cls) -> "Faults":
        """Every event once, at once."""
        return cls(copies=1, shuffle=False, max_delay=0.0, fail_first=0.0)

    def plan(self, event: str) -> tuple[Delivery, ...]:
        """Say how the event with this key is delivered; soonest first, none if it is dropped.

        The plan depends on the seed and the key alone, never on the events
        before it, so threads that race each other cannot change it.
        """
        # Not for secrets; a string seed is hashed by SHA-512, the same in every process.
        random = Random(f"{self.seed}:{event}")  # noqa: S311 - repeatable on purpose
        if random.random() < self.drop:
            return ()
        copies = (self._delivery(random) for _ in range(self.copies))
        return tuple(sorted(copies, key=lambda delivery: delivery.delay))

    def _delivery(self, random: Random) -> Delivery:
        delay = random.uniform(0, self.max_delay) if self.shuffle else self.max_delay
        return Delivery(delay, fails_first=random.random() < self.fail_first)
