"""What invented staff write: notes, reasons, questions, recommendations. Everyday clinical English, about nobody."""

from __future__ import annotations

TREATMENT_NOTES = (
    "Went through the week. Sleep is the main worry; agreed a fixed time to get up.",
    "Behavioural activation: two walks planned, the first with a neighbour.",
    "Talked about side effects. Takes the evening dose most days; pill box refilled together.",
    "Early warning signs reviewed. Would call us before stopping anything.",
    "Problem solving around the rent letter; will phone the landlord before Friday.",
    "Mood a little lighter. Went back to the choir once.",
    "Flat and slow today. Kept the visit short and agreed a call on Thursday.",
    "Voices present but quieter when busy. Uses headphones on the bus.",
    "Worked on the crisis card. Sister is named as the first person to call.",
    "Cut down to one drink on weekdays; proud of it.",
    "Argument at home last week, settled since. No thoughts of harming anybody.",
    "Brought the form filled in. Asked what the numbers mean; looked at the curve together.",
    "Practised asking the pharmacist about delivery.",
    "Missed two doses after a night shift. Moved the dose to the morning with the prescriber's agreement.",
    "Appetite back. Cooks twice a week.",
)

ATTEMPT_NOTES = (
    "No answer; left a message to call back.",
    "Voicemail full.",
    "Number not in service; will ask the residence.",
    "Went by the address, nobody in. Left a card.",
    "Text sent with two times to choose from.",
)

NO_SHOW_NOTES = ("Did not come. No call.", "Did not come; bus strike that day.", "Did not come, said later: overslept.")

ELSEWHERE_NOTES = (
    "Seen by the outreach team at the drop-in; calm, talked little.",
    "Injection given by the injection clinic today; no concerns passed on.",
    "Home visit by the residence nurse; medicines taken in the nurse's presence.",
)

COLLATERAL_NOTES = (
    "Sister called: sleeping better, still avoids the phone.",
    "House manager: pays rent on time, comes down for meals.",
    "Mother worried about nights awake. Told her whom to call, gave no information beyond the release.",
)

TEAM_NOTES = (
    "Handover with the injection clinic: next date agreed.",
    "Short talk with the prescriber about refills.",
    "Case talked through at the morning huddle.",
)

SCHEDULING_NOTES = (
    "Moved the visit to Tuesday.",
    "Confirmed the appointment.",
    "Asked for a later time because of work.",
)

QUESTIONS = {
    "depression": (
        "No better on the full dose for two months. Next step?",
        "Panic on most mornings although the mood is up. Add something, or wait?",
        "Gained 9 kg in half a year. Is there an alternative?",
    ),
    "bipolar": (
        "Sleeps four hours and feels wonderful. Is this the start of something?",
        "Shaking hands since the last increase. Level, or something else?",
        "Low for six weeks on lithium alone. What can be added safely?",
    ),
    "psychosis": (
        "Wants to stop the injection and take tablets again. How do we do this safely?",
        "Still hears voices on two medicines. Time to talk about clozapine?",
        "Restless since the dose went up. Akathisia?",
    ),
}

REVIEW_NEW = "New to the team. Diagnosis and past trials reviewed from the referral."

REVIEW_CHANGE = (
    "Course and adherence gone through with the care manager. Not where we want to be; plan below.",
    "Partial improvement. Dose is still in the lower half of the range.",
    "No change since the last review; the trial has been long enough to judge.",
    "Side effects weigh more than benefit at present.",
    "Worse since doses were missed. Adherence before any switch.",
)

REVIEW_STEADY = (
    "Doing as expected. Nothing urgent.",
    "Gone through with the care manager; course and plan fit.",
    "Scores, sleep and side effects reviewed.",
)

