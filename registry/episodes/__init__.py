"""The episode of care: referral, enrolment, phases, consent, team, targets."""
