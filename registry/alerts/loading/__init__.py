"""Facts of many patients, read from the tables as the rules see them."""
