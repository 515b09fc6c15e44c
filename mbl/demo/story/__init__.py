"""The demonstration district: its roster is read by the importer, everything else is told through actions."""
