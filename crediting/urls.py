"""Addresses say what people look for."""

from collections.abc import Iterator

from django.urls import URLPattern, path

from crediting.views import (
    assess,
    award_file,
    award_proposals,
    case_service,
    catalog,
    decisions,
    evidence,
    history,
    ledger,
    local_standards,
    picker,
    policy,
    queue,
    requests,
    sources,
    standards,
)

app_name = "crediting"


def _case(root: str, name: str) -> Iterator[URLPattern]:
    """The addresses of the CASE 1.1 read service below ``root``."""
    base = f"{root}ims/case/v1p1/"
    yield path(f"{base}CFDocuments", case_service.documents, name=f"{name}-documents")
    views = {
        "CFDocuments": ("document", case_service.document),
        "CFPackages": ("package", case_service.package),
        "CFItems": ("item", case_service.item),
        "CFItemAssociations": ("item-associations", case_service.item_associations),
        "CFAssociations": ("association", case_service.association),
        "CFRubrics": ("rubric", case_service.rubric),
    }
    for word, (what, view) in views.items():
        yield path(f"{base}{word}/<str:identifier>", view, name=f"{name}-{what}")
    for word in ("CFAssociationGroupings", "CFConcepts", "CFItemTypes", "CFLicenses", "CFSubjects"):
        yield path(f"{base}{word}/<str:identifier>", case_service.definition, {"part": word}, name=f"{name}-{word}")


