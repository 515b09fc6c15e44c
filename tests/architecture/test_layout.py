"""Every app has the same names inside, so a reader who knows one app knows them all."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.urls import URLPattern, URLResolver, get_resolver

from mbl.core import audit, jobs, notify
from mbl.core.words import has_words

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ("profiles", "crediting", "hsbp", "transcripts", "equity")
OURS = [
    config for config in apps.get_app_configs() if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
]
KNOWN = {
    "access",
    "actions",
    "api",
    "apps",
    "data",
    "documents",
    "forms",
    "importers",
    "interchange",
    "jobs",
    "management",
    "migrations",
    "models",
    "notices",
    "panels",
    "queries",
    "reports",
    "rules",
    "states",
    "tasks",
    "templatetags",
    "urls",
    "verbs",
    "views",
    "words",
}

# Pages that anybody may open, by name. A page that is not named here asks for sign-in.
PUBLIC = {
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_signup",
    "core:brand-stylesheet",
    "core:health",
    "core:metrics",
    "core:set-language",
    "core:styleguide",
    "core:styleguide-shell",
    "crediting:attest",
    "crediting:attest-code",
    "crediting:attest-done",
    "crediting:policy-public",
    "crediting:policy-public-differences",
    "crediting:policy-public-file",
    "crediting:policy-public-version",
    "demo:people",
    "demo:sign-in",
    "home:data-use",
    "profiles:invitation",
    "transcripts:verify",
    "transcripts:verify-code",
}


@pytest.mark.parametrize("config", OURS, ids=lambda config: config.name)
def test_an_app_is_labelled_by_its_last_name(config: AppConfig) -> None:
    assert config.label == config.name.rpartition(".")[2]


@pytest.mark.parametrize("app", DOMAIN)
def test_a_domain_app_has_known_names_only(app: str) -> None:
    found = {path.stem for path in (ROOT / app).iterdir() if path.name not in {"__init__.py", "__pycache__"}}

    assert found <= KNOWN


@pytest.mark.parametrize("app", DOMAIN)
def test_an_app_has_at_least_its_models_and_migrations(app: str) -> None:
    assert (ROOT / app / "models" / "__init__.py").exists()
    assert (ROOT / app / "migrations" / "__init__.py").exists()


def test_verbs_jobs_and_notices_are_named_after_their_app() -> None:
    labels = {config.label for config in OURS}
    names = {*audit.verbs(), *jobs.handlers(), *notify.notices()}

    assert {name for name in names if name.split(".")[0] not in labels | {"tests"}} == set()


def test_every_reason_in_the_code_has_words() -> None:
    missing = {code for code in reasons() if not has_words(code)}

    assert missing == set()


def reasons() -> Iterator[str]:
    """The codes of all ``Reason("…")`` that stand in the code as they are."""
    for app in DOMAIN:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                is_reason = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason"
                if is_reason and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                    yield str(node.args[0].value)  # type: ignore[attr-defined]


def test_forms_that_people_type_in_come_back_after_the_sessions_end() -> None:
    """Beside the token stands ``{% form_owner %}``; forms of people who are not signed in have no owner."""
    forgotten = set()
    for path in (ROOT / "templates").rglob("*.html"):
        if path.parent.name == "account":
            continue
        for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.DOTALL):
            is_typed_in = re.search(r"{% (field|choice_cards|rubric_row) |<textarea|as_field_group|{{ form", form)
            if "csrf_token" in form and is_typed_in and "form_owner" not in form:
                forgotten.add(str(path.relative_to(ROOT)))

    assert forgotten == set()


def test_pages_without_sign_in_are_the_ones_we_know() -> None:
    # The API asks by itself and answers 401 instead of a page to sign in on; tests/api shows it.
    open_pages = {
        name for name, view in pages() if not getattr(view, "login_required", True) and not name.startswith("api:")
    }
    # The read service of CASE: published frameworks, for everybody, under two addresses.
    case = {name for name in open_pages if name.startswith("crediting:case-")}
    assert len(case) == 24
    open_pages -= case

    assert open_pages == PUBLIC


def pages(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, object]]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from pages(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", pattern.callback
