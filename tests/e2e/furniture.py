"""What the product holds beside the demonstration, so that its pages can show all that they can."""

import re
from datetime import UTC, datetime, timedelta

from tests import papers
from tests.e2e.workplace import Person, Workplace

JANE, BAKERY = "Jane Smith", "Harbour Bakery Ltd"
NOTICE = "How much notice must a parent give before moving away with the children?"
TAXES = "Which bank financed the purchase of the helicopter?"
SCANNED = "The deposit of the flat is 1,300 dollars.\nIt is paid back within thirty days."
LEASE = "The rent of the quay is 900 dollars a month. It is paid on the first day. The tenant keeps the cranes greased."
DRAFT = "The draft names a rent of 850 dollars."
FOUND, INVENTED = "The rent of the quay is 900 dollars a month", "The rent of the quay is 100 dollars a month"
ALTERED, UNCLAIMED = (
    "The rent of the quay is 950 dollars a month",
    "The landlord may end the lease on any day",
)
FERRIES = 21  # clients, each with three passages: so much that a search shows it in parts


def furnish(workplace: Workplace) -> dict[str, object]:
    """Make what pages show beside the demonstration; return the ids that addresses name."""
    ana = workplace.people["ana"]
    jane = workplace.clients[JANE]
    ferries = _ferries(workplace.people["emil"])
    for question in (TAXES, NOTICE):  # each begins a thread
        ana.asks(jane, question)
    ana.adds(jane, "Scanned receipt.pdf", papers.picture_pdf([papers.written_picture(SCANNED)]))
    ana.adds(jane, "Sealed letter.pdf", papers.encrypted_pdf("open sesame"))
    walled = ana.opens("Zanzibar Holdings", case_number="2026-SEC-001", case_type="Commercial")
    ana.post(f"clients/{walled}/restrict/", members=[])
    ana.post("auth/tokens/", name="Calendar", scope="read", expires_at=in_days(30))
    ana.await_papers(jane)
    doubtful = _doubtful(workplace)
    for client in ferries:
        workplace.people["emil"].await_papers(client)
    return {
        **doubtful,
        "jane": jane,
        "empty": ana.opens("Nobody Yet"),
        "reading": ana.opens("Boathouse Trust", case_number="2026-TRU-004", case_type="Trusts"),
        "walled": walled,
        "unfound": min(ana.threads(jane)),
        "thread": max(ana.threads(jane)),
        "agreement": ana.paper(jane, "custody-agreement.pdf"),
        "letter": ana.paper(jane, "letter-opposing-counsel.docx"),
        "scan": ana.paper(jane, "Scanned receipt.pdf"),
        "sealed": ana.paper(jane, "Sealed letter.pdf"),
        "ben": workplace.people["ben"].get("auth/me/")["id"],
        "link": _link(workplace),
    }


def in_days(days: int) -> str:
    """Return a moment to come, as the API takes it."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def _doubtful(workplace: Workplace) -> dict[str, object]:
    """Have questions answered badly: with words that no paper says, and half."""
    ana = workplace.people["ana"]
    client = ana.opens("Kestrel Quays Ltd", case_number="2026-COM-031", case_type="Commercial")
    lease, draft = (
        ana.adds(client, "lease.txt", LEASE.encode()),
        ana.adds(client, "draft.txt", DRAFT.encode()),
    )
    ana.await_papers(client)
    with workplace.dictating(client, answers=2) as answer:
        doubted = ana.begins(client, "What is the rent of the quay, and who may end the lease?")
        answer.await_word("begun")
        for n, (paper, words) in enumerate([(lease, FOUND), (lease, INVENTED), (draft, DRAFT)], 1):
            answer.quote(n, paper, 0, words)
        answer.say(
            f"The lease says:\n\n> “{FOUND}” [1]\n\nIn another place it says:\n\n> “{INVENTED}” [2]\n\n"
        )
        answer.say(f"And somewhere:\n\n> “{ALTERED}” [1]\n\n> “{UNCLAIMED}”\n\nThe draft differs [3].")
        answer.over()
        stopped = ana.begins(client, "Who keeps the cranes of the quay?")
        answer.await_word("begun")
        answer.say("The tenant keeps the cranes greased. The rails ")
        workplace.await_true(lambda: "rails" in ana.newest(client)["content"], 10)
        ana.post(f"conversations/{ana.newest(client)['id']}/stop/")
        answer.say("are kept by nobody.")
    ana.submit(f"/documents/{draft}/delete/")
    return {"doubtful": client, "doubted": doubted, "stopped": stopped}


def _ferries(person: Person) -> list[str]:
    """Open clients with papers, so many that a search brings them in parts."""
    line = "The ferry to the island leaves at nine, and the fare is paid to the purser before it sails. "
    clients = []
    for number in range(1, FERRIES + 1):
        client = person.opens(f"Ferry Company {number:02}", case_type="Shipping")
        text = "\n\n".join(f"{part}. Timetable {number}\n\n{line * 8}" for part in range(1, 5))
        person.adds(client, "timetable.txt", text.encode())
        clients.append(client)
    return clients


def _link(workplace: Workplace) -> str:
    """Have a link mailed to somebody who lost the password; return what it ends with."""
    ben = workplace.people["ben"]
    ben.submit("/reset/", email=ben.email)
    workplace.await_true(lambda: any("/reset/" in mail for mail in workplace.mails()), 30)
    newest = next(mail for mail in reversed(workplace.mails()) if "/reset/" in mail)
    return re.search(r"/reset/([\w=\n-]+)/", newest)[1].replace("=\n", "")
