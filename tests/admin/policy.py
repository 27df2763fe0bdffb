"""What every page of the back office keeps to, so that no script of a stranger runs in it."""

import re

INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<[a-z][^>]*\son[a-z]+=", re.IGNORECASE)


def assert_fit_for_the_policy(response) -> None:
    """No script in a page may run, only the files of our own; styles may stand in it."""
    policy = {part.strip() for part in response["Content-Security-Policy"].split(";")}
    assert policy == {
        "default-src 'self'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    }
    found = INLINE.search(response.content.decode())
    assert not found, (response.request["PATH_INFO"], found)
