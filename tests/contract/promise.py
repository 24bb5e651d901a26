"""What a test saw, against what is promised and the differences that are known."""

from collections.abc import Sequence

from tests.contract.differences import Difference


class Promise:
    """Of one test on one topology; `rows` are the differences that are known of it, and `advice` ends each failure."""

    def __init__(self, rows: Sequence[Difference], advice: str = "") -> None:
        self._rows = {row.what: row for row in rows}
        self._advice = advice
        self._asked: set[str] = set()

    def __call__(self, what: str, *, seen: object, promised: object) -> None:
        """Fail unless `seen` is what is promised, or what the one known difference says."""
        self._asked.add(what)
        row = self._rows.get(what)
        if row is None:
            assert str(seen) == str(promised), f"{what}: promised is {promised}, seen was {seen}{self._advice}"
            return
        assert row.promised == str(promised), f"{what}: differences.py says that {row.promised} is promised"
        known = f"differences.py says {row.instead}{self._advice}"
        assert str(seen) != str(promised), f"{what}: is as promised, and its row is out of date: {known}"
        assert str(seen) == row.instead, f"{what}: seen was {seen}; {known}"

    def no_row_is_left(self) -> None:
        """Fail when a difference is known of something that the test did not look at."""
        left = sorted(self._rows.keys() - self._asked)
        assert not left, f"differences.py speaks of what this test does not look at: {', '.join(left)}"
