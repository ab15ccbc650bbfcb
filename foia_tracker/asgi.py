import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foia_tracker.settings")
application = get_asgi_application()

from foia_tracker.rolecheck import refuse_in_process  # noqa: E402  (needs the settings that the line above loads)

refuse_in_process()
