"""Exit with 0 when the web server of this container answers at its public name, and with 1 when it does not."""
# ruff: noqa: INP001 - a script of the image, no package

import os
import sys
import urllib.request
from urllib.parse import urlsplit

port = os.environ.get("PORT", "8000")
host = urlsplit(os.environ.get("PUBLIC_URL", "")).netloc or "localhost"
request = urllib.request.Request(f"http://127.0.0.1:{port}/healthz", headers={"Host": host})
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 - the address is ours
        sys.exit(answer.status != 200)  # noqa: PLR2004 - a status has no better name
except OSError as error:
    sys.exit(f"The web server does not answer: {error}")
