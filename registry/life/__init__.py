"""What happens in a person's life beside their care: stays in hospital or jail, moves, gains and losses."""
