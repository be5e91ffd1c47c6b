"""What court files and notes on accidents tell."""

from documents.retrieval.thesaurus.concept import concept

LITIGATION = (
    concept(
        "deadline",
        asked="""
            deadline | due by | when filed | filing date | time limit | limitation period | answer due |
            response due | discovery deadline
        """,
        strong="""
            no later than | on or before | within days of service | must be filed by | shall be filed |
            deadline | cut off | statute of limitations
        """,
        weak="no later than | on or before | within days | file | serve | due",
    ),
    concept(
        "hearing",
        asked="hearing | trial date | court date | trial | when hearing",
        strong="""
            hearing is set for | trial date | hearing scheduled | set for trial | hearing on | appear before
        """,
        weak="hearing | trial | scheduled | courtroom | am | pm",
    ),
    concept(
        "damages claimed",
        asked="""
            damages claimed | damages sought | amount claimed | relief sought | compensation claimed | what
            claim
        """,
        strong="""
            seeks damages | damages in the amount | prays for judgment | demand for relief | amount in
            controversy | claims compensation
        """,
        weak="damages | judgment | relief | loss | claim | amount",
    ),
    concept(
        "settlement",
        asked="settlement | settlement amount | settled for | settlement sum",
        strong="""
            settlement sum | settlement amount | full and final settlement | shall pay settlement | in
            settlement of
        """,
        weak="settlement | release | full and final | dismissal with prejudice",
    ),
    concept(
        "injury",
        asked="injury | injured | injuries suffered | hurt | harmed",
        strong="""
            suffered injuries | sustained injury | injured when | diagnosed with | injuries include |
            fracture of
        """,
        weak="injury | fracture | broken | cracked | concussion | pain | wound | bruise | diagnosed",
    ),
    concept(
        "treatment",
        asked="hospital | treated | treatment | surgery | performed surgery | doctor | medical care",
        strong="""
            taken to hospital | surgery performed | operated by | admitted to hospital | underwent surgery |
            treated by | treated at | discharged from
        """,
        weak="hospital | surgery | operation | doctor | dr | treated | physiotherapy | emergency room",
    ),
    concept(
        "accident",
        asked="accident | accident happen | collision | crash",
        strong="""
            collided with | struck | was hit by | ran the red light | accident occurred | rear ended | lost
            control
        """,
        weak="accident | collision | collided | road | street | vehicle | driver | intersection",
    ),
)
