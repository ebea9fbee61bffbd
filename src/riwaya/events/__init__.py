"""What may be concluded from claims: thrown away and rebuilt at will."""
