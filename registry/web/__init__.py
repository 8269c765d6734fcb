"""What every page shares: headers, errors, names of assets, dates in words, health."""
