"""`python -m lti_mentor.demo`: run the campus until it is interrupted."""

import argparse
import sys
import threading

from lti_mentor.demo.server import start


def main() -> None:
    """Start the campus, say where it is, wait."""
    options = _options().parse_args()
    ports = (options.portal_port, options.moodle_port, options.canvas_port)
    campus = start(
        options.tool,
        options.state,
        host=options.host,
        ports=ports,
        mail_port=options.mail_port,
    )
    sys.stdout.write(f"ready {campus.portal_url}\n")
    sys.stdout.flush()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        campus.stop()


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lti_mentor.demo", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--portal-port", type=int, default=0)
    parser.add_argument("--moodle-port", type=int, default=0)
    parser.add_argument("--canvas-port", type=int, default=0)
    parser.add_argument("--mail-port", type=int, default=0)
    parser.add_argument("--tool", help="the tool's address, to register it at once")
    parser.add_argument("--state", help="a folder that keeps what happened")
    return parser


if __name__ == "__main__":
    main()
