"""Spanish as schools in the United States write it: "21 nov 2026", a point before decimals as on every transcript."""

DATE_FORMAT = "j b Y"
SHORT_DATE_FORMAT = "j b"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "j b Y, g:i A"
SHORT_DATETIME_FORMAT = "j b, g:i A"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
