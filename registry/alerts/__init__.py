"""What needs attention: pure rules over a case, and the alerts that follow from them."""
