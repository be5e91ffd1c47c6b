"""Legal English: what lawyers call a subject, and the words that papers use for it.

Written by hand from general legal usage. `asked` is how a question names the subject; `strong` wording all but
answers by itself; `weak` wording goes with the subject. A phrase stands for its stems in this order with at most
a few words between them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concept:
    """A subject of law and its wordings."""

    name: str
    asked: tuple[str, ...]
    strong: tuple[str, ...]
    weak: tuple[str, ...]


def _concept(name: str, asked: str, strong: str, weak: str = "") -> Concept:
    return Concept(name, _phrases(asked), _phrases(strong), _phrases(weak))


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in text.split("|") if part.strip())


COMMERCIAL = (
    _concept(
        "governing law",
        "governing law | law governs | applicable law | choice of law | which law | what law",
        """governed by the laws | governed by and construed | construed in accordance with the laws | governed in accordance
        with laws | interpreted in accordance with the laws | laws of the state govern | subject to the laws of |
        governed laws of the state | construed under the laws | law of england | governing law shall be""",
        "governed | governing law | conflict of laws | construed | laws of the state | choice of law",
    ),
    _concept(
        "jurisdiction",
        "jurisdiction | venue | which court | what court | forum",
        """exclusive jurisdiction | submit to the jurisdiction | courts shall have jurisdiction | venue shall | courts
        located in | brought in the courts""",
        "jurisdiction | venue | courts | forum",
    ),
    _concept(
        "dispute resolution",
        "dispute | arbitration | mediation | disagree",
        """settled by arbitration | submitted to arbitration | binding arbitration | resolved by mediation | attempt to
        resolve dispute | arbitration rules | mediation before""",
        "arbitration | arbitrator | mediation | mediator | dispute | controversy",
    ),
    _concept(
        "term and expiry",
        "expiration date | expiry | expire | end date | initial term | how long last | duration of agreement | term of "
        "agreement | term of contract | contract end | agreement end",
        """term of this agreement shall | shall continue for a period of | agreement shall commence and continue | initial term of
        | initial term shall | shall expire on | remain in effect until | remain in full force and effect for | in force until
        | shall terminate on | effective date and continue until | term shall begin | term shall be years | term shall
        commence | shall continue in effect | continue for years | expire upon | for a term of | shall remain in effect |
        continue until terminated | period of years from | end on the anniversary | continue in full force""",
        """initial term | expire | expiration | commence | years | anniversary | unless terminated | effective date | term of
        agreement | continue""",
    ),
    _concept(
        "renewal",
        "renewal term | renewal | renew | extended | extension | automatically renew",
        """automatically renew | renewed for successive | renew for additional | successive periods | option to renew | additional
        periods of years | extended for additional | automatically extended | right to renew | shall be renewed | may be renewed |
        may renew this agreement | successive one year | additional terms | renewal term | renew automatically | extend the term
        | term extended for""",
        "renew | renewal | successive | additional term | extend | automatically",
    ),
    _concept(
        "notice against renewal",
        "notice period terminate renewal | notice of non renewal | notice not renew | prevent renewal | stop renewal | notice "
        "required renewal",
        """renew unless notice | not to renew | notice of non renewal | notice of nonrenewal | days prior to the expiration notice |
        notice at least days prior to expiration | notice days prior to the end of the term | notice of its intention not to renew |
        intent not to renew | successive unless days | unless either party gives notice days | extended unless notice days |
        notice months prior to expiration | elect not to renew | does not wish to renew | desire not to renew | written notice at least days
        before the end | notice of termination days prior to the end of the then""",
        """renew | renewal | not renew | successive | days prior to the expiration | then current term | days before the
        expiration | unless notice | intent to renew | automatically""",
    ),
    _concept(
        "termination for convenience",
        "terminated for convenience | termination for convenience | terminate without cause | terminate at any time | terminate at will "
        "| end contract early | break clause",
        """terminate at any time upon notice | terminate without cause | terminate for any reason | for its convenience |
        terminate for convenience | terminate for any or no reason | may terminate this agreement upon days written notice |
        at any time for any reason | terminated by either party upon days | without cause upon days | terminate this agreement at any
        time | with or without cause | terminate in its sole discretion | right to terminate this agreement upon days |
        terminate by giving days notice | terminate at any time""",
        "terminate at any time | without cause | any reason | terminate days written notice | convenience | either party may terminate",
    ),
    _concept(
        "termination",
        "terminate | termination | cancel | end early",
        """may terminate this agreement | right to terminate | terminated by either party | terminate upon notice | material breach
        terminate | shall terminate upon | fails to cure | terminate immediately""",
        "terminate | termination | cancel | cure | default",
    ),
    _concept(
        "assignment",
        "anti assignment | assign contract | assign agreement | assignment clause | transfer contract | transfer agreement | assignable "
        "| be assigned | assignment permitted | assign its rights | sublet | sublease",
        """may not assign | shall not assign | not be assigned | not assign without prior written consent | assign this agreement
        without consent | not assignable | assign or transfer without consent | may assign this agreement | neither party may
        assign | assign any rights obligations | assigned by either party without | attempted assignment void | assigned or transferred |
        assignment without consent | assign rights under this agreement | not be assignable | no right to assign | sublet without consent |
        not sublet | may not transfer this agreement""",
        "assign | assignment | consent to assign | transfer delegate | null and void | sublet | successors and assigns",
    ),
    _concept(
        "change of control",
        "change of control | change in control | merger | sale of company | acquired",
        """change of control | change in control | merger or consolidation | sale of all or substantially all assets | substantially all
        of its assets | controlling interest | transfer of control | ownership or control | acquisition of majority |
        sale of a majority | merges with | direct or indirect control | fifty percent voting""",
        "merger | consolidation | acquire | acquisition | voting | control | operation of law | reorganization | substantially all",
    ),
    _concept(
        "exclusivity",
        "exclusivity | exclusive agreement | exclusivity agreement | exclusive dealing | exclusive rights",
        """exclusive right | exclusively from | exclusive license | exclusive distributor | sole and exclusive | on an exclusive basis | shall not
        appoint any other | shall not enter into agreement with any other | exclusive supplier | exclusively purchase | exclusive provider |
        not grant rights to any third party | exclusivity | shall be the exclusive | appoints exclusive | purchase all of its
        requirements | shall not sell to any other | only products | no other person right""",
        "exclusive | exclusively | sole | any other person | third party competing | requirements",
    ),
    _concept(
        "non-competition",
        "non compete | non competition | noncompete | compete | competition restriction | restrictive covenant | competing business",
        """shall not compete | not directly or indirectly engage in | competitive with | competes with | covenant not to compete |
        not engage in any business | business competitive | non competition | directly competitive products | competing product |
        compete with | shall not sell products compete | competing business | shall not own manage operate | not to compete""",
        "compete | competitor | competing | competitive | similar business | directly or indirectly",
    ),
    _concept(
        "exception to competitive restrictions",
        "exceptions competitive restrictions | exceptions to exclusivity | exceptions to non compete | carve out | exception restriction",
        """notwithstanding the foregoing exclusive | nothing shall prevent compete | shall not apply to exclusive | except exclusive | provided
        however shall not prohibit | notwithstanding exclusivity | shall not restrict | nothing in this shall prohibit from | other than exclusive
        | nothing shall restrict | shall not be deemed competitive | foregoing shall not prohibit | except competing | exclusivity shall not apply |
        ownership of less than percent publicly traded | restriction shall not apply | notwithstanding competitive | may continue to sell""",
        """notwithstanding the foregoing | shall not prevent | nothing shall | provided however | exclusive | compete | competitive |
        exclusivity | except | exception | shall not apply""",
    ),
    _concept(
        "no solicitation of employees",
        "solicitation of employees | solicit employees | hire employees | poach | preventing solicitation employees",
        """not solicit employee | solicit for employment | solicit or hire | hire any employee | employ any person | offer employment | induce
        employee to leave | not hire | solicit any employee | solicit to leave employ | solicit for hire""",
        "solicit | hire | employee | induce | employment | entice",
    ),
    _concept(
        "no solicitation of customers",
        "solicitation of customers | solicit customers | solicit clients | preventing solicitation customers",
        """not solicit customer | solicit any customer | solicit business from | solicit clients | solicit customers | divert customer |
        induce customer to | contact customers directly | sell to customers of | solicit accounts | not call upon customers""",
        "solicit | divert | customer | client | interfere relationship",
    ),
    _concept(
        "non-disparagement",
        "non disparagement | disparage | disparagement | speak badly | negative remarks",
        """not disparage | disparaging | disparage | derogatory | bring into disrepute | public ridicule | contempt scorn | tarnish |
        damage the reputation | defame | detrimental to the reputation | injurious to the reputation | reflect unfavorably | negative comments""",
        "disparagement | reputation | goodwill | disrepute | embarrass | unfavorable",
    ),
    _concept(
        "right of first refusal",
        "right of first refusal | right of first offer | right of first negotiation | first refusal | rofr | first offer | pre emption | "
        "preemptive",
        """right of first refusal | right of first offer | right of first negotiation | first right to negotiate | first right to purchase | first
        opportunity to | right of first | first option | shall first offer | matching right | same terms and conditions offer third party |
        before offering to any third party""",
        "first refusal | first offer | bona fide offer | match | offer notice | third party offer",
    ),
    _concept(
        "most favoured customer",
        "most favored nation | most favoured nation | mfn | best price | most favored customer",
        """most favored | most favoured | no less favorable than | not less favorable than those | as favorable as | more favorable terms
        than | lower price to any other | lowest price offered | at least as favorable | more favorable to any other | best price""",
        "favorable | favored | lower price | any other customer | reduce price | similarly situated",
    ),
    _concept(
        "revenue sharing",
        "revenue sharing | profit sharing | revenue or profit sharing | share of revenue | royalty | royalties | commission",
        """percent of revenue | percent of the net sales | percent of gross | royalty of percent | share of revenue | shall pay royalty |
        commission of percent | revenue share | pay a commission | percentage of revenue | profits shared | percent of net revenue | share of profits
        | royalty equal to | percent of all | percent of net profits | of net sales | percent of net | royalties on net sales | revenue
        sharing""",
        "percent | royalty | royalties | commission | net sales | gross revenue | net revenue | profits | revenue",
    ),
    _concept(
        "price restriction",
        "price restrictions | price controls | price increase | price cap | price change | rent increase",
        """shall not increase price | price increase shall not exceed | not raise price | prices shall remain | prices fixed | may not
        increase more than percent | increase prices once per year | maximum price | price adjustment | increase limited to | not increase fees |
        consumer price index | increase in rent""",
        "price increase | increase | consumer price index | pricing | adjust | exceed percent",
    ),
    _concept(
        "minimum commitment",
        "minimum commitment | minimum purchase | minimum order | minimum amount | minimum quantity | minimum requirement",
        """minimum of | minimum purchase | minimum order | minimum annual | minimum quantity | shall purchase at least | guaranteed
        minimum | minimum payment | minimum royalty | no less than per year | not less than units | minimum amount | at least per month
        | minimum commitment | minimum number | minimum monthly | minimum fee | purchase a minimum | annual minimum | minimum sales""",
        "minimum | at least | not less than | quota | guarantee | each year | no fewer than",
    ),
    _concept(
        "volume restriction",
        "volume restriction | volume limit | usage limit | maximum volume | restrict volume | volume restrictions",
        """shall not exceed | maximum number of | not to exceed | up to maximum | in excess of additional fee | exceed the number | limit on the
        number | maximum of | no more than | additional charge for excess | up to hours per | limited to number | up to per year | exceeding""",
        "exceed | excess | maximum | up to | limited to | additional fee | more than",
    ),
    _concept(
        "ownership of intellectual property",
        "intellectual property ownership assigned | ownership of intellectual property | who owns intellectual property | ip ownership | "
        "ownership of inventions | work product | work for hire | assignment of intellectual property | owns copyright | owns inventions | inventions",
        """hereby assigns right title and interest | work made for hire | works made for hire | shall be the sole property of | shall be the
        exclusive property of | shall own all right title and interest | shall be owned by | agrees to assign all right | all inventions
        assign | shall become the property of | assigns all rights in intellectual property | vest in | assign to all right title | inventions belong to | sole
        and exclusive property | exclusively owned by | remain property | shall own all intellectual property""",
        "right title and interest | ownership | invention | intellectual property | property of | assign | copyright | derivative works | owned",
    ),
    _concept(
        "joint ownership of intellectual property",
        "joint intellectual property ownership | jointly owned | joint ownership | co ownership | joint ip | owned jointly",
        """jointly owned | jointly own | joint ownership | joint owners | owned jointly | equal undivided interest | joint inventions | joint
        intellectual property | co own | undivided one half interest | joint patents | jointly developed owned | own jointly""",
        "joint | jointly | undivided | co owner | both parties own",
    ),
    _concept(
        "licence",
        "license granted | licenses granted | licence | license grant | right to use | permission to use | licensing rights",
        """hereby grants license | grants a non exclusive license | grants to license to use | grants exclusive right | grants license |
        license to use | right and license to | grant of license | hereby grants the right to use | hereby licenses | nonexclusive license
        | royalty free license | right to use the trademarks | grants to the right to""",
        "license | grants | non exclusive | sublicense | right to use | royalty free | licensed | worldwide",
    ),
    _concept(
        "non-transferable licence",
        "licenses non transferable | nontransferable | non transferable | license transferable | transfer license",
        """non transferable license | nontransferable | non transferable | license without right to sublicense | not transfer license | non
        assignable license | not assign license | not sublicense | license not transferable | license personal | non sublicensable |
        license may not be assigned | right to use not transferable""",
        "license | transferable | sublicense | non exclusive | limited license | transfer",
    ),
    _concept(
        "licence for the licensee's affiliates",
        "licensee's affiliates | affiliates of licensee | affiliates use license | sublicense to affiliates",
        """license to and its affiliates | licensee and its affiliates license | grants and its affiliates | sublicense to its affiliates |
        affiliates right to use | license affiliates | affiliates may use | subsidiaries license | grant to affiliates |
        license subsidiaries""",
        "affiliates | subsidiaries | license | sublicense | grants | affiliate use",
    ),
    _concept(
        "licence from the licensor's affiliates",
        "licensor's affiliates | affiliates of licensor | owned by affiliates license",
        """on behalf of its affiliates grants | and its affiliates hereby grant | cause its affiliates to grant | owned or controlled by or its
        affiliates license | licensor and its affiliates grant | affiliates grants license | patents affiliates license""",
        "affiliates | license | grants | owned by affiliates | controlled by",
    ),
    _concept(
        "unlimited licence",
        "unlimited license | all you can eat license | enterprise license | unlimited use",
        """unlimited license | unlimited number of | enterprise license | unlimited use | unlimited right | without limitation as to number
        | unlimited users | enterprise wide | unlimited access""",
        "unlimited | unrestricted | enterprise | license",
    ),
    _concept(
        "irrevocable or perpetual licence",
        "licenses irrevocable or perpetual | irrevocable | perpetual | perpetual license | irrevocable license",
        """perpetual license | irrevocable license | perpetual irrevocable | perpetual right | irrevocable worldwide | license in perpetuity |
        license shall survive termination | fully paid up license | irrevocable royalty free | perpetual royalty free |
        grants irrevocable | grants perpetual""",
        "perpetual | irrevocable | perpetuity | license | royalty free | fully paid | worldwide",
    ),
    _concept(
        "source code escrow",
        "source code escrow | escrow | source code",
        "source code escrow | escrow agent | deposit source code | escrow agreement | release of source code | placed in escrow",
        "escrow | source code | deposit | release",
    ),
    _concept(
        "services after termination",
        "services after termination | post termination | after the termination | obligations after termination | transition services | "
        "survive termination | wind down | provided after termination",
        """upon termination shall | upon expiration or termination shall | following termination shall | after termination shall | effect of
        termination | after the expiration shall | sell off period | transition services | days after termination shall | return
        all upon termination | continue to after termination | transition period | wind down | upon termination of this agreement |
        termination assistance | remaining inventory after termination | shall survive termination | following the termination""",
        "upon termination | after termination | following termination | expiration or termination | survive | transition | return | inventory",
    ),
    _concept(
        "audit",
        "audit | audit rights | inspect books | inspection of records | inspect",
        """right to audit | audit books and records | examine books and records | inspect books | audit the records | access to
        books and records | inspect and audit | inspection of records | audit conducted | independent auditor | records available for inspection |
        independent certified public accountant | right to inspect | may audit | right to examine | audit shall | such audit""",
        "audit | inspect | inspection | books and records | examine | auditor | records | accountant | facilities",
    ),
    _concept(
        "cap on liability",
        "cap on liability | limitation of liability | liability cap | limit of liability | maximum liability | liability limited | limited liability",
        """total liability shall not exceed | aggregate liability | liability shall be limited to | liability exceed the amount | in no event shall be
        liable for any indirect | shall not be liable for consequential | limit of liability | maximum liability | liable for any special
        incidental | liability limited to | not exceed the total amount paid | in no event liable | neither party shall be liable for |
        liability shall not exceed | incidental or consequential damages | sole remedy limited to""",
        "liability | liable | consequential | indirect | exceed | limitation of liability | in no event | aggregate | lost profits",
    ),
    _concept(
        "uncapped liability",
        "uncapped liability | unlimited liability | liability not limited | exceptions cap on liability",
        """except for breach liable consequential | limitation shall not apply | except for indemnification liability | except gross negligence
        liability | limitations shall not apply to | other than breach of confidentiality liable | nothing limit liability for | except liability willful
        misconduct | shall not limit liability | except for obligations under liable | unlimited liability | excluding gross negligence
        liable | except in the event of breach liable | except for damages arising in no event""",
        """except for | gross negligence | willful misconduct | shall not apply | in no event liable | consequential | limitation |
        liable | indemnification obligations | confidentiality""",
    ),
    _concept(
        "liquidated damages",
        "liquidated damages | penalty | termination fee | late fee",
        "liquidated damages | as a penalty | termination fee | late fee of | late charge | early termination fee | not as a penalty",
        "liquidated | penalty | damages | fee | late",
    ),
    _concept(
        "warranty duration",
        "duration of warranties | warranty period | warranty duration | how long warranty | warranty last | duration any warranties",
        """warranty period | warrants for a period of | warranty for months | warranty days from | free from defects for a period | warranty
        shall be | warranted for | warrants that for days | warrants for year | warranty year from | defects in material and workmanship for |
        warranty expires | days after delivery warrant | months from the date of shipment""",
        "warranty | warrants | defects | workmanship | period of | months | days | repair or replace",
    ),
    _concept(
        "insurance",
        "insurance | insurance requirements | insured | coverage",
        """shall maintain insurance | obtain and maintain insurance | insurance coverage | general liability insurance | certificate of insurance |
        additional insured | policy of insurance | maintain at its expense insurance | insurance policies | product liability
        insurance | insurance with limits | shall carry insurance | workers compensation insurance | per occurrence""",
        "insurance | insured | insurer | coverage | policy | per occurrence | general liability",
    ),
    _concept(
        "covenant not to sue",
        "covenant not to sue | not to sue | contest validity | challenge ownership | release of claims",
        """covenants not to sue | shall not contest | not challenge | shall not attack | challenge the validity | contest the validity | not
        dispute ownership | release and discharge | not bring any claim | agrees not to sue | waives any claim | not
        challenge or contest | not assert any claim | acknowledges ownership shall not | not directly or indirectly challenge | not question
        validity | do nothing inconsistent with ownership | no action inconsistent with ownership""",
        "contest | challenge | sue | validity | attack | waive | release | ownership of marks | inconsistent with ownership",
    ),
    _concept(
        "third party beneficiary",
        "third party beneficiaries | third party beneficiary | third party rights",
        """third party beneficiary | third party beneficiaries | intended beneficiary | benefit of and enforceable by | intended beneficiaries |
        enforce this agreement as third party | for the benefit of third party | rights of third parties""",
        "beneficiary | beneficiaries | benefit of | enforceable by | third party",
    ),
    _concept(
        "indemnity",
        "indemnity | indemnify | indemnification | hold harmless",
        "shall indemnify | indemnify and hold harmless | agrees to indemnify | defend indemnify | indemnified party",
        "indemnify | harmless | indemnification | defend | losses claims",
    ),
    _concept(
        "confidentiality",
        "confidentiality | confidential information | non disclosure | keep secret",
        """shall not disclose | keep confidential | hold in confidence | confidential information shall | strictest confidence | not use
        confidential information""",
        "confidential | disclose | proprietary | confidence | secret",
    ),
    _concept(
        "force majeure",
        "force majeure | act of god | events beyond control",
        "force majeure | acts of god | beyond its reasonable control | beyond the control of | causes beyond",
        "force majeure | strike | war | flood | delay",
    ),
    _concept(
        "notices",
        "notice address | notices sent | how notice given | give notices | notice be served",
        "notices shall be in writing | notice shall be given | deemed given when | sent by certified mail | notices addressed",
        "notice | certified mail | addressed | delivered personally | facsimile",
    ),
    _concept(
        "amendment",
        "amend | amendment | modify | modification | changed",
        "may be amended only | amended in writing | modification in writing signed | no amendment | not be modified | amend by written",
        "amend | amendment | modify | modification | in writing | signed by both",
    ),
    _concept(
        "effective date",
        "effective date | agreement date | contract date | date of agreement | when signed | start date | commencement date | begin",
        "made and entered into as of | entered into this day of | dated as of | effective as of | shall commence on | effective date",
        "effective date | dated | as of | commence | day of",
    ),
    _concept(
        "parties",
        "parties | who are the parties | contracting parties",
        "by and between | between and | hereinafter referred to as | each a party and together",
        "by and between | hereinafter | corporation | party",
    ),
    _concept(
        "payment",
        "payment terms | when payment due | invoice | how paid | fees payable | payment due | compensation paid",
        """shall pay | payable within days | due within days | invoice within | payment shall be made | pay the fee | paid monthly | net
        days of invoice""",
        "pay | payment | payable | invoice | fee | due | compensation",
    ),
)

FAMILY = (
    _concept(
        "exchange of the children",
        "children exchanged | exchange of the children | child exchanged | pick up child | drop off | handover | exchange location",
        """exchanges shall take place | exchange of the child | pick up the child | pick up from school | return the child to | exchanged at | drop
        off | curbside | exchanges occur | exchange location | deliver the child | place of exchange | transfer of the child""",
        "exchange | pick up | drop off | school | receiving parent | transportation | residence",
    ),
    _concept(
        "parenting time",
        "custody | parenting time | visitation | weekend | who has the children | access to the child | schedule children | contact with child | "
        "holiday schedule | overnight",
        """parenting time | alternating weekends | shall have custody | every other weekend | physical custody | legal custody | joint custody | sole
        custody | primary residence | visitation schedule | shall have the children | shall reside with | from friday | until sunday |
        child arrangements | shared care""",
        "custody | weekend | parenting | visitation | children | overnight | friday | sunday | holiday | summer | residential",
    ),
    _concept(
        "relocation",
        "relocate | relocating | relocation | move away | moving with child",
        "intends to relocate | relocate the child | relocation notice | change of residence notice | move residence | days notice relocate | intent to relocate",
        "relocate | relocation | move | residence | miles",
    ),
    _concept(
        "child support",
        "child support | support payment | maintenance for child | support for the children",
        "shall pay child support | child support in the amount | support per month | child maintenance | support obligation",
        "child support | per month | guideline | arrears | support",
    ),
    _concept(
        "spousal support",
        "alimony | spousal support | spousal maintenance | maintenance",
        "spousal support | alimony | spousal maintenance | rehabilitative maintenance | support terminates upon remarriage",
        "alimony | spousal | maintenance | remarriage | cohabitation | per month",
    ),
    _concept(
        "health insurance of the family",
        "health insurance | medical insurance | medical expenses | dental | doctor bills",
        """health insurance | medical insurance | maintain health coverage | uninsured medical expenses | unreimbursed medical |
        health care coverage""",
        "health | medical | dental | premium | unreimbursed | insurance | coverage",
    ),
    _concept(
        "education of the child",
        "school | tuition | college | education",
        "tuition shall | school expenses | private school | educational decisions | college expenses | attend school",
        "school | tuition | college | education | university",
    ),
    _concept(
        "division of property",
        "marital home | matrimonial home | division of property | who keeps house | house sold | marital property | retirement account | pension",
        """marital residence | awarded to | sole and separate property | equitable distribution | former matrimonial home | sold and the proceeds | divided
        equally | qualified domestic relations order | buy out""",
        "residence | awarded | marital | divide | proceeds | equity | pension | refinance",
    ),
)

PROPERTY = (
    _concept(
        "rent",
        "rent | monthly rent | rental",
        "rent shall be | monthly rent of | base rent | annual rent | pay rent | rent per month",
        "rent | per month | payable | first day of month | installments",
    ),
    _concept(
        "security deposit",
        "security deposit | deposit | deposit returned",
        "security deposit | deposit shall be returned | deposit with landlord | return the deposit | deposit of",
        "deposit | deduct | refund | returned | damage",
    ),
    _concept(
        "repairs",
        "repairs | who repairs | maintenance of the premises | responsible repairs | fix | maintain premises",
        "tenant shall repair | landlord shall repair | landlord shall maintain | keep in good repair | maintain the premises | responsible for repairs | good condition",
        "repair | maintain | maintenance | roof | plumbing | condition | landlord | tenant",
    ),
    _concept(
        "permitted use",
        "permitted use | use of the premises | premises used for",
        "premises shall be used | used only for | permitted use | for no other purpose",
        "use | premises | purpose | residential | occupied",
    ),
    _concept(
        "animals",
        "pets | animals | dog | cat",
        "no pets | pets allowed | no dogs | no animals | animals kept | pet deposit | keep a pet",
        "pet | dog | cat | animal",
    ),
    _concept(
        "utilities",
        "utilities | electricity | water bill | heating",
        "tenant shall pay utilities | utilities shall be paid | responsible for utilities | gas electricity water",
        "utilities | electricity | water | gas | heating",
    ),
)

EMPLOYMENT = (
    _concept(
        "salary",
        "annual salary | salary | earn | how much earn | wage | how much paid | remuneration | base pay | annual pay",
        "annual salary of | base salary | salary at the rate | gross salary | per annum | remuneration shall",
        "salary | per annum | per year | wages | payroll | compensation",
    ),
    _concept(
        "bonus",
        "bonus | incentive | stock options | equity",
        "bonus of | annual bonus | eligible for a bonus | stock options | incentive compensation | discretionary bonus",
        "bonus | incentive | option | discretionary | target",
    ),
    _concept(
        "holiday and leave",
        "days of vacation | vacation | annual leave | holiday entitlement | sick leave | paid leave | parental leave",
        "days of vacation | weeks vacation | paid vacation | annual leave | entitled to days leave | sick leave | paid time off",
        "vacation | leave | holiday | days per year | accrue",
    ),
    _concept(
        "notice of termination of employment",
        "notice of termination employment | notice period | resign | resignation | dismissal | dismissed | fired | severance",
        """weeks notice | months notice | terminate employment | severance pay | days written notice | notice of resignation | termination for
        cause | gross misconduct | severance""",
        "notice | resign | severance | dismiss | cause | weeks | months",
    ),
    _concept(
        "working hours",
        "working hours | hours of work | overtime | remote work | work remotely | work from home | place of work",
        "hours per week | hours a week | working hours | normal hours | overtime | normal place of work | work remotely | work from home",
        "hours | week | overtime | remote | office | monday",
    ),
)

LITIGATION = (
    _concept(
        "deadline",
        "deadline | due by | when filed | filing date | time limit | limitation period | answer due | response due | discovery deadline",
        "no later than | on or before | within days of service | must be filed by | shall be filed | deadline | cut off | statute of limitations",
        "no later than | on or before | within days | file | serve | due",
    ),
    _concept(
        "hearing",
        "hearing | trial date | court date | trial | when hearing",
        "hearing is set for | trial date | hearing scheduled | set for trial | hearing on | appear before",
        "hearing | trial | scheduled | courtroom | am | pm",
    ),
    _concept(
        "damages claimed",
        "damages claimed | damages sought | amount claimed | relief sought | compensation claimed | what claim",
        "seeks damages | damages in the amount | prays for judgment | demand for relief | amount in controversy | claims compensation",
        "damages | judgment | relief | loss | claim | amount",
    ),
    _concept(
        "settlement",
        "settlement | settlement amount | settled for | settlement sum",
        "settlement sum | settlement amount | full and final settlement | shall pay settlement | in settlement of",
        "settlement | release | full and final | dismissal with prejudice",
    ),
    _concept(
        "injury",
        "injury | injured | injuries suffered | hurt | harmed",
        "suffered injuries | sustained injury | injured when | diagnosed with | injuries include | fracture of",
        "injury | fracture | broken | cracked | concussion | pain | wound | bruise | diagnosed",
    ),
    _concept(
        "treatment",
        "hospital | treated | treatment | surgery | doctor | medical care",
        "taken to hospital | admitted to hospital | underwent surgery | treated by | treated at | discharged from",
        "hospital | surgery | operation | doctor | dr | treated | physiotherapy | emergency room",
    ),
    _concept(
        "accident",
        "accident | accident happen | collision | crash",
        "collided with | struck | was hit by | ran the red light | accident occurred | rear ended | lost control",
        "accident | collision | collided | road | street | vehicle | driver | intersection",
    ),
)

WILLS_AND_COMPANY = (
    _concept(
        "executor",
        "executor | personal representative | who administers the estate | trustee",
        "appoint as executor | executor of my will | personal representative | nominate as executor | appoint as trustee",
        "executor | trustee | appoint | estate | alternate",
    ),
    _concept(
        "inheritance",
        "inherit | beneficiary of the will | bequest | bequeath | who gets | leave to | legacy | residuary estate | heirs",
        "I give | I bequeath | give devise and bequeath | residue of my estate | in equal shares | per stirpes | legacy of",
        "bequeath | devise | estate | residue | shares | beneficiary",
    ),
    _concept(
        "guardian",
        "guardian | guardianship | who cares for minor",
        "appoint as guardian | guardian of my minor children | guardian of the person",
        "guardian | minor | appoint",
    ),
    _concept(
        "shares",
        "shares | shareholders | share capital | shareholding | ownership percentage | who owns company | stake",
        "issued shares | shares held by | percent of the shares | ordinary shares | authorised share capital | shareholder holds | membership interest",
        "shares | shareholder | stock | percent | capital | member",
    ),
    _concept(
        "directors",
        "directors | board | appoint director | quorum",
        "board of directors shall | number of directors | appoint a director | quorum shall | directors elected",
        "director | board | quorum | vote | elect",
    ),
    _concept(
        "dividends and distributions",
        "dividend | distributions | distribution of profits",
        "declare dividends | distributions shall be made | dividend shall be paid | pro rata to members | distributable cash",
        "dividend | distribution | pro rata | members",
    ),
)

CONCEPTS = COMMERCIAL + FAMILY + PROPERTY + EMPLOYMENT + LITIGATION + WILLS_AND_COMPANY
