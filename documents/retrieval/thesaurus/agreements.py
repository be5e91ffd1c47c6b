"""What nearly every agreement says: law, term, ending, transfer, form."""

from documents.retrieval.thesaurus.concept import concept

AGREEMENTS = (
    concept(
        "governing law",
        asked="governing law | law governs | applicable law | choice of law | which law | what law",
        strong="""
            governed by the laws | governed by and construed | construed in accordance with the laws |
            governed in accordance with laws | interpreted in accordance with the laws | laws of the state
            govern | subject to the laws of | governed laws of the state | construed under the laws | law of
            england | governing law shall be
        """,
        weak="governed | governing law | conflict of laws | construed | laws of the state | choice of law",
    ),
    concept(
        "jurisdiction",
        asked="jurisdiction | venue | which court | what court | forum",
        strong="""
            exclusive jurisdiction | submit to the jurisdiction | courts shall have jurisdiction | venue
            shall | courts located in | brought in the courts
        """,
        weak="jurisdiction | venue | courts | forum",
    ),
    concept(
        "dispute resolution",
        asked="dispute | disputes resolved | arbitration | mediation | mediate | disagree",
        strong="""
            settled by arbitration | submitted to arbitration | binding arbitration | resolved by mediation
            | attempt to resolve dispute | arbitration rules | mediation before | attempt mediation |
            referred to a mediator | referred to an arbitrator | cannot agree
        """,
        weak="""
            arbitration | arbitrator | mediation | mediator | dispute | controversy | deadlock |
            disagreement
        """,
    ),
    concept(
        "term and expiry",
        asked="""
            expiration date | expiry | expire | end date | initial term | how long last | duration of
            agreement | term of agreement | term of contract | contract end | agreement end | term of lease
            | lease term | lease end | how long term | how many years
        """,
        strong="""
            term of this agreement shall | shall continue for a period of | agreement shall commence and
            continue | initial term of | initial term shall | shall expire on | remain in effect until |
            remain in full force and effect for | in force until | shall terminate on | effective date and
            continue until | term shall begin | term shall be years | term shall commence | shall continue
            in effect | continue for years | expire upon | for a term of | shall remain in effect | continue
            until terminated | period of years from | end on the anniversary | continue in full force | term is
            years | term is months | and ends on
        """,
        weak="""
            initial term | expire | expiration | commence | years | anniversary | unless terminated |
            effective date | term of agreement | continue
        """,
    ),
    concept(
        "renewal",
        asked="renewal term | renewal | renew | extended | extension | automatically renew",
        strong="""
            automatically renew | renewed for successive | renew for additional | successive periods |
            option to renew | additional periods of years | extended for additional | automatically extended
            | right to renew | shall be renewed | may be renewed | may renew this agreement | successive one
            year | additional terms | renewal term | renew automatically | extend the term | term extended
            for
        """,
        weak="renew | renewal | successive | additional term | extend | automatically",
    ),
    concept(
        "notice against renewal",
        asked="""
            notice period terminate renewal | notice of non renewal | notice not renew | prevent renewal |
            stop renewal | notice required renewal
        """,
        strong="""
            renew unless notice | not to renew | notice of non renewal | notice of nonrenewal | days prior
            to the expiration notice | notice at least days prior to expiration | notice days prior to the
            end of the term | notice of its intention not to renew | intent not to renew | successive unless
            days | unless either party gives notice days | extended unless notice days | notice months prior
            to expiration | elect not to renew | does not wish to renew | desire not to renew | written
            notice at least days before the end | notice of termination days prior to the end of the then
        """,
        weak="""
            renew | renewal | not renew | successive | days prior to the expiration | then current term |
            days before the expiration | unless notice | intent to renew | automatically
        """,
    ),
    concept(
        "termination for convenience",
        asked="""
            terminated for convenience | termination for convenience | terminate without cause | terminate
            at any time | terminate at will | end contract early | break clause
        """,
        strong="""
            terminate at any time upon notice | terminate without cause | terminate for any reason | for its
            convenience | terminate for convenience | terminate for any or no reason | may terminate this
            agreement upon days written notice | at any time for any reason | terminated by either party
            upon days | without cause upon days | terminate this agreement at any time | with or without
            cause | terminate in its sole discretion | right to terminate this agreement upon days |
            terminate by giving days notice | terminate at any time
        """,
        weak="""
            terminate at any time | without cause | any reason | terminate days written notice | convenience
            | either party may terminate
        """,
    ),
    concept(
        "termination",
        asked="terminate | termination | cancel | end early",
        strong="""
            may terminate this agreement | right to terminate | terminated by either party | terminate upon
            notice | material breach terminate | shall terminate upon | fails to cure | terminate
            immediately
        """,
        weak="terminate | termination | cancel | cure | default",
    ),
    concept(
        "assignment",
        asked="""
            anti assignment | assign contract | assign agreement | assignment clause | transfer contract |
            transfer agreement | assignable | be assigned | assignment permitted | assign its rights |
            sublet | sublease
        """,
        strong="""
            may not assign | shall not assign | not be assigned | not assign without prior written consent |
            assign this agreement without consent | not assignable | assign or transfer without consent |
            may assign this agreement | neither party may assign | assign any rights obligations | assigned
            by either party without | attempted assignment void | assigned or transferred | assignment
            without consent | assign rights under this agreement | not be assignable | no right to assign |
            sublet without consent | not sublet | may not transfer this agreement
        """,
        weak="""
            assign | assignment | consent to assign | transfer delegate | null and void | sublet |
            successors and assigns
        """,
    ),
    concept(
        "change of control",
        asked="change of control | change in control | merger | sale of company | acquired",
        strong="""
            change of control | change in control | merger or consolidation | sale of all or substantially
            all assets | substantially all of its assets | controlling interest | transfer of control |
            ownership or control | acquisition of majority | sale of a majority | merges with | direct or
            indirect control | fifty percent voting
        """,
        weak="""
            merger | consolidation | acquire | acquisition | voting | control | operation of law |
            reorganization | substantially all
        """,
    ),
    concept(
        "services after termination",
        asked="""
            services after termination | post termination | after the termination | obligations after
            termination | transition services | survive termination | wind down | provided after termination
        """,
        strong="""
            upon termination shall | upon expiration or termination shall | following termination shall |
            after termination shall | effect of termination | after the expiration shall | sell off period |
            transition services | days after termination shall | return all upon termination | continue to
            after termination | transition period | wind down | upon termination of this agreement |
            termination assistance | remaining inventory after termination | shall survive termination |
            following the termination
        """,
        weak="""
            upon termination | after termination | following termination | expiration or termination |
            survive | transition | return | inventory
        """,
    ),
    concept(
        "third party beneficiary",
        asked="third party beneficiaries | third party beneficiary | third party rights",
        strong="""
            third party beneficiary | third party beneficiaries | intended beneficiary | benefit of and
            enforceable by | intended beneficiaries | enforce this agreement as third party | for the
            benefit of third party | rights of third parties
        """,
        weak="beneficiary | beneficiaries | benefit of | enforceable by | third party",
    ),
    concept(
        "confidentiality",
        asked="confidentiality | confidential information | non disclosure | keep secret",
        strong="""
            shall not disclose | keep confidential | hold in confidence | confidential information shall |
            strictest confidence | not use confidential information
        """,
        weak="confidential | disclose | proprietary | confidence | secret",
    ),
    concept(
        "force majeure",
        asked="force majeure | act of god | events beyond control",
        strong="""
            force majeure | acts of god | beyond its reasonable control | beyond the control of | causes
            beyond
        """,
        weak="force majeure | strike | war | flood | delay",
    ),
    concept(
        "notices",
        asked="notice address | notices sent | how are notices | notices be given | notice be served",
        strong="""
            notices shall be in writing | notice shall be given | deemed given when | sent by certified mail
            | notices addressed
        """,
        weak="notice | certified mail | addressed | delivered personally | facsimile",
    ),
    concept(
        "amendment",
        asked="amend | amendment | modify | modification | changed",
        strong="""
            may be amended only | amended in writing | modification in writing signed | no amendment | not
            be modified | amend by written
        """,
        weak="amend | amendment | modify | modification | in writing | signed by both",
    ),
    concept(
        "effective date",
        asked="""
            effective date | agreement date | contract date | date of agreement | when signed | start date |
            commencement date | begin
        """,
        strong="""
            made and entered into as of | entered into this day of | dated as of | effective as of | shall
            commence on | effective date
        """,
        weak="effective date | dated | as of | commence | day of",
    ),
    concept(
        "parties",
        asked="""
            parties | who are the parties | contracting parties | who landlord | who tenant | who lessor |
            who lessee | who employer | who employee | who seller | who buyer | who lender | who borrower |
            who licensor | who licensee
        """,
        strong="""
            by and between | between and | made between | hereinafter referred to as | each a party and
            together
        """,
        weak="by and between | hereinafter | corporation | party",
    ),
)
