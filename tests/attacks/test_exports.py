"""FAULTS S27: no cell of any export is a formula to a spreadsheet."""

import csv
import io

import pytest
from django.urls import reverse

from lexai.audit.export import COLUMNS, csv_lines, harmless_cell
from lexai.audit.models import AuditEvent

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u00a0=1",
    "\u3000=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    '=HYPERLINK("http://evil.example";"x")',
    "=cmd|' /C calc'!A0",
]
EXPORTS = ["/admin/audit/auditevent/export/", "/api/v1/audit/export/"]


def exported(answer):
    content = b"".join(answer.streaming_content)
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))


def plant(firm, **columns):
    return AuditEvent.objects.create(
        **{"firm_id": firm.pk, "actor": "ana@hart.example", "verb": "client.viewed", **columns}
    )


@pytest.fixture
def dora(cast, client):
    client.force_login(cast.dora)
    return client


@pytest.mark.parametrize("path", EXPORTS)
def test_s27_no_cell_of_an_export_is_a_formula(cast, dora, path):
    for formula in FORMULAS:
        plant(cast.firm, actor=formula, target_type=formula, target_id=formula, client_ids=[formula])

    header, *rows = exported(dora.get(path))

    assert header == COLUMNS
    assert [cell for row in rows for cell in row if harmless_cell(cell) != cell] == []
    planted = [row for row in rows if row[2] == row[4] == row[5] == row[6]]
    assert {row[2] for row in planted} == {f"'{formula}" for formula in FORMULAS}


@pytest.mark.parametrize("separator", [";", "\t", "|", ",", '"', "\r\n"])
def test_s27_no_other_separator_makes_a_cell_of_its_own(separator):
    event = AuditEvent(actor=f"ana{separator}=1+1", verb="client.viewed")

    [_header, line] = csv_lines([event])

    cells = next(csv.reader([line.decode()], strict=True))
    assert cells[2] == f"ana{separator}=1+1"
    assert line.decode().startswith('"')
    assert f'{separator}"="' not in line.decode()


@pytest.mark.parametrize("path", EXPORTS)
def test_s27_an_export_is_saved_and_never_shown_in_place(cast, dora, path):
    answer = dora.get(path)

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert len(exported(answer)) > 1


@pytest.mark.parametrize("path", EXPORTS)
def test_s27_an_export_holds_no_row_of_another_firm_and_leaves_one_of_its_own(cast, dora, path):
    plant(cast.other_firm, target_id="foreign-marker")
    plant(cast.firm, target_id="own-marker")

    rows = exported(dora.get(path))

    assert [row[5] for row in rows if "marker" in row[5]] == ["own-marker"]
    assert [event.actor for event in AuditEvent.objects.filter(verb="audit.exported")] == [
        "dora@hart.example"
    ]


def test_s27_both_exports_are_written_alike(cast, dora):
    plant(cast.firm, target_id="=1", facts={"fields": ["=name"]})
    first, second = (exported(dora.get(f"{path}?verb=client.viewed")) for path in EXPORTS)

    assert first == second
    assert len(first) == 2
    assert reverse("admin:audit_auditevent_export") == EXPORTS[0]
