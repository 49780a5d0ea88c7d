"""Which courses are offerings of one course (P27)."""

import re

_CODE = re.compile(r"^\W*([^\W\d_]{2,}[ _-]?\d{2,4})(?!\d)", re.UNICODE)


def family_of(label: str) -> str | None:
    """Return the course code that offerings share, such as NEG101; None = no code.

    Takes the letters and digits a label begins with: `NEG101-2026S`, `NEG 101 (2)`
    and `neg101` are offerings of one course.
    """
    found = _CODE.match(label.strip())
    return re.sub(r"[ _-]", "", found[1]).upper() if found else None
