"""The papers of the demonstration firms: fictional people, written for this purpose.

Write them anew with: python -m tests.demonstration_papers lexai/operations/demonstration
"""

import sys
from pathlib import Path

from tests import papers

CUSTODY_AGREEMENT = """\
# Custody and Parenting Agreement

In the Circuit Court of Wexford County, Family Division
Case No. 2024-FAM-001

This Agreement is made on June 14, 2024 between Jane Smith of 18 Alder Lane, Wexford (the "Mother") and \
Robert Smith of 204 Quarry Road, Apartment 3B, Wexford (the "Father"). The Mother and the Father are \
together called the "Parents".

The Parents were married on May 7, 2011 and have lived apart since November 3, 2023. They have two \
children: Emma Smith, born March 12, 2015, and Oliver Smith, born September 4, 2018 (the "Children"). The \
Parents wish to settle the custody, care and support of the Children without a trial, and ask the Court to \
enter this Agreement as its order.

## 1. Definitions

1.1 "Overnight" means the period from 6:00 p.m. on one day until 8:00 a.m. on the next.

1.2 "School Calendar" means the calendar published each year by the Wexford Unified School District, \
whether or not a Child is then enrolled in one of its schools.

1.3 "Parenting Time" means the time during which a Parent has the Children in his or her care under \
Sections 4 and 5.

1.4 "Written notice" means a letter, an e-mail, or a message sent through the co-parenting application \
named in Section 11. A text message is not written notice.

1.5 "Extraordinary expense" means a single expense for a Child of more than $150 that is not covered by \
child support or by insurance.

## 2. Legal Custody

2.1 The Parents share joint legal custody of the Children. Each of them has an equal voice in major \
decisions about education, health care, religious upbringing and activities outside school.

2.2 Neither Parent may make a major decision alone. A Parent who proposes one shall give written notice \
of it to the other, who shall answer within ten (10) days. If the Parents cannot agree, Section 14 applies.

2.3 Day-to-day decisions are made by the Parent who has the Children at the time. In an emergency either \
Parent may consent to treatment and shall tell the other as soon as possible, and in any case within two \
hours.

2.4 Both Parents are entitled to receive school reports and medical records directly from the school or \
the provider, and each shall sign any release needed for that purpose.

## 3. Physical Custody and Residence

3.1 The Mother has primary physical custody of the Children. The Children reside with her at 18 Alder \
Lane, Wexford, and this is their address for school enrollment.

3.2 The Father has Parenting Time as set out in Sections 4 and 5. He shall keep a bedroom for the \
Children, with a bed for each of them, at his own residence.

3.3 Neither Parent shall smoke, or allow others to smoke, in a home or a car in which the Children are \
present.

## 4. Regular Parenting Time Schedule

4.1 Alternate weekends. The Children are with the Father every other weekend from Friday at 5:30 p.m. \
until Sunday at 6:00 p.m., beginning on Friday, June 21, 2024.

4.2 Midweek. The Children are with the Father every Wednesday from the end of the school day, or from \
3:00 p.m. when there is no school, until Thursday morning, when he takes them to school or, when there is no \
school, returns them to the Mother by 8:30 a.m.

4.3 Summer. The Father has the Children for three weeks in each summer vacation, no more than two of them \
consecutive. He shall give written notice of his weeks by April 15; if he has not done so, the Mother \
chooses them.

4.4 At all other times the Children are with the Mother.

4.5 A Parent who will be more than thirty (30) minutes late shall call the other. If the Father has not \
arrived one hour after the start of his Parenting Time and has not called, that period is forfeited, unless \
an emergency prevented the call.

4.6 Missed Parenting Time is made up within thirty (30) days when it was missed because a Child was ill. \
It is not made up when the Father's work or travel was the reason.

## 5. Holidays and Special Days

5.1 Holidays take precedence over the regular schedule.

5.2 Thanksgiving, from Wednesday at 6:00 p.m. until Friday at 6:00 p.m., is spent with the Mother in \
even-numbered years and with the Father in odd-numbered years.

5.3 The winter vacation is divided in two. The first half, from the end of school until December 26 at \
noon, is spent with the Father in even-numbered years and with the Mother in odd-numbered years; the second \
half is spent with the other Parent.

5.4 The spring vacation is spent with the Father in even-numbered years and with the Mother in \
odd-numbered years.

5.5 The Children are with the Mother on Mother's Day and with the Father on Father's Day, in each case \
from 9:00 a.m. until 7:00 p.m.

5.6 On a Child's birthday the Parent who does not have the Children may see both of them for two hours, \
between 4:00 p.m. and 6:00 p.m.

## 6. Exchange of the Children

6.1 When school is in session the Children are exchanged at their school. At all other times they are \
exchanged in the lobby of the Wexford Public Library, 75 Court Street.

6.2 Exchanges outside school take place at 5:30 p.m. on Fridays and at 6:00 p.m. on Sundays.

6.3 Only a Parent, or the maternal grandmother, Ruth Calloway, may collect the Children. Another adult may \
do so only if both Parents have agreed in writing at least twenty-four (24) hours before.

6.4 Each Parent shall send along the Children's medication, school bags, glasses and sports equipment. \
Oliver's asthma inhaler travels with him at every exchange.

6.5 The Parents shall be courteous at exchanges and shall not discuss money or this case in the \
Children's presence.

## 7. Relocation

7.1 A Parent who intends to move his or her residence shall give the other Parent written notice at least \
sixty (60) days before the move. The notice shall state the new address, the date of the move, the reasons \
for it, and a proposal for a changed schedule.

7.2 The Mother shall not move the Children's residence more than fifty (50) miles from the Wexford County \
Courthouse without the Father's written consent or an order of the Court.

7.3 A Parent who objects to a move shall do so in writing within thirty (30) days of the notice. If an \
objection is made, the Children's residence does not change until the Parents agree or the Court decides.

## 8. Child Support

8.1 The Father shall pay the Mother child support of $1,450 per month for both Children. Payment is due on \
the first day of each month, beginning July 1, 2024, and is made by bank transfer.

8.2 The amount rests on the guidelines in force at the date of this Agreement, on a gross annual income \
of $92,400 for the Father and of $58,000 for the Mother, and on the schedule in Section 4.

8.3 A payment more than five (5) days late bears interest at nine percent (9%) a year from the day on \
which it was due.

8.4 Support for a Child continues until the Child reaches the age of eighteen or finishes high school, \
whichever is later, but not beyond the age of nineteen. When support for Emma ends, the Parents shall \
compute the amount for Oliver anew.

8.5 Extraordinary expenses are shared: the Father pays sixty percent (60%) and the Mother forty percent \
(40%). A Parent who asks for a share shall send the receipt within thirty (30) days of the expense, and the \
other shall pay within thirty (30) days of receiving it.

8.6 The Parents shall exchange their income tax returns by May 1 of each year.

## 9. Health Insurance and Medical Care

9.1 The Father shall keep the Children insured under the group health plan of his employer, Northgate \
Logistics, for as long as it is available to him at reasonable cost. He shall give the Mother current \
insurance cards within ten (10) days of receiving them.

9.2 Medical, dental and vision expenses that insurance does not cover are shared as Section 8.5 provides. \
Orthodontic treatment requires the consent of both Parents.

9.3 The Children's pediatrician is Dr. Helen Osei. A change of pediatrician is a major decision.

9.4 If coverage ends for any reason, the Father shall tell the Mother within seven (7) days, and the \
Parents shall place the Children under the Mother's plan. The Father then pays sixty percent (60%) of the \
added premium.

## 10. Education

10.1 Emma attends Alder Hill Elementary School, and Oliver shall begin kindergarten there in September \
2024. A change of school is a major decision.

10.2 Both Parents may attend conferences, performances and games, whoever has the Children that day.

10.3 The Parents shall share the cost of the after-school program equally for as long as both of them work \
full time.

10.4 Each Parent shall put $100 per month into a college savings account for each Child, with the other \
Parent as successor custodian.

## 11. Communication

11.1 The Parents communicate about the Children through a co-parenting application on which they shall \
agree, and answer within forty-eight (48) hours. They call each other only in an emergency.

11.2 Each Child may speak with the other Parent by telephone or video every evening between 7:00 p.m. and \
7:30 p.m. The call is not recorded or supervised.

11.3 Neither Parent shall speak ill of the other before the Children, use them to carry messages, or show \
them papers of this case.

11.4 Neither Parent shall post photographs of the Children publicly on the internet without the consent \
of the other.

## 12. Travel Abroad and Passports

12.1 A Parent may travel with the Children within the United States during his or her own Parenting Time \
and shall give an itinerary seven (7) days before a trip of more than three nights.

12.2 Travel outside the United States requires the written consent of the other Parent, requested at least \
forty-five (45) days before departure and not to be unreasonably withheld. The request shall include flight \
details, addresses, and a telephone number.

12.3 The Mother holds the Children's passports. She shall hand them to the Father no later than seven (7) \
days before a trip to which she has consented, and he shall return them within three (3) days after it.

12.4 Both Parents shall sign applications to renew a passport within fourteen (14) days of being asked.

## 13. Right of First Refusal for Care

13.1 A Parent who cannot care for the Children for more than four (4) consecutive hours, or for an \
Overnight, during his or her own Parenting Time shall first offer that time to the other Parent.

13.2 The offer is made as early as possible, and the other Parent shall answer within two (2) hours. If \
the offer is declined or not answered, the Parent may arrange other care.

13.3 This Section does not apply to school, day camp, a night at the home of a friend, or time with the \
maternal grandmother of up to eight (8) hours.

## 14. Dispute Resolution

14.1 The Parents shall first try to settle a dispute about this Agreement between themselves, in writing.

14.2 If they have not settled it within fourteen (14) days, they shall attend at least one session of \
mediation at the Wexford Family Mediation Center before either of them asks the Court to decide. The \
mediator's fee is shared equally.

14.3 Mediation is confidential. Nothing said in it may be used in court.

14.4 Mediation is not required where a Child is in immediate danger, where support is more than thirty \
(30) days overdue, or where a Parent refuses to attend.

## 15. Modification

15.1 This Agreement may be changed only in writing, signed by both Parents and approved by the Court. A \
single exchange of days may be agreed by message and does not change this Agreement.

15.2 Either Parent may ask the Court for a modification upon a substantial change of circumstances. The \
Parents shall review the schedule together in June 2026, before Oliver enters second grade.

## 16. Governing Law and General Terms

16.1 This Agreement is governed by the laws of the State of Illinois, and the Circuit Court of Wexford \
County keeps jurisdiction over it.

16.2 If a provision is held invalid, the others remain in force.

16.3 This Agreement states everything that the Parents have agreed about the Children and replaces the \
temporary order of January 29, 2024.

16.4 Each Parent has had the advice of a lawyer of his or her own choice, has read this Agreement, and \
signs it freely.

## Signatures

Signed at Wexford on June 14, 2024.

Jane Smith, Mother
Robert Smith, Father

Witnessed by Miriam Oyelaran, Notary Public, Wexford County. Commission expires on February 28, 2027.
"""

