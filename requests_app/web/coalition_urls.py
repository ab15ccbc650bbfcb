from django.urls import URLPattern, path

from . import (
    coalition_invitations,
    coalition_members,
    coalitions,
    joint,
    joint_parts,
    kit_offers,
    model_letters,
    own_models,
)

urlpatterns: list[URLPattern] = [
    path("coalitions/", coalitions.coalitions, name="coalitions"),
    path("coalitions/new/", coalitions.new, name="coalition-new"),
    path("coalitions/invitations/<str:token>/", coalition_invitations.invitation, name="coalition-invitation"),
    path("coalitions/<slug:pid>/", coalitions.coalition, name="coalition"),
    path("coalitions/<slug:pid>/name/", coalitions.rename, name="coalition-rename"),
    path("coalitions/<slug:pid>/invite/", coalition_invitations.invite, name="coalition-invite"),
    path(
        "coalitions/<slug:pid>/asked/<slug:key>/", coalition_invitations.invitation_act, name="coalition-invitation-act"
    ),
    path("coalitions/<slug:pid>/members/<slug:key>/", coalition_members.own, name="coalition-member"),
    path("coalitions/<slug:pid>/members/<slug:key>/tier/", coalition_members.tier, name="coalition-tier"),
    path("coalitions/<slug:pid>/members/<slug:key>/end/", coalition_members.end, name="coalition-end"),
    path("coalitions/<slug:pid>/joint/new/", joint_parts.new, name="coalition-joint-new"),
    path("coalitions/<slug:pid>/joint/<slug:key>/", joint.joint, name="coalition-joint"),
    path("coalitions/<slug:pid>/joint/<slug:key>/matrix.csv", joint.joint_csv, name="coalition-joint-csv"),
    path("coalitions/<slug:pid>/joint/<slug:key>/name/", joint_parts.change, name="coalition-joint-change"),
    path("coalitions/<slug:pid>/joint/<slug:key>/put/", joint_parts.put, name="coalition-joint-put"),
    path("coalitions/<slug:pid>/joint/<slug:key>/parts/<slug:part>/out/", joint_parts.out, name="coalition-joint-out"),
    path("coalitions/<slug:pid>/models/", model_letters.index, name="coalition-models"),
    path("coalitions/<slug:pid>/models/offer/", model_letters.offer, name="coalition-model-offer"),
    path("coalitions/<slug:pid>/models/<slug:key>/", model_letters.one, name="coalition-model"),
    path("coalitions/<slug:pid>/kits/", kit_offers.index, name="coalition-kits"),
    path("coalitions/<slug:pid>/kits/offer/", kit_offers.offer, name="coalition-kit-offer"),
    path("coalitions/<slug:pid>/kits/<slug:key>/", kit_offers.one, name="coalition-kit"),
    path("models/", own_models.index, name="own-models"),
    path("models/<slug:key>/", own_models.one, name="own-model"),
    path("coalitions/<slug:pid>/dissolve/", coalition_members.dissolve, name="coalition-dissolve"),
]
