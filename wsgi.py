"""What a WSGI server loads."""

import gc
import sys

from config import Settings, SettingsError
from registry import create_app

try:
    settings = Settings.from_environment()
except SettingsError as problem:
    sys.exit(f"The settings are not complete: {problem}. docs/operations.md lists them.")

app = create_app(settings)

# What is loaded by now stays for good. Left to the collector, it is walked again and again, for a third of the time
# a saved measure takes; and what a page leaves behind need not be looked for while it is made.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 50, 50)
