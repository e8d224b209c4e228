"""Names of what rating tells the journal; a version's moves are named by its model."""

CARD_CREATED = "rate_card.created"
VERSION_DRAFTED = "rate_card.drafted"
VERSION_ENDED = "rate_card.ended"
PROGRAMME_CREATED = "fuel_programme.created"
INDEX_PUBLISHED = "fuel_index.published"
