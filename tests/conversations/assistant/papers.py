"""Papers of ordinary cases, written for these tests, with questions: (question, words of the answer or None)."""

CUSTODY = """PARENTING AGREEMENT

This agreement is made on 4 March 2024 between Nora Feld ("Mother") and Tomas Feld ("Father").

1. Legal custody. The parents share joint legal custody of Ida, born 2 May 2016, and Emil, born 9 August 2018.
Major decisions about education, religion and medical treatment are made together.

2. Weekly schedule. The children live with Mother during the school week. Father has the children on
alternating weekends from Friday at 5:00 p.m. until Sunday at 7:00 p.m., and every Wednesday evening.

3. Holidays. The children spend Thanksgiving with Father in even-numbered years and with Mother in odd-numbered
years. Each parent has three uninterrupted weeks in the summer, to be chosen by 1 April.

4. Exchanges. All exchanges take place in the lobby of the Maple Street Library. A parent who is more than
thirty minutes late forfeits the visit unless he or she has called ahead.

5. Child support. Father shall pay $1,140 per month as child support on the first day of each month, by bank
transfer, until each child reaches the age of eighteen.

6. Health insurance. Father shall keep the children covered by the health insurance of his employer. Uninsured
medical and dental expenses are divided 60 percent to Father and 40 percent to Mother.

7. Relocation. A parent who intends to move more than 40 miles from the present residence shall give the other
parent at least ninety (90) days' written notice, and shall not relocate the children without written
agreement or an order of the court.

8. Communication. The children may telephone either parent every evening between 6:30 and 7:30 p.m. Neither
parent shall speak ill of the other in front of the children.

9. Travel. Each parent may travel abroad with the children after giving an itinerary two weeks in advance. The
passports are kept by Mother.

10. Disputes. The parents shall attempt mediation with the county family service before applying to the court.
"""

CUSTODY_QUESTIONS = (
    ("Where are the children exchanged?", "Maple Street Library"),
    ("How much notice must a parent give before relocating?", "ninety (90) days"),
    ("Who pays for health insurance?", "health insurance of his employer"),
    ("Who has custody on weekends?", "alternating weekends"),
    ("How much child support does the father pay?", "$1,140"),
    ("Who keeps the passports?", "kept by Mother"),
    ("Where do the children spend Thanksgiving?", "even-numbered"),
    ("Must the parents try mediation?", "mediation"),
    ("How are uninsured medical expenses divided?", "60 percent"),
    ("What happens when a parent is late for an exchange?", "forfeits"),
    ("May a parent travel abroad with the children?", "itinerary"),
    ("What is the mother's blood type?", None),
    ("When was the car sold?", None),
    ("Who inherits the farm?", None),
    ("What is the monthly rent of the apartment?", None),
    ("Which bank holds the mortgage?", None),
    ("Is there a non-compete clause?", None),
    ("What is the cap on liability?", None),
    ("Did the father plead guilty to the charge?", None),
    ("How many employees does the company have?", None),
    ("What is the license plate of the truck?", None),
)

LEASE = """RESIDENTIAL LEASE

1. PREMISES. Landlord lets to Tenant the second-floor apartment at 18 Quarry Lane, with one parking space.

2. TERM. The lease begins on June 1, 2023 and ends on May 31, 2025. It renews from month to month unless either
party gives sixty days' notice.

3. RENT. Tenant shall pay $1,850 each month, due on the first. A late charge of $75 applies after the fifth day.

4. DEPOSIT. Tenant has paid a security deposit of $2,775. Landlord shall return it within 21 days after Tenant
leaves, less the cost of repairing damage beyond ordinary wear.

5. REPAIRS. Landlord keeps the roof, the furnace and the plumbing in working order. Tenant shall replace light
bulbs and keep the drains clear.

6. ANIMALS. No dogs are allowed. One cat may be kept with Landlord's written permission.

7. SUBLETTING. Tenant may not sublet the apartment or assign this lease without the prior written consent of
Landlord.

8. ENTRY. Landlord may enter on 24 hours' notice to inspect the apartment or to show it to buyers, and at once
in an emergency.

9. UTILITIES. Tenant pays for electricity and internet. Landlord pays for water, heating and refuse collection.

10. LAW. This lease is construed in accordance with the laws of the State of Vermont.
"""

LEASE_QUESTIONS = (
    ("How much is the rent?", "$1,850"),
    ("When does the lease end?", "May 31, 2025"),
    ("When must the deposit be returned?", "21 days"),
    ("Who repairs the roof?", "roof"),
    ("Are pets allowed?", "One cat"),
    ("Can the tenant sublet?", "may not sublet"),
    ("When may the landlord enter the apartment?", "24 hours"),
    ("Who pays for heating?", "heating"),
    ("What is the governing law?", "Vermont"),
    ("Is there a late fee?", "late charge of $75"),
    ("What is the tenant's date of birth?", None),
    ("Who is the guardian of the children?", None),
    ("What salary does the tenant earn?", None),
    ("Who was driving the car at the time of the accident?", None),
    ("What royalty is paid on net sales?", None),
    ("Is there a right of first refusal to buy the building?", None),
    ("Is arbitration required?", None),
    ("Which court has jurisdiction?", None),
    ("Does the building have an elevator?", None),
    ("When is the trial?", None),
)