LETTER_OPPOSING_COUNSEL = """\
# Pruitt & Langford, Attorneys at Law

410 Court Street, Suite 200, Wexford

September 9, 2024

To counsel for Jane Smith
By e-mail and first-class mail

## Re: Smith and Smith, Case No. 2024-FAM-001: request to change the parenting schedule

Dear Counsel:

As you know, this office represents Robert Smith. I write under Section 14.1 of the Custody and Parenting \
Agreement of June 14, 2024 to propose a change of the regular schedule.

Beginning on Monday, October 7, 2024, Mr. Smith's employer, Northgate Logistics, is moving him to a \
rotating shift. He will work until 9:00 p.m. on every Wednesday and will no longer be able to collect Emma \
and Oliver on that day. He learned of the change on August 28, 2024. A letter from his supervisor, Dana \
Whitlock, is enclosed.

## What Mr. Smith proposes

First, that the midweek overnight be moved from Wednesday to Thursday, with Mr. Smith collecting the \
children from school on Thursday and returning them to school on Friday morning.

Second, that his alternate weekends begin on Friday at the end of the school day in place of 5:30 p.m., \
and end on Monday morning at school in place of Sunday at 6:00 p.m. This would add one overnight to every \
second week.

Third, that the exchange when school is not in session take place at the Eastside Community Center, 1200 \
Garfield Avenue, which is eight minutes from both homes.

Mr. Smith does not ask for a change of the monthly child support of $1,450. He reserves the right to do so \
if the number of overnights rises above 110 a year; under the present schedule we count 104.

## Other matters

Mr. Smith reports that on August 16 and August 30, 2024 the children were brought to the library more than \
forty minutes late. We trust that this will not happen again. Further, he has not received Oliver's \
vaccination record, which he asked for on July 22, 2024.

Your client's invoice of $640 for Emma's summer music camp was received on August 5, 2024. Mr. Smith \
disputes it because he was not asked beforehand. Without prejudice, he is willing to pay half, that is \
$320.

Please let me have your client's answer by Friday, September 27, 2024. If we cannot agree, Mr. Smith is \
ready to attend mediation at the Wexford Family Mediation Center in the week of October 14.

This letter is written for settlement and may not be used in evidence.

Sincerely yours,

Howard Pruitt
Pruitt & Langford

Enclosure: letter of Dana Whitlock, Northgate Logistics, September 3, 2024
"""

