"""What a WSGI server loads."""

import gc

from config import Settings
from registry import create_app

app = create_app(Settings.from_environment())

# What is loaded by now stays for good. Left to the collector, it is walked again and again, for a third of the time
# a saved measure takes; and what a page leaves behind need not be looked for while it is made.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 50, 50)
