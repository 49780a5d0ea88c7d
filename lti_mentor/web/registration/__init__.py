"""Pages an LMS admin installs us with.

dynamic.py   opened inside the LMS: dynamic registration; Canvas's JSON
manual.py    the invitation opened in a browser: our values to copy, a form for theirs
values.py    what is copied, in the words and order of each LMS's own form
forms.py     what is typed in, and the platform that makes
keeping.py   what is written down in the end
"""

from lti_mentor.web.registration import dynamic
from lti_mentor.web.registration.desk import bp

__all__ = ["bp", "dynamic"]
