"""What a WSGI server loads."""

from config import Settings
from registry import create_app

app = create_app(Settings.from_environment())
