"""Frameworks of made-up standards as CASE packages, of any size, read by the importer like any other."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from mbl.demo.generator.roster import catalog

CHANGED = "2025-06-01T00:00:00+00:00"


def package(title: str, prefix: str, topics: list[str], *, each: int) -> dict[str, Any]:
    """A framework with one group a topic and ``each`` standards in it; the same identifiers for the same title."""

    def identifier(name: str) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://mbl.invalid/generated/{title}/{name}"))

    def link(name: str, label: str) -> dict[str, str]:
        return {"identifier": identifier(name), "uri": f"urn:uuid:{identifier(name)}", "title": label}

    items: list[dict[str, Any]] = []
    associations: list[dict[str, Any]] = []

    def add(code: str, statement: str, kind: str, parent: dict[str, str], sequence: int) -> None:
        items.append(
            link(code, "")
            | {
                "humanCodingScheme": code,
                "fullStatement": statement,
                "CFItemType": kind,
                "language": "en",
                "educationLevel": ["09", "10", "11", "12"],
                "lastChangeDateTime": CHANGED,
            }
        )
        items[-1].pop("title")
        associations.append(
            {
                "identifier": identifier(f"edge {code}"),
                "uri": f"urn:uuid:{identifier(f'edge {code}')}",
                "associationType": "isChildOf",
                "originNodeURI": link(code, code),
                "destinationNodeURI": parent,
                "sequenceNumber": sequence,
                "lastChangeDateTime": CHANGED,
            }
        )

    root = link("document", title)
    verbs = catalog()["verbs"]["list"]
    for number, topic in enumerate(topics, start=1):
        group = f"{prefix}.{number}"
        add(group, topic.capitalize(), "Cluster", root, number)
        for place in range(1, each + 1):
            statement = f"{verbs[(place - 1) % len(verbs)]} {topic}."
            add(f"{group}.{place}", statement, "Standard", link(group, group), place)
    document = root | {
        "creator": "Generated",
        "adoptionStatus": "Implemented",
        "language": "en",
        "lastChangeDateTime": CHANGED,
        "CFPackageURI": root,
    }
    return {"CFDocument": document, "CFItems": items, "CFAssociations": associations}


def write(folder: Path, name: str, content: dict[str, Any]) -> Path:
    """``content`` as a file of the folder."""
    path = folder / f"{name}.cfpackage.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
