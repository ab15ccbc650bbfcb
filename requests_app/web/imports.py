"""Door for people: import of a request log in plain forms. Editors and owners only; for others nothing is here."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from requests_app.actions import import_undo, import_work, imports
from requests_app.actions.refusals import NotYours, Refused
from requests_app.intake import storage
from requests_app.intake.agencies import Directory
from requests_app.intake.days import order_of
from requests_app.intake.fields import BY_KEY, Mapping
from requests_app.intake.outcomes import CHOICES
from requests_app.intake.uploads import LimitedUpload, too_large
from requests_app.models import ImportBatch, Organisation
from requests_app.models.ids import public_id
from requests_app.notices.cells import neutral

from .import_forms import MappingForm, ReadingForm, UploadForm
from .paging import posted
from .shell import Looking, reader_zone

State = ImportBatch.State
ROWS_A_PAGE = 50
STATE_WORDS = {
    State.UPLOADED: gettext_lazy("uploaded; its columns are not named yet"),
    State.CHECKING: gettext_lazy("being looked at"),
    State.CHECKED: gettext_lazy("looked at, not applied"),
    State.APPLYING: gettext_lazy("being applied"),
    State.APPLIED: gettext_lazy("applied"),
    State.UNDONE: gettext_lazy("undone"),
    State.FAILED: gettext_lazy("stopped"),
}
VERDICT_WORDS = {
    "new": gettext_lazy("new"),
    "warned": gettext_lazy("new, with a warning"),
    "known": gettext_lazy("already here"),
    "refused": gettext_lazy("left out"),
}
OUTCOME_WORDS = {meaning.key: words for meaning, words in CHOICES}


def today(request: Looking) -> dt.date:
    return request.now.astimezone(reader_zone(request)).date()


def _editors_only(request: Looking) -> None:
    if not request.viewer.editable:
        raise Http404


def _batch(request: Looking, pid: str) -> ImportBatch:
    batch: ImportBatch | None = (
        ImportBatch.objects.editable_by(request.viewer)
        .select_related("file", "created_by", "organisation")
        .filter(public_id=pid)
        .first()
    )
    if batch is None:
        raise Http404
    return batch


@login_required
@require_safe
def index(request: Looking) -> HttpResponse:
    _editors_only(request)
    batches = (
        ImportBatch.objects.editable_by(request.viewer).select_related("file", "created_by").order_by("-pk")
    )
    page = Paginator(batches, ROWS_A_PAGE).get_page(request.GET.get("page"))
    zone = reader_zone(request)
    rows = [
        {
            "url": reverse("import", args=[one.public_id]),
            "name": one.file.original_name,
            "at": one.created_at.astimezone(zone),
            "by": str(one.created_by or "–"),
            "state_words": STATE_WORDS[State(one.state)],
            "undo_words": _("can be undone unless somebody built upon it")
            if one.state == State.APPLIED
            else "",
            "rows": one.rows_total,
            "made": one.counts.get("made", 0),
            "skipped": one.counts.get("known", 0),
            "errors": one.counts.get("refused", 0),
        }
        for one in page
    ]
    return render(request, "imports.html", {"imports": rows, "page": page})


@csrf_exempt
def new(request: Looking) -> HttpResponse:
    """The limit is set before anything reads the form; the token is checked right after, in `_new`."""
    request.upload_handlers = [LimitedUpload(request)]
    return _new(request)


@csrf_protect
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def _new(request: Looking) -> HttpResponse:
    _editors_only(request)
    viewer = request.viewer
    organizations = list(Organisation.objects.editable_by(viewer).order_by("name", "pk"))
    if request.method != "POST":
        form = UploadForm(organizations=organizations, initial={"once": public_id()})
        return render(request, "import_new.html", {"form": form})
    form = UploadForm(request.POST, request.FILES, organizations=organizations)
    if too_large(request):
        form.errors.pop("file", None)
        form.add_error("file", storage.TOO_LARGE)
        return _again(request, form, status=413)
    if not form.is_valid():
        return _again(request, form)
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    try:
        batch = imports.start_import(
            viewer=viewer,
            organisation=next(o for o in organizations if o.public_id == form.cleaned_data["organization"]),
            actor=request.user,
            name=file.name or "log",
            content_type=file.content_type or "",
            chunks=file.chunks(storage.MEGABYTE),
            once=form.cleaned_data["once"],
            source=form.cleaned_data["source"],
        )
    except Refused as refused:
        form.add_error("file", refused.sentence)
        return _again(request, form, status=refused.status)
    return _see(batch)


def _again(request: Looking, form: UploadForm, status: int = 400) -> HttpResponse:
    return render(request, "import_new.html", {"form": form, "form_failed": True}, status=status)


def _see(batch: ImportBatch) -> HttpResponse:
    response = HttpResponseRedirect(reverse("import", args=[batch.public_id]))
    response.status_code = 303
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: Looking, pid: str) -> HttpResponse:
    batch = _batch(request, pid)
    if request.method == "POST":
        try:
            return _act(request, batch)
        except NotYours:
            raise Http404 from None
        except Refused as refused:
            batch.refresh_from_db()
            return _page(request, batch, refused=refused.sentence, status=refused.status)
    return _page(request, batch)


def _act(request: Looking, batch: ImportBatch) -> HttpResponse:
    who: dict[str, Any] = {"viewer": request.viewer, "actor": request.user}
    match request.POST.get("step"):
        case "read":
            form = ReadingForm(request.POST, batch=batch)
            if not form.is_valid():
                return _page(request, batch, reading_form=form, status=400)
            imports.read_again(batch=batch, choices=form.choices(), **who)
        case "map":
            mapping = MappingForm(request.POST, batch=batch, directory=Directory({}))
            if not mapping.is_valid():
                return _page(request, batch, form=mapping, status=400)
            try:
                imports.map_columns(
                    batch=batch, mapping=mapping.chosen(), source=mapping.cleaned_data["source"], **who
                )
            except Refused as refused:
                column = f"column_{refused.field}"
                mapping.add_error(column if column in mapping.fields else None, refused.sentence)
                return _page(request, batch, form=mapping, status=refused.status)
            if batch.rows_total <= imports.CHECKED_IN_PAGE:
                imports.check(actor=who["actor"], batch_id=batch.pk, on=today(request))
            else:
                imports.wake_worker(batch)
        case "apply":
            imports.wake_worker(imports.begin_apply(batch=batch, **who))
        case "continue":
            import_work.work(
                actor=who["actor"], batch_id=batch.pk, on=today(request), most=imports.CHECKED_IN_PAGE
            )
        case "undo":
            import_undo.undo(batch=batch, **who)
        case "again":
            return _see(
                imports.start_over(batch=batch, once=posted(request, "once", 64) or public_id(), **who)
            )
        case "sheet":
            sheet, once = posted(request, "sheet", 300), posted(request, "once", 64) or public_id()
            return _see(imports.other_sheet(batch=batch, sheet=sheet, once=once, **who))
        case _:
            raise Refused("step_unknown", _("The form did not say what to do."))
    return _see(batch)


def _page(request: Looking, batch: ImportBatch, *, status: int = 200, **more: Any) -> HttpResponse:
    if batch.state in (State.CHECKING, State.APPLYING):
        return _progress(request, batch, status=status, **more)
    if batch.state in (State.APPLIED, State.UNDONE) or (
        batch.state == State.FAILED and "new" in batch.counts
    ):
        return _result(request, batch, status=status, **more)
    return _columns(request, batch, status=status, **more)


def _facts(request: Looking, batch: ImportBatch) -> dict[str, Any]:
    zone = reader_zone(request)
    reading = batch.reading
    words = ""
    if reading.get("form") == "csv":
        separated = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs"), "|": _("vertical bars")}
        words = f"{reading['encoding'].upper()}, {separated[reading['delimiter']]}"
    return {
        "name": batch.file.original_name,
        "source": batch.source,
        "n_rows": batch.rows_total,
        "encoding_words": words,
        "sheet": reading.get("sheet", ""),
        "said": reading.get("said", []),
        "problem": batch.problem,
        "url": reverse("import", args=[batch.public_id]),
        "problems_url": reverse("import-problems", args=[batch.public_id]),
        "at": (batch.applied_at or batch.created_at).astimezone(zone),
        "by": str(batch.created_by or "–"),
        "made": batch.counts.get("made", 0),
        "already_here": batch.counts.get("known", 0),
        "n_errors": batch.counts.get("refused", 0),
        "undone_at": batch.undone_at.astimezone(zone) if batch.undone_at else None,
        "requests_url": reverse("requests"),
        "sha256": batch.file.sha256,
        "done": batch.rows_done,
        "state": batch.state,
    }


def _columns(
    request: Looking,
    batch: ImportBatch,
    *,
    status: int = 200,
    form: MappingForm | None = None,
    reading_form: ReadingForm | None = None,
    refused: str = "",
) -> HttpResponse:
    form = form or MappingForm(batch=batch, directory=Directory({}))
    mapping = Mapping.of(batch.mapping)
    days = [column for column in batch.columns if column["heading"] in mapping.headings_of_days()]
    context = {
        "batch": _facts(request, batch),
        "form": form,
        "reading_form": reading_form or ReadingForm(batch=batch),
        "refused": refused or batch.problem or batch.reading.get("trouble", ""),
        "form_failed": status >= 400,
        "order": order_of(days, mapping.order),
        "columns": [{"name": c["heading"], "examples": c["examples"][:3]} for c in batch.columns],
        "dry": _dry(request, batch) if batch.state == State.CHECKED else None,
    }
    return render(request, "import_mapping.html", context, status=status)


def _dry(request: Looking, batch: ImportBatch) -> dict[str, Any]:
    counts = batch.counts
    will = counts["new"] + counts["warned"]
    errors = batch.rows.filter(verdict="refused").order_by("line")
    show = request.GET.get("show", "")
    rows = batch.rows.filter(verdict=show) if show in VERDICT_WORDS else batch.rows.all()
    page = Paginator(rows.order_by("line"), ROWS_A_PAGE).get_page(request.GET.get("page"))
    listed = list(page)
    listed_errors = list(errors[:100])
    return {
        "will_make": will,
        "warned": counts["warned"],
        "already_here": counts["known"],
        "n_errors": counts["refused"],
        "open": counts.get("open", 0),
        "old_words": _("No alarm is sent for a date that has passed already."),
        "errors": [_problem(row, problem) for row in listed_errors for problem in row.problems],
        "more_errors": _("%(n)d more rows; the file of problems has all of them.")
        % {"n": counts["refused"] - 100}
        if counts["refused"] > 100
        else "",
        "rows": [
            {
                "line": row.line,
                "agency": judged.agency.name if judged.agency else "–",
                "agency_url": reverse("agency", args=[judged.agency.slug]) if judged.agency else "",
                "title": judged.title,
                "filed_on": judged.sent_on or judged.received_on,
                "closed_on": judged.closed_on,
                "words": _(OUTCOME_WORDS.get(judged.meaning.key, "")) if judged.meaning.event else "",
                "what": VERDICT_WORDS[row.verdict],
                "bad": row.verdict == "refused",
                "problems": [problem["sentence"] for problem in row.problems],
            }
            for row, judged in zip(listed, imports.judged(batch, listed, on=today(request)), strict=True)
        ],
        "page": page,
        "show": show,
        "verdicts": [(key, words, counts[key]) for key, words in VERDICT_WORDS.items()],
        "apply_words": _("Import %(n)d row") % {"n": will}
        if will == 1
        else _("Import %(n)d rows") % {"n": will},
    }


def _problem(row: Any, problem: dict[str, Any]) -> dict[str, Any]:
    field = BY_KEY.get(problem["field"])
    return {
        "line": row.line,
        "field": field.label if field else _("the whole row"),
        "sentence": problem["sentence"],
    }


def _progress(
    request: Looking, batch: ImportBatch, *, status: int = 200, refused: str = "", **_more: Any
) -> HttpResponse:
    context = {
        "batch": _facts(request, batch),
        "refused": refused,
        "applying": batch.state == State.APPLYING,
        "percent": 100 * batch.rows_done // max(1, batch.rows_total),
    }
    return render(request, "import_progress.html", context, status=status)


def _result(
    request: Looking, batch: ImportBatch, *, status: int = 200, refused: str = "", **_more: Any
) -> HttpResponse:
    errors = list(batch.rows.filter(verdict="refused").order_by("line")[:100])
    made = batch.counts.get("made", 0)
    context = {
        "batch": _facts(request, batch),
        "refused": refused or batch.problem,
        "errors": [_problem(row, problem) for row in errors for problem in row.problems],
        "may_undo": batch.state in (State.APPLIED, State.FAILED),
        "undo_words": _(
            "Takes out the %(n)d requests of this import, unless somebody has worked on one of them."
        )
        % {"n": made},
        "may_repeat": batch.state in (State.UNDONE, State.FAILED),
        "once": public_id(),
        "sheets": _other_sheets(batch),
    }
    return render(request, "import_result.html", context, status=status)


def _other_sheets(batch: ImportBatch) -> list[str]:
    """Sheets of the same workbook that no import of this organization has taken yet."""
    if batch.state == State.UNDONE or len(batch.reading.get("sheets", ())) < 2:
        return []
    others = ImportBatch.objects.filter(organisation=batch.organisation_id, file=batch.file_id)
    taken = set(others.exclude(state__in=[State.UNDONE, State.FAILED]).values_list("reading__sheet", flat=True))
    return [name for name in batch.reading["sheets"] if name not in taken]


@require_safe
def problems(request: Looking, pid: str) -> HttpResponse:
    """Every row with something to say, with its own cells, to mend and send again."""
    batch = _batch(request, pid)
    headings = imports.headings_of(batch)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([neutral(cell) for cell in ("line", "verdict", "field", "problem", *headings)])
    for row in batch.rows.exclude(problems=[]).order_by("line").iterator(chunk_size=2_000):
        cells = [row.cells.get(heading, "") for heading in headings]
        for problem in row.problems:
            writer.writerow(
                [
                    neutral(cell)
                    for cell in (row.line, row.verdict, problem["field"], problem["sentence"], *cells)
                ]
            )
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="problems-{batch.public_id}.csv"'
    return response


urlpatterns = [
    path("", index, name="imports"),
    path("new/", new, name="import-new"),
    path("<slug:pid>/", one, name="import"),
    path("<slug:pid>/problems.csv", problems, name="import-problems"),
]
