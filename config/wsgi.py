"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LADING_PROCESS", "web")

from config.celery import app

# Requests ring the bells of this application's broker.
celery = app
application = get_wsgi_application()
