"""Spanish as schools in the United States write it: "21 nov 2026", a point before decimals as on every transcript."""

DATE_FORMAT = "j M Y"
SHORT_DATE_FORMAT = "j M"
TIME_FORMAT = "g:i A"
DATETIME_FORMAT = "j M Y, g:i A"
SHORT_DATETIME_FORMAT = "j M, g:i A"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