INTAKE_NOTE = """\
NOTE OF FIRST MEETING - PRIVILEGED AND CONFIDENTIAL

Client: Jane Smith
Matter: Smith and Smith, custody and support
Date: Tuesday, January 16, 2024, 10:00 a.m. to 11:20 a.m., at our office
Referred by: Ruth Calloway (her mother), a former client

BACKGROUND
Jane Smith, 38, dental hygienist at Lakeview Dental since 2016. Married Robert Smith, 41, on May 7, 2011.
Robert moved out on November 3, 2023 and rents an apartment on Quarry Road. There is no written agreement
so far. No divorce petition has been filed by either side.

CHILDREN
Emma, aged 8, born March 12, 2015. Third grade at Alder Hill Elementary. Plays the violin.
Oliver, aged 5, born September 4, 2018. Preschool; starts kindergarten in September 2024. Has asthma, two
visits to the emergency room in 2023 (April 9 and October 21). Uses an inhaler every day.

INCOME AND HOME
Jane earns $58,000 a year before tax. Robert is a dispatcher at Northgate Logistics; she believes that he
earns about $92,000 with overtime, last seen on the joint return for 2022. The house at 18 Alder Lane is in
both names; mortgage about $186,000, payment $1,310 a month, which Jane has paid alone since December.
Joint savings of about $23,500. Robert withdrew $6,000 on November 10, 2023 without telling her.

PRESENT ARRANGEMENT
The children live with Jane. Robert takes them most Saturdays and sometimes Wednesday evening, but cancels
often: by her calendar 7 of the last 20 times. He has paid nothing for the children except $400 in December.

WORRIES
1. Robert spoke of a job with his brother in Denver. She fears that he will want to take the children there.
2. He forgot Oliver's inhaler on December 9, 2023. Oliver was short of breath that night.
3. He smokes in the car.
4. Emma has been sleeping badly since November. Her teacher, Ms. Adeyemi, suggested the school counselor.
5. Jane's passport and those of the children are in Robert's desk; she wants them back.
No violence, no threats, no drugs. Robert drinks at weekends, in her words "not more than others".

WHAT SHE WANTS
Children to live with her. Regular days on which he really comes. Support paid on a fixed date. To keep the
house if she can. She would rather have mediation than a trial.

ADVICE GIVEN
Explained joint legal custody and primary physical custody, the support guidelines, and that a move out of the
state needs consent or an order. Advised her not to change the locks and not to speak of the case with Emma.

NEXT STEPS
- Client: tax returns 2021 and 2022, last six pay stubs, calendar of visits, by January 26, 2024
- Us: petition and motion for a temporary order, by January 22, 2024
- Us: letter to Robert asking for the passports
- Retainer of $3,500 agreed; hourly rate $275
Next meeting: Thursday, February 1, 2024, at 4:00 p.m.
"""

