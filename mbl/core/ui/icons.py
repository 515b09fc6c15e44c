"""The icons of the product. A name that is not here cannot be drawn; ``build_icons`` joins the drawings into one file.

``TABLER`` names are outline icons of the ``@tabler/icons`` package (see ``static/vendor/VENDORED.md``); ``OWN`` are our
own drawings in ``static/img/``: the marks of mastery levels and the filled star, which no font and no package has.
"""

_TABLER = """
adjustments alert-triangle arrow-back-up arrow-left arrow-right arrows-sort at award ban bell book briefcase
building building-community bulb calendar calendar-event certificate chart-bar chart-line check checklist
chevron-down chevron-left chevron-right circle-check circle-dashed circle-plus circle-x clipboard-check clock
cloud-off compass copy database-import device-laptop download external-link eye eye-off feather file file-text
filter flag folder gavel git-compare heart-handshake help history home hourglass id-badge-2 info-circle key
keyboard language layout-grid link list-check list-details lock lock-open login logout mail map-2 menu-2 message
messages microphone minus notes paperclip pencil phone photo player-pause player-play plus printer qrcode quote
refresh report rotate route scale school search send settings share shield shield-check signature sort-ascending
sort-descending square-check star table target text-size trash upload user user-plus users versions video world x
"""
TABLER = frozenset(_TABLER.split())
OWN = frozenset(
    {"level-dash", "level-eighth", "level-quarter", "level-half", "level-most", "level-full", "level-plus"}
    | {"star-filled", "sort-both"}
)
ICONS = TABLER | OWN

# Icons that point along the line are mirrored in right-to-left text; a check or a clock is not.
POINTING = frozenset(
    {"arrow-back-up", "arrow-left", "arrow-right", "chevron-left", "chevron-right", "external-link", "login", "logout"}
    | {"send", "player-play"}
)
