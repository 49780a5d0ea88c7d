"""What can go wrong in our own rules; each carries a code a person can quote.

MentorError
├── NotAllowed      this person may not do this              -> 403
├── Missing         no such thing, or not visible            -> 404
├── Conflict        the state does not allow this step       -> 409
├── Invalid         the input breaks a rule                  -> 422
├── Refused         a launch, login or registration refused  -> 400
└── Outside         somebody else's server failed            -> 502

Codes read `room.what`, for example `launch.replayed`; pages turn them into
sentences (web/words), logs print them as they are.
"""


class MentorError(Exception):
    """Base of every error our rules raise; `code` and `details` hold no secrets."""

    status = 400
    """The HTTP status a page answers with."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class NotAllowed(MentorError):
    """This person may not do this."""

    status = 403


class Missing(MentorError):
    """There is no such thing, or this person may not see it."""

    status = 404


class Conflict(MentorError):
    """The state of the thing does not allow this step."""

    status = 409


class Invalid(MentorError):
    """The input breaks a rule."""

    status = 422


class Refused(MentorError):
    """A login, launch or registration that we do not accept."""

    status = 400


class Outside(MentorError):
    """Another server did not answer, or not as it should."""

    status = 502