EMPLOYMENT = """OFFER OF EMPLOYMENT

Dear Ms. Okafor,

We are pleased to offer you the position of Senior Chemist at Brightwater Laboratories Ltd., starting on
15 January 2024. You will report to Dr. Lindqvist.

Your base salary will be 68,000 pounds a year, paid monthly on the 25th. You are eligible for a discretionary
bonus of up to ten per cent of your salary, decided by the board each December.

Normal hours are 37.5 a week, Monday to Friday. You may work from home on two days of the week.

You are entitled to 27 days of paid holiday a year in addition to public holidays. During sickness the company
pays your full salary for eight weeks.

The first six months are a probationary period, during which either side may end the employment on one week's
notice. Afterwards the notice period is three months.

For twelve months after leaving you will not work for, or hold an interest in, any business that competes with
the company in the field of water analysis, and you will not solicit its customers or employees.

All inventions that you make in the course of your duties belong to the company. You will keep its trade secrets
confidential during and after your employment.

A company car is not provided. Travel on business is reimbursed at 45 pence per mile.
"""

EMPLOYMENT_QUESTIONS = (
    ("What is the annual salary?", "68,000"),
    ("How many days of vacation does she have?", "27 days"),
    ("What is the notice period after probation?", "three months"),
    ("Can she work remotely?", "work from home"),
    ("Is there a non-compete clause?", "competes with"),
    ("Is she entitled to a bonus?", "discretionary"),
    ("Who owns her inventions?", "inventions"),
    ("How long is sick pay paid?", "eight weeks"),
    ("Who does she report to?", "Lindqvist"),
    ("What are the working hours?", "37.5"),
    ("Is there a severance payment?", None),
    ("What is the governing law?", None),
    ("Who has custody of the children?", None),
    ("What was the speed of the vehicle?", None),
    ("Does the agreement require mediation?", None),
    ("What pension contributions are made?", None),
    ("When did she divorce?", None),
    ("What insurance must the tenant maintain?", None),
    ("Is there an audit right?", None),
    ("What diagnosis did the doctor make?", None),
)

INJURY = """File note, telephone call with Mr. Petrov, 11 October 2023

The client was riding his bicycle north on Harbor Road at about 8:15 a.m. on 2 October when a delivery van turned
right across the cycle lane and struck him. The light was green for him. The van belongs to Quickparcel GmbH; the
driver, Mr. Adeyemi, said at the scene that he had not looked.

Witness: Ms. Clara Voss, who waited at the bus stop, saw the collision and left her number with the police.

Injuries: broken left collarbone, two cracked ribs, concussion. He was taken to St. Anne's Hospital and stayed four
nights. Surgery on 4 October, plate fitted by Dr. Rahmani. Physiotherapy is expected to last five months.

Loss: he is a self-employed piano tuner and earns about 3,200 euros a month. He cannot lift his arm and has cancelled
all work until the end of January. The bicycle cost 2,100 euros and is beyond repair.

Insurance: the insurer of the van, Nordstern Versicherung, has offered 6,000 euros. Client does not wish to accept.

Next steps: request police report; the limitation period ends on 31 December 2026. Call client on 25 October.
"""

INJURY_QUESTIONS = (
    ("Where did the accident happen?", "Harbor Road"),
    ("Who was the driver of the van?", "Adeyemi"),
    ("Which injuries did the client suffer?", "collarbone"),
    ("Who saw the collision?", "Clara Voss"),
    ("How much did the insurer offer?", "6,000"),
    ("When does the limitation period end?", "31 December 2026"),
    ("How much does the client earn?", "3,200"),
    ("Which hospital treated him?", "St. Anne"),
    ("How much did the bicycle cost?", "2,100"),
    ("Who performed the surgery?", "Rahmani"),
    ("Was the driver drunk?", None),
    ("Who owns the apartment?", None),
    ("What is the governing law of the contract?", None),
    ("Who is the executor of the will?", None),
    ("When do the children visit their grandmother?", None),
    ("Is there an anti-assignment clause?", None),
    ("What is the minimum purchase commitment?", None),
    ("How tall is the client?", None),
    ("What did the lease say about smoking?", None),
    ("Which university did the client attend?", None),
)

CASES = (
    ("custody.txt", CUSTODY, CUSTODY_QUESTIONS),
    ("lease.txt", LEASE, LEASE_QUESTIONS),
    ("employment.txt", EMPLOYMENT, EMPLOYMENT_QUESTIONS),
    ("injury.txt", INJURY, INJURY_QUESTIONS),
)
