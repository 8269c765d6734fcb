"""The single instance of each extension. ``create_app`` switches them on."""

from __future__ import annotations

from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from registry.db.base import Base
from registry.db.session import RegistrySession

db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": RegistrySession})
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
