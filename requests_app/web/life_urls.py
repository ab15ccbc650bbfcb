"""The pages of one request's life, beside its own page and the forms of its events."""

from django.urls import URLPattern, path

from . import closing, details, parts, tags, work

urlpatterns: list[URLPattern] = [
    path("requests/<slug:pid>/people/", work.request_work, name="request-work"),
    path("requests/<slug:pid>/notes/<slug:note_pid>/", work.note, name="note"),
    path("requests/<slug:pid>/contacts/<slug:contact_pid>/strike/", work.contact_strike, name="contact-strike"),
    path("requests/<slug:pid>/close/", closing.request_close, name="request-close"),
    path("requests/<slug:pid>/edit/", details.request_edit, name="request-edit"),
    path("requests/<slug:pid>/parts/", parts.request_parts, name="request-parts"),
    path("tags/", tags.tag_list, name="tags"),
]
