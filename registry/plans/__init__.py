"""What the person wants and agreed to: goals in their words, the safety plan, the relapse-prevention plan."""
