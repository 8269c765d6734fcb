"""Who the patient is: identity, contact points, likely duplicates."""