BAKERY_LEASE = """\
# Commercial Lease

This Lease is made on March 1, 2023 between Pier Nine Properties LLC (the "Landlord") and Harbour Bakery \
Ltd (the "Tenant") for the ground floor and the basement of 9 Saltmarket Street, Port Ellery (the \
"Premises"), which measure 2,180 square feet.

## 1. Term

1.1 The term is seven (7) years. It begins on April 1, 2023 and ends on March 31, 2030.

1.2 The Tenant may renew this Lease once, for five (5) years, by written notice given no later than \
September 30, 2029, provided that it is not then in default.

## 2. Rent

2.1 The base rent is $5,200 per month in the first two years. It rises by three percent (3%) on April 1, \
2025 and on each April 1 after that.

2.2 Rent is due on the fifth day of each month. If it is not paid within seven (7) days after that, the \
Tenant owes a late charge of four percent (4%) of the amount overdue.

2.3 The Tenant pays eighteen percent (18%) of the building's real estate taxes, insurance and common \
area costs as additional rent. The Landlord shall send a statement of them by April 30 of each year.

## 3. Security Deposit

3.1 The Tenant has deposited $15,600 with the Landlord, who shall return it within forty-five (45) days \
after the end of the Lease, less the cost of repairing damage beyond ordinary wear.

## 4. Use

4.1 The Premises may be used as a bakery and café with retail sale, and for no other purpose without the \
Landlord's consent. Baking is permitted at all hours; deliveries by truck only between 5:00 a.m. and 8:00 p.m.

4.2 The Landlord shall not let another part of the building to a bakery or a coffee shop during the term.

## 5. Repairs

5.1 The Landlord shall keep the roof, the foundation, the outer walls, and the main water and sewer lines \
in good repair, and shall begin a repair within ten (10) days of written notice, or within twenty-four (24) \
hours where water is entering the Premises.

5.2 The Tenant shall maintain the interior, the ovens, the grease trap and the exhaust system, and shall \
have the exhaust system cleaned every six months.

5.3 If the Landlord fails to begin a repair in time, the Tenant may have it done and deduct the reasonable \
cost from the rent, up to two months' base rent in any year.

## 6. Alterations

6.1 The Tenant shall not make structural alterations without the Landlord's written consent. Ovens, counters \
and shelving remain the Tenant's property and may be removed at the end of the Lease.

## 7. Insurance and Damage

7.1 The Tenant shall carry general liability insurance of at least $2,000,000 for each occurrence and name \
the Landlord as an additional insured.

7.2 If the Premises cannot be used because of fire or water, rent abates in proportion to the area that \
cannot be used. If they cannot be restored within one hundred and twenty (120) days, either party may \
end this Lease.

## 8. Assignment

8.1 The Tenant may not assign this Lease or sublet without the Landlord's consent, which shall not be \
unreasonably withheld. No consent is needed for the sale of the Tenant's whole business to a buyer with a \
net worth of at least $500,000.

## 9. Default

9.1 The Tenant is in default if rent remains unpaid ten (10) days after written notice, or if another breach \
is not cured within thirty (30) days after written notice.

9.2 The Landlord may then end this Lease and shall make reasonable efforts to let the Premises again.

## 10. General

10.1 Notices are given by courier to the addresses above. This Lease is governed by the laws of the State \
of Maine.

Signed on March 1, 2023.

Constance Bell, Manager, Pier Nine Properties LLC
Tomas Arlund, Director, Harbour Bakery Ltd
"""

