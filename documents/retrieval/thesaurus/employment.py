"""What employers and employees settle."""

from documents.retrieval.thesaurus.concept import concept

EMPLOYMENT = (
    concept(
        "salary",
        asked="""
            annual salary | salary | earn | how much earn | wage | how much paid | remuneration | base pay |
            annual pay
        """,
        strong="""
            annual salary of | base salary | salary at the rate | gross salary | per annum | remuneration
            shall
        """,
        weak="salary | per annum | per year | wages | payroll | compensation",
    ),
    concept(
        "bonus",
        asked="bonus | incentive | stock options",
        strong="""
            bonus of | annual bonus | eligible for a bonus | eligible for bonus | stock options | incentive
            compensation | discretionary bonus
        """,
        weak="bonus | incentive | option | discretionary | target",
    ),
    concept(
        "holiday and leave",
        asked="""
            days of vacation | vacation | annual leave | holiday entitlement | sick leave | sick pay | paid
            leave | parental leave
        """,
        strong="""
            days of vacation | weeks vacation | days of paid holiday | paid holiday | paid vacation | annual
            leave | entitled to days leave | sick leave | during sickness | paid time off
        """,
        weak="vacation | leave | holiday | days per year | accrue | sickness",
    ),
    concept(
        "notice of termination of employment",
        asked="""
            notice of termination employment | notice period | notice period probation | probation | resign
            | resignation | dismissal | dismissed | fired | severance
        """,
        strong="""
            weeks notice | months notice | notice period is | end the employment | terminate employment |
            severance pay | days written notice | notice of resignation | termination for cause | gross
            misconduct | severance
        """,
        weak="notice | resign | severance | dismiss | cause | weeks | months",
    ),
    concept(
        "working hours",
        asked="""
            working hours | hours of work | overtime | remote work | work remotely | work from home | place
            of work
        """,
        strong="""
            hours per week | hours a week | working hours | normal hours | overtime | normal place of work |
            work remotely | work from home
        """,
        weak="hours | week | overtime | remote | office | monday",
    ),
)
