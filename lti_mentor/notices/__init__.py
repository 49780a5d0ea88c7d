"""What people are told outside the LMS, and what they answer from there.

A notice is written for the change it tells of (`telling`), rendered in the person's
language, sent by one job an organisation, and settled with the mail server's answer
(`service`). A button in it is a one-use address that calls the same verb as the page
(`answers`); a link leads to the step in the course and shows nothing by itself.
"""