ADVICE = {
    "depression": (
        ("change-dose", "Increase sertraline from 100 mg to 150 mg; review in 4 weeks"),
        ("change-dose", "Increase venlafaxine XR to 150 mg; check blood pressure at the next visit"),
        ("start", "Add mirtazapine 15 mg at night for sleep and appetite"),
        ("start", "Add aripiprazole 2 mg in the morning"),
        ("therapy", "Begin behavioural activation, weekly for 8 weeks"),
        ("measure", "Repeat the PHQ-9 in 2 weeks, with item 9 asked in person"),
        ("stop", "Taper trazodone and stop: daytime sleepiness, no benefit"),
    ),
    "bipolar": (
        ("lab", "Lithium level 12 hours after the dose, with creatinine and TSH"),
        ("change-dose", "Increase quetiapine to 300 mg at night"),
        ("change-dose", "Lamotrigine to 100 mg by the usual steps"),
        ("stop", "Taper and stop the antidepressant while activated"),
        ("measure", "ASRM weekly for 4 weeks"),
        ("therapy", "Fixed times for sleep and meals; rhythm diary"),
        ("see", "I would like to see this person this week"),
    ),
    "psychosis": (
        ("change-dose", "Increase risperidone to 4 mg; watch for stiffness"),
        ("start", "Offer a long-acting injection; discuss both products"),
        ("lab", "Fasting glucose, lipids and prolactin"),
        ("refer", "Refer to the coordinated specialty care team for family sessions"),
        ("therapy", "CBT for psychosis, 16 sessions, when a place is free"),
        ("see", "See directly before the next refill"),
        ("measure", "BPRS-18 in 4 weeks by the same rater"),
    ),
}

CONTINUE = ("continue", "Continue as it is; look again at the date below")

DECLINED = (
    "Patient prefers not to change the dose before the wedding",
    "Tried in 2019: severe nausea",
    "Interaction with the new heart medicine",
    "Wants to try therapy first",
)
MODIFIED = (
    "Smaller step first: half of the increase, then review",
    "Started at bedtime instead of the morning",
    "Group instead of single sessions, starts sooner",
)

DANGERS = (
    (
        "self-harm",
        "the patient",
        "Said on the phone to have counted the tablets at home",
        "Stayed on the line, tablets given to brother",
    ),
    ("self-harm", "the mother", "Found a farewell note from last week", "Called the patient, visit today at 15:00"),
    (
        "threat",
        "the residence",
        "Shouted threats at a neighbour over noise",
        "Spoke with both; neighbour is staying elsewhere tonight",
    ),
    (
        "self-care",
        "the shelter",
        "Has not come to the shelter for four nights",
        "Outreach team asked to look on its round",
    ),
    (
        "self-care",
        "a neighbour",
        "Does not open the door, post is piling up",
        "Home visit planned with the peer specialist",
    ),
    ("abuse", "the patient", "Partner takes the phone and the money", "Safe number noted; advocate contacted"),
    (
        "overdose",
        "the emergency department",
        "Brought in after an overdose, discharged at night",
        "Called at 9:00, visit this afternoon",
    ),
    ("other", "the pharmacist", "Collected two prescriptions of the same medicine", "Prescriber told"),
)

PAUSES = (
    "Visiting family abroad, back after the holidays",
    "Residential rehabilitation for two months",
    "Asked for a break while starting the new job",
)

END_NOTES = {
    "graduated": "Targets held; relapse-prevention plan given, knows how to come back",
    "lost": "Letters, calls and home visits without answer; referrer told",
    "withdrew": "Prefers to see only the family doctor",
    "transferred": "Moved across town; handed over to the other clinic",
    "direct-care": "Needs closer care than we can give: taken on by the day hospital",
    "administrative": "Insurance ended; list of free services given",
    "died": "Death reported by the family",
    "other": "Moved to another state",
}

SAFE = (
    "Reached by phone. Thoughts without plan or means; crisis card gone through.",
    "Seen the same day. C-SSRS: wish to be dead, no intent. Plan reviewed.",
    "Spoke for 20 minutes. Not alone tonight, call agreed for tomorrow.",
    "Long-standing thoughts, no change. Means at home are locked away.",
)
ESCALATED = (
    "C-SSRS with intent: taken to the emergency department by a relative, admitted.",
    "Mobile crisis team visited within two hours; respite bed for three nights.",
)
NOT_A_CONCERN = ("Had misread the question; asked again, answer is no.",)
NOT_REACHED = ("No answer on either number, message left. Trying again.",)
HANDLED = (
    "Talked through in the visit; plan stands.",
    "Prescriber informed, dose change under way.",
    "Next visit moved forward.",
)
SNOOZE = (
    "Dose changed last week; judging after four weeks",
    "On holiday until then, agreed with the patient",
    "Visit already booked",
)
