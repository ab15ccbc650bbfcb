from django.urls import URLPattern, URLResolver, include, path

from . import agencies, calculator, campaigns, dashboard, events, filing, health, laws, mail, request_page, requests, shell

urlpatterns: list[URLPattern | URLResolver] = [
    path("", dashboard.dashboard, name="dashboard"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/<slug:pid>/", campaigns.campaign, name="campaign"),
    path("campaigns/<slug:pid>/matrix.csv", campaigns.campaign_csv, name="campaign-csv"),
    path("agencies/", agencies.agencies, name="agencies"),
    path("agencies/<slug:slug>/", agencies.agency, name="agency"),
    path("requests/", requests.requests_list, name="requests"),
    path("requests/new/", filing.request_new, name="request-new"),
    path("requests/<slug:pid>/", request_page.request_page, name="request"),
    path("requests/<slug:pid>/log/<slug:kind>/", events.event_new, name="event-new"),
    path("requests/<slug:pid>/events/<slug:uid>/retract/", events.event_retract, name="event-retract"),
    path("laws/", laws.laws, name="laws"),
    path("laws/<slug:law_id>/", laws.law, name="law"),
    path("calculator/", calculator.calculator, name="calculator"),
    path("imports/", include("requests_app.web.imports")),
    path("mail/", mail.mail, name="mail"),
    path("mail/<str:key>/", mail.message, name="mail-message"),
    path("theme/", shell.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("healthz/live", health.live, name="healthz-live"),
    path("healthz/ready", health.ready, name="healthz-ready"),
    path("healthz/reminders", health.reminders, name="healthz-reminders"),
]
