from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from . import (
    agencies,
    campaigns,
    dashboard,
    desk,
    documents,
    events,
    fees,
    follow_ups,
    imports,
    letter_attachments,
    letters,
    organisations,
    own_kits,
    parts,
    preservation,
    remedies,
    requesters,
    requests,
    tags,
    waves,
    withholdings,
    work,
)
from .deadline import DeadlineView
from .kits import KitsView, KitView
from .laws import CalendarView, JurisdictionsView, LawRulesView, LawsView, LawView
from .problems import not_found

urlpatterns: list[URLPattern | URLResolver] = [
    path("deadline/", DeadlineView.as_view(), name="api-deadline"),
    path("kits/", KitsView.door(), name="api-kits"),
    path("kits/<slug:kit_id>/", KitView.door(), name="api-kit"),
    path("laws/", LawsView.door(), name="api-laws"),
    path("laws/<slug:law_id>/", LawView.door(), name="api-law"),
    path("laws/<slug:law_id>/rules/", LawRulesView.door(), name="api-law-rules"),
    path("calendars/<str:ref>/", CalendarView.door(), name="api-calendar"),
    path("jurisdictions/", JurisdictionsView.door(), name="api-jurisdictions"),
    *requests.urlpatterns,
    *events.urlpatterns,
    *campaigns.urlpatterns,
    *agencies.urlpatterns,
    *organisations.urlpatterns,
    *requesters.urlpatterns,
    *imports.urlpatterns,
    *dashboard.urlpatterns,
    *work.urlpatterns,
    *tags.urlpatterns,
    *parts.urlpatterns,
    *documents.urlpatterns,
    *remedies.urlpatterns,
    *withholdings.urlpatterns,
    *fees.urlpatterns,
    *preservation.urlpatterns,
    *letters.urlpatterns,
    *follow_ups.urlpatterns,
    *letter_attachments.urlpatterns,
    *waves.urlpatterns,
    *own_kits.urlpatterns,
    *desk.urlpatterns,
    path("schema/", SpectacularJSONAPIView.as_view(permission_classes=[AllowAny]), name="api-schema"),
    re_path("", not_found, name="api-not-found"),
]
