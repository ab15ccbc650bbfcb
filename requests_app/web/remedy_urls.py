"""Where appeals, reviews and suits live."""

from django.urls import URLPattern, path

from . import remedies, remedy, remedy_list

urlpatterns: list[URLPattern] = [
    path("requests/<slug:pid>/remedies/", remedies.request_remedies, name="request-remedies"),
    path("requests/<slug:pid>/remedies/new/", remedies.remedy_new, name="remedy-new"),
    path("remedies/", remedy_list.remedies, name="remedies"),
    path("remedies/list.csv", remedy_list.remedies_csv, name="remedies-csv"),
    path("remedies/<slug:pid>/", remedy.remedy, name="remedy"),
    path("remedies/<slug:pid>/write/", remedy.remedy_edit, name="remedy-edit"),
    path("remedies/<slug:pid>/redraft/", remedy.remedy_redraft, name="remedy-redraft"),
    path("remedies/<slug:pid>/letter/", remedy.remedy_letter, name="remedy-letter"),
    path("remedies/<slug:pid>/file/", remedy.remedy_file, name="remedy-file"),
    path("remedies/<slug:pid>/decide/", remedy.remedy_decide, name="remedy-decide"),
    path("remedies/<slug:pid>/order/", remedy.remedy_order, name="remedy-order"),
    path("remedies/<slug:pid>/order/<slug:uid>/done/", remedy.remedy_order_met, name="remedy-order-met"),
    path("remedies/<slug:pid>/costs/", remedy.remedy_cost, name="remedy-cost"),
    path("remedies/<slug:pid>/costs/<slug:cost>/out/", remedy.remedy_cost_back, name="remedy-cost-back"),
    path("remedies/<slug:pid>/aside/", remedy.remedy_drop, name="remedy-drop"),
]
