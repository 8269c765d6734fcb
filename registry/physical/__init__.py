"""What is measured of a person's body, or asked about it: weight, blood, the heart, tobacco. Not scales: those are in
``measurements``; nor life events, which are in ``life``."""
