"""What parents and spouses settle."""

from documents.retrieval.thesaurus.concept import concept

FAMILY = (
    concept(
        "exchange of the children",
        asked="""
            children exchanged | exchange of the children | child exchanged | pick up child | drop off |
            handover | exchange location
        """,
        strong="""
            exchanges shall take place | exchange of the child | pick up the child | pick up from school |
            return the child to | exchanged at | drop off | curbside | exchanges occur | exchange location |
            deliver the child | place of exchange | transfer of the child
        """,
        weak="exchange | pick up | drop off | school | receiving parent | transportation | residence",
    ),
    concept(
        "parenting time",
        asked="""
            custody | parenting time | visitation | weekend | who has the children | access to the child |
            schedule children | contact with child | holiday schedule | overnight
        """,
        strong="""
            parenting time | alternating weekends | shall have custody | every other weekend | physical
            custody | legal custody | joint custody | sole custody | primary residence | visitation schedule
            | shall have the children | shall reside with | from friday | until sunday | child arrangements
            | shared care
        """,
        weak="""
            custody | weekend | parenting | visitation | children | overnight | friday | sunday | holiday |
            summer | residential
        """,
    ),
    concept(
        "relocation",
        asked="relocate | relocating | relocation | move away | moving with child",
        strong="""
            intends to relocate | relocate the child | relocation notice | change of residence notice | move
            residence | days notice relocate | intent to relocate
        """,
        weak="relocate | relocation | move | residence | miles",
    ),
    concept(
        "child support",
        asked="child support | support payment | maintenance for child | support for the children",
        strong="""
            shall pay child support | child support in the amount | support per month | child maintenance |
            support obligation
        """,
        weak="child support | per month | guideline | arrears | support",
    ),
    concept(
        "spousal support",
        asked="alimony | spousal support | spousal maintenance | maintenance",
        strong="""
            spousal support | alimony | spousal maintenance | rehabilitative maintenance | support
            terminates upon remarriage
        """,
        weak="alimony | spousal | maintenance | remarriage | cohabitation | per month",
    ),
    concept(
        "health insurance of the family",
        asked="health insurance | medical insurance | medical expenses | dental | doctor bills",
        strong="""
            health insurance | medical insurance | maintain health coverage | uninsured medical expenses |
            unreimbursed medical | health care coverage
        """,
        weak="health | medical | dental | premium | unreimbursed | insurance | coverage",
    ),
    concept(
        "education of the child",
        asked="school | tuition | college | education",
        strong="""
            tuition shall | school expenses | private school | educational decisions | college expenses |
            attend school
        """,
        weak="school | tuition | college | education | university",
    ),
    concept(
        "division of property",
        asked="""
            marital home | matrimonial home | division of property | who keeps house | house sold | marital
            property | retirement account | pension
        """,
        strong="""
            marital residence | awarded to | sole and separate property | equitable distribution | former
            matrimonial home | sold and the proceeds | divided equally | qualified domestic relations order
            | buy out
        """,
        weak="residence | awarded | marital | divide | proceeds | equity | pension | refinance",
    ),
)
