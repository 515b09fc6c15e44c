"""Colours that drawings carry as attributes, because a PDF applies no page stylesheet inside an SVG.

The same values as ``static/css/tokens.css``; a test holds the two together.
"""

INK = "#1A2421"
INK_2 = "#46524D"
INK_3 = "#5D6963"
LINE = "#DCD9CF"
LINE_STRONG = "#7B857E"
SUNKEN = "#EFEDE6"
SURFACE = "#FFFFFF"
URGENT = "#9B2C1C"

SERIES = ("#1B4F8A", "#A05E00", "#12262F", "#4A93AC")
LEVELS = {"1": "#E4EEF0", "1b": "#D0E3E6", "2": "#BBD7DC", "2b": "#8DBCC4", "3": "#2B7A86", "4": "#0E4A57"}
DOMAINS = ("#1F5A93", "#7A3E9D", "#0F6B57", "#9A4A12", "#A32C5C", "#4B5A1E")
