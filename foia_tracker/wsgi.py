import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "foia_tracker.settings")
application = get_wsgi_application()

from foia_tracker.rolecheck import refuse_in_process  # noqa: E402  (needs the settings that the line above loads)

refuse_in_process()
# What is loaded now stays for as long as the server: it is not walked again at each collection, and shared by workers.
gc.collect()
gc.freeze()
