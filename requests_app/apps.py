import pkgutil
from importlib import import_module

from django.apps import AppConfig


class RequestsAppConfig(AppConfig):
    name = "requests_app"
    label = "requests_app"
    verbose_name = "Public records requests"

    def ready(self) -> None:
        import_module("foia_tracker.celery")  # the app that a shared task belongs to
        # A process that has not imported the tasks knows none by name: publishing one would fail in the web.
        tasks = import_module("requests_app.tasks")
        for module in pkgutil.iter_modules(tasks.__path__, "requests_app.tasks."):
            import_module(module.name)
