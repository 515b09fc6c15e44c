"""American English: "Nov 21, 2026", with the year always on official things; "Nov 21" in narrow places."""

DATE_FORMAT = "M j, Y"
SHORT_DATE_FORMAT = "M j"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "M j, Y, g:i A"
SHORT_DATETIME_FORMAT = "M j, g:i A"