SITE_VISIT_NOTE = """\
NOTE OF SITE VISIT - PRIVILEGED AND CONFIDENTIAL

Client: Harbour Bakery Ltd
Matter: Lease of 9 Saltmarket Street, water damage in the basement
Visited: Wednesday, May 22, 2024, 2:00 p.m. to 3:15 p.m.
Present: Tomas Arlund (director), Lena Arlund (head baker), and the writer

WHAT WE SAW
Water enters along the north wall of the basement, from the joint of the main sewer line. Standing water of
about two inches over some 400 square feet, the whole of the flour store. Plaster is loose to a height of
three feet. A smell of mold. Photographs 1 to 34 taken by the writer.

WHAT WE WERE TOLD
First seen by Lena Arlund on Friday, May 10, 2024, at 4:30 a.m. Tomas telephoned the landlord's manager,
Constance Bell, that morning, and wrote by courier on Monday, May 13; the receipt shows delivery at 11:05
a.m. on May 14. No one has come. On May 17 Ms. Bell wrote in an e-mail that the grease trap was to blame and
that this is the tenant's affair. The grease trap was last serviced on April 2, 2024 (invoice of Coastline
Drains, $385).

LOSSES SO FAR
62 sacks of flour at $41 each: $2,542. Hire of two pumps at $95 a day since May 11. Hire of dry storage from
May 20 at $780 a month. Two wholesale orders cancelled, worth $3,100 in all. Insurer (Granite Mutual) told
on May 15.

POINTS TO CONSIDER
- The main sewer line is the landlord's to repair; 24 hours from written notice where water is entering.
- Repair by the tenant and deduction from the rent is possible, within the yearly cap.
- Rent abates for the area that cannot be used: 400 of 2,180 square feet.
- Tomas wants to stay; he does not want to end the lease.

TO DO
- Plumber's report on the cause: Bridget Hale of Hale & Daughters comes on May 24 at 9:00 a.m.
- Letter to Pier Nine Properties LLC by May 28, 2024
"""

