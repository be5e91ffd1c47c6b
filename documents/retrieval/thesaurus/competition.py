"""What contracts say about rivals, exclusive dealing and fair play."""

from documents.retrieval.thesaurus.concept import concept

COMPETITION = (
    concept(
        "exclusivity",
        asked="""
            exclusivity | exclusive agreement | exclusivity agreement | exclusive dealing | exclusive rights
        """,
        strong="""
            exclusive right | exclusively from | exclusive license | exclusive distributor | sole and
            exclusive | on an exclusive basis | shall not appoint any other | shall not enter into agreement
            with any other | exclusive supplier | exclusively purchase | exclusive provider | not grant
            rights to any third party | exclusivity | shall be the exclusive | appoints exclusive | purchase
            all of its requirements | shall not sell to any other | only products | no other person right
        """,
        weak="exclusive | exclusively | sole | any other person | third party competing | requirements",
    ),
    concept(
        "non-competition",
        asked="""
            non compete | non competition | noncompete | compete | competition restriction | restrictive
            covenant | competing business
        """,
        strong="""
            shall not compete | not directly or indirectly engage in | competitive with | competes with |
            covenant not to compete | not engage in any business | business competitive | non competition |
            directly competitive products | competing product | compete with | shall not sell products
            compete | competing business | shall not own manage operate | not to compete | shall not work
            for | not be employed by competitor | not be engaged in similar business
        """,
        weak="compete | competitor | competing | competitive | similar business | directly or indirectly",
    ),
    concept(
        "exception to competitive restrictions",
        asked="""
            exceptions competitive restrictions | exceptions to exclusivity | exceptions to non compete |
            carve out | exception restriction
        """,
        strong="""
            notwithstanding the foregoing exclusive | nothing shall prevent compete | shall not apply to
            exclusive | except exclusive | provided however shall not prohibit | notwithstanding exclusivity
            | shall not restrict | nothing in this shall prohibit from | other than exclusive | nothing
            shall restrict | shall not be deemed competitive | foregoing shall not prohibit | except
            competing | exclusivity shall not apply | ownership of less than percent publicly traded |
            restriction shall not apply | notwithstanding competitive | may continue to sell
        """,
        weak="""
            notwithstanding the foregoing | shall not prevent | nothing shall | provided however | exclusive
            | compete | competitive | exclusivity | except | exception | shall not apply
        """,
    ),
    concept(
        "no solicitation of employees",
        asked="""
            solicitation of employees | solicit employees | hire employees | poach | preventing solicitation
            employees
        """,
        strong="""
            not solicit employee | solicit for employment | solicit or hire | hire any employee | employ any
            person | offer employment | induce employee to leave | not hire | solicit any employee | solicit
            to leave employ | solicit for hire
        """,
        weak="solicit | hire | employee | induce | employment | entice",
    ),
    concept(
        "no solicitation of customers",
        asked="""
            solicitation of customers | solicit customers | solicit clients | preventing solicitation
            customers
        """,
        strong="""
            not solicit customer | solicit any customer | solicit business from | solicit clients | solicit
            customers | divert customer | induce customer to | contact customers directly | sell to
            customers of | solicit accounts | not call upon customers
        """,
        weak="solicit | divert | customer | client | interfere relationship",
    ),
    concept(
        "non-disparagement",
        asked="non disparagement | disparage | disparagement | speak badly | negative remarks",
        strong="""
            not disparage | disparaging | disparage | derogatory | bring into disrepute | public ridicule |
            contempt scorn | tarnish | damage the reputation | defame | detrimental to the reputation |
            injurious to the reputation | reflect unfavorably | negative comments
        """,
        weak="disparagement | reputation | goodwill | disrepute | embarrass | unfavorable",
    ),
    concept(
        "right of first refusal",
        asked="""
            right of first refusal | right of first offer | right of first negotiation | first refusal |
            rofr | first offer | pre emption | preemptive
        """,
        strong="""
            right of first refusal | right of first offer | right of first negotiation | first right to
            negotiate | first right to purchase | first opportunity to | right of first | first option |
            shall first offer | matching right | same terms and conditions offer third party | before
            offering to any third party | must first offer | wishes to sell shall offer
        """,
        weak="first refusal | first offer | bona fide offer | match | offer notice | third party offer",
    ),
    concept(
        "most favoured customer",
        asked="most favored nation | most favoured nation | mfn | best price | most favored customer",
        strong="""
            most favored | most favoured | no less favorable than | not less favorable than those | as
            favorable as | more favorable terms than | lower price to any other | lowest price offered | at
            least as favorable | more favorable to any other | best price
        """,
        weak="favorable | favored | lower price | any other customer | reduce price | similarly situated",
    ),
)
