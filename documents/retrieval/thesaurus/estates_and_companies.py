"""What wills and the articles of companies settle."""

from documents.retrieval.thesaurus.concept import concept

ESTATES_AND_COMPANIES = (
    concept(
        "executor",
        asked="executor | personal representative | who administers the estate | trustee",
        strong="""
            appoint as executor | executor of my will | personal representative | nominate as executor |
            appoint as trustee
        """,
        weak="executor | trustee | appoint | estate | alternate",
    ),
    concept(
        "inheritance",
        asked="""
            inherit | inherits house | inherit estate | beneficiary of the will | bequest | bequeath | who
            gets | leave to | legacy | residuary estate | heirs
        """,
        strong="""
            I give | I leave | I bequeath | give devise and bequeath | residue of my estate | in equal
            shares | per stirpes | legacy of
        """,
        weak="bequeath | devise | estate | residue | shares | beneficiary",
    ),
    concept(
        "guardian",
        asked="guardian | guardianship | who cares for minor",
        strong="appoint as guardian | guardian of my minor children | guardian of the person",
        weak="guardian | minor | appoint",
    ),
    concept(
        "shares",
        asked="""
            shares | shareholders | share capital | shareholding | ownership percentage | who owns company |
            stake
        """,
        strong="""
            issued shares | shares held by | percent of the shares | ordinary shares | authorised share
            capital | shareholder holds | membership interest
        """,
        weak="shares | shareholder | stock | percent | capital | member",
    ),
    concept(
        "directors",
        asked="directors | board | appoint director | quorum",
        strong="""
            board of directors shall | number of directors | appoint a director | quorum shall | directors
            elected
        """,
        weak="director | board | quorum | vote | elect",
    ),
    concept(
        "dividends and distributions",
        asked="dividend | distributions | distribution of profits",
        strong="""
            declare dividends | profit shall be distributed | distributions shall be made | dividend shall
            be paid | pro rata to members | distributable cash
        """,
        weak="dividend | distribution | pro rata | members",
    ),
)
