"""The application for a WSGI server: `gunicorn pasi.wsgi`."""

import os

from django.core.management import BaseCommand
from django.core.wsgi import get_wsgi_application

from pasi.garbage import leave_loaded_alone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasi.settings")

application = get_wsgi_application()
# A wrong set-up stops the start here as it does for every command.
BaseCommand().check()
leave_loaded_alone()
