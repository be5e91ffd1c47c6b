"""What contracts say about inventions, licences and marks."""

from documents.retrieval.thesaurus.concept import concept

INTELLECTUAL_PROPERTY = (
    concept(
        "ownership of intellectual property",
        asked="""
            intellectual property ownership assigned | ownership of intellectual property | who owns
            intellectual property | ip ownership | ownership of inventions | work product | work for hire |
            assignment of intellectual property | owns copyright | owns inventions | inventions
        """,
        strong="""
            hereby assigns right title and interest | work made for hire | works made for hire | shall be
            the sole property of | shall be the exclusive property of | shall own all right title and
            interest | shall be owned by | agrees to assign all right | all inventions assign | shall become
            the property of | assigns all rights in intellectual property | vest in | assign to all right
            title | inventions belong to | sole and exclusive property | exclusively owned by | remain
            property | shall own all intellectual property
        """,
        weak="""
            right title and interest | ownership | invention | intellectual property | property of | assign
            | copyright | derivative works | owned
        """,
    ),
    concept(
        "joint ownership of intellectual property",
        asked="""
            joint intellectual property ownership | jointly owned | joint ownership | co ownership | joint
            ip | owned jointly
        """,
        strong="""
            jointly owned | jointly own | joint ownership | joint owners | owned jointly | equal undivided
            interest | joint inventions | joint intellectual property | co own | undivided one half interest
            | joint patents | jointly developed owned | own jointly
        """,
        weak="joint | jointly | undivided | co owner | both parties own",
    ),
    concept(
        "licence",
        asked="""
            license granted | licenses granted | licence | license grant | right to use | permission to use
            | licensing rights
        """,
        strong="""
            hereby grants license | grants a non exclusive license | grants to license to use | grants
            exclusive right | grants license | license to use | right and license to | grant of license |
            hereby grants the right to use | hereby licenses | nonexclusive license | royalty free license |
            right to use the trademarks | grants to the right to
        """,
        weak="""
            license | grants | non exclusive | sublicense | right to use | royalty free | licensed |
            worldwide
        """,
    ),
    concept(
        "non-transferable licence",
        asked="""
            licenses non transferable | nontransferable | non transferable | license transferable | transfer
            license
        """,
        strong="""
            non transferable license | nontransferable | non transferable | license without right to
            sublicense | not transfer license | non assignable license | not assign license | not sublicense
            | license not transferable | license personal | non sublicensable | license may not be assigned
            | right to use not transferable
        """,
        weak="license | transferable | sublicense | non exclusive | limited license | transfer",
    ),
    concept(
        "licence for the licensee's affiliates",
        asked="""
            licensee's affiliates | affiliates of licensee | affiliates use license | sublicense to
            affiliates
        """,
        strong="""
            license to and its affiliates | licensee and its affiliates license | grants and its affiliates
            | sublicense to its affiliates | affiliates right to use | license affiliates | affiliates may
            use | subsidiaries license | grant to affiliates | license subsidiaries
        """,
        weak="affiliates | subsidiaries | license | sublicense | grants | affiliate use",
    ),
    concept(
        "licence from the licensor's affiliates",
        asked="licensor's affiliates | affiliates of licensor | owned by affiliates license",
        strong="""
            on behalf of its affiliates grants | and its affiliates hereby grant | cause its affiliates to
            grant | owned or controlled by or its affiliates license | licensor and its affiliates grant |
            affiliates grants license | patents affiliates license
        """,
        weak="affiliates | license | grants | owned by affiliates | controlled by",
    ),
    concept(
        "unlimited licence",
        asked="unlimited license | all you can eat license | enterprise license | unlimited use",
        strong="""
            unlimited license | unlimited number of | enterprise license | unlimited use | unlimited right |
            without limitation as to number | unlimited users | enterprise wide | unlimited access
        """,
        weak="unlimited | unrestricted | enterprise | license",
    ),
    concept(
        "irrevocable or perpetual licence",
        asked="""
            licenses irrevocable or perpetual | irrevocable | perpetual | perpetual license | irrevocable
            license
        """,
        strong="""
            perpetual license | irrevocable license | perpetual irrevocable | perpetual right | irrevocable
            worldwide | license in perpetuity | license shall survive termination | fully paid up license |
            irrevocable royalty free | perpetual royalty free | grants irrevocable | grants perpetual
        """,
        weak="perpetual | irrevocable | perpetuity | license | royalty free | fully paid | worldwide",
    ),
    concept(
        "source code escrow",
        asked="source code escrow | escrow | source code",
        strong="""
            source code escrow | escrow agent | deposit source code | escrow agreement | release of source
            code | placed in escrow
        """,
        weak="escrow | source code | deposit | release",
    ),
    concept(
        "covenant not to sue",
        asked="""
            covenant not to sue | not to sue | contest validity | challenge ownership | release of claims
        """,
        strong="""
            covenants not to sue | shall not contest | not challenge | shall not attack | challenge the
            validity | contest the validity | not dispute ownership | release and discharge | not bring any
            claim | agrees not to sue | waives any claim | not challenge or contest | not assert any claim |
            acknowledges ownership shall not | not directly or indirectly challenge | not question validity
            | do nothing inconsistent with ownership | no action inconsistent with ownership
        """,
        weak="""
            contest | challenge | sue | validity | attack | waive | release | ownership of marks |
            inconsistent with ownership
        """,
    ),
)
