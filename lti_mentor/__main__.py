"""`python -m lti_mentor` is `lti-mentor`."""

from lti_mentor.cli import main

main()
