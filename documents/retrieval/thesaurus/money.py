"""What contracts say about prices, payment, liability and risk."""

from documents.retrieval.thesaurus.concept import concept

MONEY = (
    concept(
        "revenue sharing",
        asked="""
            revenue sharing | profit sharing | revenue or profit sharing | share of revenue | royalty |
            royalties | commission
        """,
        strong="""
            percent of revenue | percent of the net sales | percent of gross | royalty of percent | share of
            revenue | shall pay royalty | commission of percent | revenue share | pay a commission |
            percentage of revenue | profits shared | percent of net revenue | share of profits | royalty
            equal to | percent of all | percent of net profits | of net sales | percent of net | royalties
            on net sales | revenue sharing
        """,
        weak="""
            percent | royalty | royalties | commission | net sales | gross revenue | net revenue | profits |
            revenue
        """,
    ),
    concept(
        "price restriction",
        asked="""
            price restrictions | price controls | price increase | price cap | price change | rent increase
        """,
        strong="""
            shall not increase price | price increase shall not exceed | not raise price | prices shall
            remain | prices fixed | may not increase more than percent | increase prices once per year |
            maximum price | price adjustment | increase limited to | not increase fees | consumer price
            index | increase in rent
        """,
        weak="price increase | increase | consumer price index | pricing | adjust | exceed percent",
    ),
    concept(
        "minimum commitment",
        asked="""
            minimum commitment | minimum purchase | minimum order | minimum amount | minimum quantity |
            minimum requirement
        """,
        strong="""
            minimum of | minimum purchase | minimum order | minimum annual | minimum quantity | shall
            purchase at least | guaranteed minimum | minimum payment | minimum royalty | no less than per
            year | not less than units | minimum amount | at least per month | minimum commitment | minimum
            number | minimum monthly | minimum fee | purchase a minimum | annual minimum | minimum sales
        """,
        weak="minimum | at least | not less than | quota | guarantee | each year | no fewer than",
    ),
    concept(
        "volume restriction",
        asked="""
            volume restriction | volume limit | usage limit | maximum volume | restrict volume | volume
            restrictions
        """,
        strong="""
            shall not exceed | maximum number of | not to exceed | up to maximum | in excess of additional
            fee | exceed the number | limit on the number | maximum of | no more than | additional charge
            for excess | up to hours per | limited to number | up to per year | exceeding
        """,
        weak="exceed | excess | maximum | up to | limited to | additional fee | more than",
    ),
    concept(
        "audit",
        asked="audit | audit rights | inspect books | inspection of records | inspect",
        strong="""
            right to audit | audit books and records | examine books and records | inspect books | audit the
            records | access to books and records | inspect and audit | inspection of records | audit
            conducted | independent auditor | records available for inspection | independent certified
            public accountant | right to inspect | may audit | right to examine | audit shall | such audit
        """,
        weak="""
            audit | inspect | inspection | books and records | examine | auditor | records | accountant |
            facilities
        """,
    ),
    concept(
        "cap on liability",
        asked="""
            cap on liability | limitation of liability | liability cap | limit of liability | maximum
            liability | liability limited | limited liability
        """,
        strong="""
            total liability shall not exceed | aggregate liability | liability shall be limited to |
            liability exceed the amount | in no event shall be liable for any indirect | shall not be liable
            for consequential | limit of liability | maximum liability | liable for any special incidental |
            liability limited to | not exceed the total amount paid | in no event liable | neither party
            shall be liable for | liability shall not exceed | incidental or consequential damages | sole
            remedy limited to
        """,
        weak="""
            liability | liable | consequential | indirect | exceed | limitation of liability | in no event |
            aggregate | lost profits
        """,
    ),
    concept(
        "uncapped liability",
        asked="""
            uncapped liability | unlimited liability | liability not limited | exceptions cap on liability
        """,
        strong="""
            except for breach liable consequential | limitation shall not apply | except for indemnification
            liability | except gross negligence liability | limitations shall not apply to | other than
            breach of confidentiality liable | nothing limit liability for | except liability willful
            misconduct | shall not limit liability | except for obligations under liable | unlimited
            liability | excluding gross negligence liable | except in the event of breach liable | except
            for damages arising in no event
        """,
        weak="""
            except for | gross negligence | willful misconduct | shall not apply | in no event liable |
            consequential | limitation | liable | indemnification obligations | confidentiality
        """,
    ),
    concept(
        "liquidated damages",
        asked="liquidated damages | penalty | termination fee | late fee",
        strong="""
            liquidated damages | as a penalty | termination fee | late fee of | late charge | early
            termination fee | not as a penalty
        """,
        weak="liquidated | penalty | damages | fee | late",
    ),
    concept(
        "warranty duration",
        asked="""
            duration of warranties | warranty period | warranty duration | how long warranty | warranty last
            | duration any warranties
        """,
        strong="""
            warranty period | warrants for a period of | warranty for months | warranty days from | free
            from defects for a period | warranty shall be | warranted for | warrants that for days |
            warrants for year | warranty year from | defects in material and workmanship for | warranty
            expires | days after delivery warrant | months from the date of shipment
        """,
        weak="warranty | warrants | defects | workmanship | period of | months | days | repair or replace",
    ),
    concept(
        "insurance",
        asked="insurance | insurance requirements | insured | coverage",
        strong="""
            shall maintain insurance | obtain and maintain insurance | insurance coverage | general
            liability insurance | certificate of insurance | additional insured | policy of insurance |
            maintain at its expense insurance | insurance policies | product liability insurance | insurance
            with limits | shall carry insurance | workers compensation insurance | per occurrence
        """,
        weak="insurance | insured | insurer | coverage | policy | per occurrence | general liability",
    ),
    concept(
        "indemnity",
        asked="indemnity | indemnify | indemnification | hold harmless",
        strong="""
            shall indemnify | indemnify and hold harmless | agrees to indemnify | defend indemnify |
            indemnified party
        """,
        weak="indemnify | harmless | indemnification | defend | losses claims",
    ),
    concept(
        "payment",
        asked="""
            payment terms | when payment due | invoice | how paid | fees payable | payment due |
            compensation paid
        """,
        strong="""
            shall pay | payable within days | due within days | invoice within | payment shall be made | pay
            the fee | paid monthly | net days of invoice
        """,
        weak="pay | payment | payable | invoice | fee | due | compensation",
    ),
)