EMPLOYMENT_CONTRACT = """\
# Employment Agreement

This Agreement is made on February 12, 2024 between Tessellate Robotics Inc. (the "Company") and Marcus \
Vale (the "Employee").

## 1. Position

1.1 The Employee is employed as Senior Controls Engineer, reports to the Vice President of Engineering, \
Priya Raman, and begins work on March 4, 2024.

1.2 The place of work is the Company's plant at 77 Foundry Way, Dunmore. The Employee may work from home \
on two days of each week.

## 2. Term and Probation

2.1 Employment is for an indefinite term. The first six (6) months are a probationary period, during which \
either party may end it on two weeks' written notice.

## 3. Pay

3.1 The base salary is $128,000 a year, paid in twenty-six equal installments.

3.2 The Employee is eligible for a yearly bonus of up to fifteen percent (15%) of base salary. A bonus is \
earned only if the Employee is employed on December 31 of the year in question, and is paid by March 15 of \
the next.

3.3 The Company shall pay a signing bonus of $10,000 with the first installment. If the Employee resigns \
within twelve months, he shall repay it in proportion to the months not served.

3.4 Subject to approval by the Board, the Employee is granted an option on 12,000 shares, which vests over \
four years, one quarter of it after the first year.

## 4. Hours and Leave

4.1 Ordinary hours are forty (40) a week. The position is exempt from overtime.

4.2 The Employee has twenty (20) days of paid vacation and ten (10) days of paid sick leave a year. Up to \
five unused vacation days may be carried into the next year.

## 5. Confidential Information and Inventions

5.1 The Employee shall keep the Company's confidential information secret during employment and for three \
(3) years after it ends; trade secrets, for as long as they remain so.

5.2 Inventions made in the course of employment belong to the Company. The Employee's earlier work, a \
library for motion planning called Heronpath, is excluded and remains his own.

## 6. Restrictions After Employment

6.1 For nine (9) months after employment ends, the Employee shall not work for a business that makes \
warehouse robots within one hundred (100) miles of Dunmore.

6.2 For twelve (12) months after employment ends, the Employee shall not solicit the Company's employees \
or customers with whom he worked.

6.3 Section 6.1 does not apply if the Company ends employment without cause.

## 7. Ending of Employment

7.1 After the probationary period either party may end employment on sixty (60) days' written notice.

7.2 If the Company ends employment without cause, it shall pay severance of four (4) months' base salary \
and the premiums for continued health coverage for the same time, provided that the Employee signs a \
release.

7.3 The Company may end employment at once for cause, which means fraud, a felony conviction, willful \
misconduct, or a material breach not cured within fifteen (15) days of written notice.

## 8. Disputes

8.1 Disputes are settled by arbitration in Scranton before a single arbitrator. The Company pays the \
arbitrator's fees. Claims that by law cannot be arbitrated are excepted.

8.2 This Agreement is governed by the laws of the Commonwealth of Pennsylvania.

Signed on February 12, 2024.

Priya Raman, for Tessellate Robotics Inc.
Marcus Vale
"""


def main(folder: Path) -> None:
    """Write the six papers into the folder."""
    for name, content in made().items():
        (folder / name).write_bytes(content)


def made() -> dict[str, bytes]:
    """Make the six papers: the name of each file, and its bytes."""
    return {
        "custody-agreement.pdf": papers.pdf([CUSTODY_AGREEMENT], title="Custody and Parenting Agreement"),
        "letter-opposing-counsel.docx": papers.docx(LETTER_OPPOSING_COUNSEL.strip().split("\n\n")),
        "intake-note.txt": INTAKE_NOTE.encode(),
        "bakery-lease.pdf": papers.pdf([BAKERY_LEASE], title="Commercial Lease"),
        "site-visit-note.txt": SITE_VISIT_NOTE.encode(),
        "employment-contract.docx": papers.docx(EMPLOYMENT_CONTRACT.strip().split("\n\n")),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
