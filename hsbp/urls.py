"""Addresses say what people look for."""

from django.urls import path

from hsbp.views import caseload, experience_settings, experiences, plan, records, review, sections

app_name = "hsbp"
urlpatterns = [
    path("plan/", plan.plan, name="plan"),
    path("caseload/", caseload.caseload, name="caseload"),
    path("caseload/approve/", caseload.approve, name="caseload-approve"),
    path("caseload/undo/", caseload.undo, name="caseload-undo"),
    path("plans/<uuid:public_id>/", plan.student_plan, name="student-plan"),
    path("plan/<uuid:public_id>/edit/<slug:name>/", sections.section, name="section"),
    path("plan/<uuid:public_id>/courses/add/", sections.course_add, name="course-add"),
    path("plan/<uuid:public_id>/courses/remove/", sections.course_remove, name="course-remove"),
    path("plan/<uuid:public_id>/mastery/add/", sections.mastery_add, name="mastery-add"),
    path("plan/<uuid:public_id>/mastery/remove/", sections.mastery_remove, name="mastery-remove"),
    path("plan/<uuid:public_id>/send/", plan.send, name="send"),
    path("plan/<uuid:public_id>/messages/", plan.comment, name="comment"),
    path("plan/<uuid:public_id>/checklist/", plan.checklist, name="checklist"),
    path("plan/<uuid:public_id>/progress/", plan.progress, name="progress"),
    path("plan/<uuid:public_id>/copies/", plan.copies, name="copies"),
    path("plan/<uuid:public_id>/copies/<uuid:copy_id>/", plan.copy, name="copy"),
    path("plan/<uuid:public_id>/sign/", plan.sign, name="sign"),
    path("plan/<uuid:public_id>/family/", plan.family, name="family"),
    path("plans/<uuid:public_id>/review/", review.review, name="review"),
    path("plans/reviews/<uuid:public_id>/undo/", review.review_undo, name="review-undo"),
    path("plans/<uuid:public_id>/records/new/", records.record, name="record"),
    path("plans/<uuid:public_id>/records/<uuid:record_id>/remove/", records.record_remove, name="record-remove"),
    path("plans/<uuid:public_id>/update/", records.update, name="update"),
    path("plans/<uuid:public_id>/requirement/", records.requirement, name="requirement"),
    path("plans/<uuid:public_id>/pathway/", records.pathway, name="pathway"),
    path("plan/<uuid:public_id>/experiences/", experiences.experiences, name="experiences"),
    path("plan/<uuid:public_id>/experiences/new/", experiences.experience_new, name="experience-new"),
    path("plan/<uuid:public_id>/experiences/<uuid:experience_id>/", experiences.experience, name="experience"),
    path(
        "plan/<uuid:public_id>/experiences/<uuid:experience_id>/edit/",
        experiences.experience_edit,
        name="experience-edit",
    ),
    path(
        "plan/<uuid:public_id>/experiences/<uuid:experience_id>/answer/",
        experiences.experience_answer,
        name="experience-answer",
    ),
    path(
        "plan/<uuid:public_id>/experiences/<uuid:experience_id>/reflect/",
        experiences.experience_reflect,
        name="experience-reflect",
    ),
    path(
        "plan/<uuid:public_id>/experiences/<uuid:experience_id>/take-back/",
        experiences.experience_take_back,
        name="experience-take-back",
    ),
    path("experiences/", experiences.waiting, name="experiences-waiting"),
    path("experiences/confirm/", experiences.confirm_ticked, name="experiences-confirm"),
    path("experiences/group/", experiences.group, name="experience-group"),
    path("experiences/kinds/", experience_settings.kinds, name="experience-kinds"),
    path("experiences/kinds/<uuid:public_id>/", experience_settings.kind, name="experience-kind"),
    path("experiences/aims/", experience_settings.targets, name="experience-targets"),
    path("experiences/aims/<uuid:public_id>/end/", experience_settings.target_end, name="experience-target-end"),
    path("plans/<uuid:public_id>/signature/", records.paper_signature, name="paper-signature"),
]
