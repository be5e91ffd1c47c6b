"""What landlords and tenants settle."""

from documents.retrieval.thesaurus.concept import concept

LEASES = (
    concept(
        "rent",
        asked="rent | monthly rent | rental",
        strong="rent shall be | monthly rent of | base rent | annual rent | pay rent | rent per month",
        weak="rent | per month | payable | first day of month | installments",
    ),
    concept(
        "security deposit",
        asked="security deposit | deposit | deposit returned",
        strong="""
            security deposit | deposit shall be returned | deposit with landlord | return the deposit |
            deposit of
        """,
        weak="deposit | deduct | refund | returned | damage",
    ),
    concept(
        "repairs",
        asked="""
            repairs | who repairs | maintenance of the premises | responsible repairs | fix | maintain
            premises
        """,
        strong="""
            tenant shall repair | landlord shall repair | landlord shall maintain | keep in good repair |
            maintain the premises | responsible for repairs | good condition
        """,
        weak="repair | maintain | maintenance | roof | plumbing | condition | landlord | tenant",
    ),
    concept(
        "permitted use",
        asked="permitted use | use of the premises | premises used for",
        strong="premises shall be used | used only for | permitted use | for no other purpose",
        weak="use | premises | purpose | residential | occupied",
    ),
    concept(
        "animals",
        asked="pets | animals | dog | cat",
        strong="no pets | pets allowed | no dogs | no animals | animals kept | pet deposit | keep a pet",
        weak="pet | dog | cat | animal",
    ),
    concept(
        "utilities",
        asked="utilities | electricity | water bill | heating",
        strong="""
            tenant shall pay utilities | utilities shall be paid | responsible for utilities | gas
            electricity water
        """,
        weak="utilities | electricity | water | gas | heating",
    ),
)
