"""With what somebody came in: the browser's family, in a frame or a window.

Kept with the session for Setup and health; versions and systems are nobody's business.
"""

from werkzeug.datastructures import Headers

FAMILIES = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Sign in the User-Agent -> family; the first that is found, for they name others."""


def came(headers: Headers) -> dict[str, str]:
    """Return browser and container of a request, as far as it tells both."""
    agent = headers.get("User-Agent", "")
    family = next((name for sign, name in FAMILIES if sign in agent), "Other")
    wanted = headers.get("Sec-Fetch-Dest")
    if wanted not in CONTAINERS:
        return {}
    return {"browser": family, "container": CONTAINERS[wanted]}


CONTAINERS = {"iframe": "frame", "frame": "frame", "document": "window"}
"""What a page is fetched for -> where it is shown."""
