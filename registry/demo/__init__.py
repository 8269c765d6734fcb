"""An invented organisation with a year behind it: for trying the program, never beside real people."""