urlpatterns = [
    # --- Requests, evidence, judgements, decisions ---
    path("evidence/", evidence.evidence_list, name="evidence-list"),
    path("evidence/new/", evidence.evidence_new, name="evidence-new"),
    path("evidence/<uuid:public_id>/", evidence.evidence, name="evidence"),
    path("evidence/<uuid:public_id>/edit/", evidence.evidence_edit, name="evidence-edit"),
    path("evidence/<uuid:public_id>/discard/", evidence.evidence_discard, name="evidence-discard"),
    path("evidence/<uuid:public_id>/file/", evidence.evidence_file, name="evidence-file"),
    path("requests/", requests.requests, name="requests"),
    path("requests/new/", requests.request_new, name="request-new"),
    path("requests/<uuid:public_id>/", requests.request_detail, name="request"),
    path("requests/<uuid:public_id>/edit/", requests.request_edit, name="request-edit"),
    path("requests/<uuid:public_id>/send/", requests.request_send, name="request-send"),
    path("requests/<uuid:public_id>/withdraw/", requests.request_withdraw, name="request-withdraw"),
    path("requests/<uuid:public_id>/evidence/", requests.request_attach, name="request-attach"),
    path("requests/<uuid:public_id>/evidence/<uuid:use_id>/remove/", requests.request_detach, name="request-detach"),
    path("requests/<uuid:public_id>/teacher/", requests.request_reassign, name="request-reassign"),
    path("requests/<uuid:public_id>/assess/", assess.assess, name="request-assess"),
    path("requests/<uuid:public_id>/assess/row/", assess.assess_row, name="request-assess-row"),
    path("requests/<uuid:public_id>/return/", assess.request_return, name="request-return"),
    path("queue/", queue.queue, name="queue"),
    path("decisions/", decisions.decisions, name="decisions"),
    path("decisions/<uuid:public_id>/", decisions.decision, name="decision"),
    path("decisions/<uuid:public_id>/reverse/", decisions.decision_reverse, name="decision-reverse"),
    path("award-proposals/", award_proposals.proposals, name="award-proposals"),
    path("award-proposals/look/", award_proposals.proposals_look, name="award-proposals-look"),
    path("award-proposals/<uuid:public_id>/", award_proposals.proposal, name="award-proposal"),
    path("award-proposals/<uuid:public_id>/answer/", award_proposals.proposal_answer, name="award-proposal-answer"),
    path("decided/<uuid:public_id>/", decisions.decided, name="decided"),
    path("credits/", ledger.credits, name="credits"),
    path("history/", history.waiting, name="history-waiting"),
    path("history/awards/", award_file.award_file, name="award-file"),
    path("history/awards/make/", award_file.award_file_make, name="award-file-make"),
    path("history/awards/file/<uuid:public_id>/", award_file.award_file_download, name="award-file-download"),
    path("history/<uuid:public_id>/", history.history, name="history"),
    path("history/<uuid:public_id>/new/", history.row_new, name="history-new"),
    path("history/row/<uuid:public_id>/", history.row, name="history-row"),
    path("history/row/<uuid:public_id>/correct/", history.row_correct, name="history-correct"),
    path("history/row/<uuid:public_id>/take-back/", history.row_take_back, name="history-take-back"),
    path("history/row/<uuid:public_id>/early/", history.row_early, name="history-early"),
    path("history/held/<uuid:public_id>/", history.held, name="history-held"),
    # --- Standards, courses, policies ---
    path("standards/", standards.standards, name="standards"),
    path("standards/find/", standards.standards_find, name="standards-find"),
    path("standards/pick/", picker.pick, name="standards-pick"),
    path("standards/sources/", sources.sources, name="sources"),
    path("standards/sources/<uuid:public_id>/look/", sources.source_look, name="source-look"),
    path("standards/sources/<uuid:public_id>/stop/", sources.source_stop, name="source-stop"),
    path("standards/new/", local_standards.local_new, name="framework-new"),
    path("standards/<uuid:public_id>/", standards.framework, name="framework"),
    path("standards/<uuid:public_id>/compare/", local_standards.framework_compare, name="framework-compare"),
    path("standards/<uuid:public_id>/moves/", local_standards.framework_moves, name="framework-moves"),
    path("standards/<uuid:public_id>/publish/", local_standards.framework_withhold, name="framework-withhold"),
    path("standards/<uuid:public_id>/add/", local_standards.item_new, name="item-new"),
    path("standards/<uuid:public_id>/adopt/", standards.framework_adopt, name="framework-adopt"),
    path("standards/<uuid:public_id>/adopted/<str:starts_on>/end/", standards.adoption_end, name="adoption-end"),
    path("standard/<uuid:public_id>/", standards.standard, name="standard"),
    path("standard/<uuid:public_id>/edit/", local_standards.item_edit, name="item-edit"),
    path("standard/<uuid:public_id>/withdraw/", local_standards.item_withdraw, name="item-withdraw"),
    *_case("", "case"),
    *_case("case/<slug:code>/", "case-of-district"),
    path("catalog/", catalog.catalog, name="catalog"),
    path("catalog/new/", catalog.course_new, name="course-new"),
    path("catalog/starter/", catalog.starter, name="catalog-starter"),
    path("catalog/file/", catalog.catalog_file, name="catalog-file"),
    path("catalog/sequences/", catalog.sequences, name="sequences"),
    path("catalog/sequences/new/", catalog.sequence_new, name="sequence-new"),
    path("catalog/sequences/<uuid:public_id>/edit/", catalog.sequence_edit, name="sequence-edit"),
    path("catalog/sequences/<uuid:public_id>/remove/", catalog.sequence_remove, name="sequence-remove"),
    path("catalog/<uuid:public_id>/", catalog.course, name="course"),
    path("catalog/<uuid:public_id>/next/", catalog.pair_new, name="pair-new"),
    path("catalog/<uuid:public_id>/next/<uuid:pair>/end/", catalog.pair_end, name="pair-end"),
    path("catalog/<uuid:public_id>/edit/", catalog.course_edit, name="course-edit"),
    path("catalog/<uuid:public_id>/standards/", catalog.course_standards, name="course-standards"),
    path("policies/", policy.policies, name="policies"),
    path("policies/new/", policy.policy_new, name="policy-new"),
    path("policies/<uuid:public_id>/", policy.policy, name="policy"),
    path("policies/<uuid:public_id>/publish/", policy.policy_publish, name="policy-publish"),
    path("policies/<uuid:public_id>/close/", policy.policy_close, name="policy-close"),
    path("policies/<uuid:public_id>/discard/", policy.policy_discard, name="policy-discard"),
    path("policies/<uuid:public_id>/file/", policy.policy_file, name="policy-file"),
    path("policy/<slug:code>/", policy.policy_public, name="policy-public"),
    path("policy/<slug:code>/<uuid:public_id>/", policy.policy_public_version, name="policy-public-version"),
    path("policy/<slug:code>/<uuid:public_id>/file/", policy.policy_public_file, name="policy-public-file"),
]
