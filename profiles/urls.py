"""Addresses say what people look for."""

from django.urls import path

from profiles.views import audit_log, import_runs, imports, invitations, people, relations, schools, students

app_name = "profiles"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/new/", people.person_new, name="person-new"),
    path("people/<uuid:public_id>/", people.person, name="person"),
    path("people/<uuid:public_id>/roles/", people.role_give, name="role-give"),
    path("people/<uuid:public_id>/roles/<uuid:role_id>/end/", people.role_end, name="role-end"),
    path("people/<uuid:public_id>/roles/<uuid:role_id>/restore/", people.role_restore, name="role-restore"),
    path("people/<uuid:public_id>/roles/<uuid:role_id>/undo/", people.role_undo, name="role-undo"),
    path("people/<uuid:public_id>/invite/", people.person_invite, name="person-invite"),
    path("people/<uuid:public_id>/invitation/withdraw/", people.invitation_withdraw, name="invitation-withdraw"),
    path("people/<uuid:public_id>/student/", people.person_student, name="person-student"),
    path("people/<uuid:public_id>/children/", people.person_child, name="person-child"),
    path("relations/<uuid:public_id>/verify/", relations.relation_verify, name="relation-verify"),
    path("relations/<uuid:public_id>/end/", relations.relation_end, name="relation-end"),
    path("relations/<uuid:public_id>/restore/", relations.relation_restore, name="relation-restore"),
    path("relations/<uuid:public_id>/undo/", relations.relation_undo, name="relation-undo"),
    path("schools/", schools.schools, name="schools"),
    path("schools/new/", schools.school_new, name="school-new"),
    path("students/", students.students, name="students"),
    path("students/<uuid:public_id>/", students.student, name="student"),
    path("students/<uuid:public_id>/counselor/", relations.student_counselor, name="student-counselor"),
    path("audit/", audit_log.audit_log, name="audit"),
    path("audit/export/", audit_log.audit_export, name="audit-export"),
    path("audit/export/<uuid:public_id>/", audit_log.audit_file, name="audit-file"),
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/new/columns/<str:token>/", imports.import_columns, name="import-columns"),
    path("imports/settings/", imports.import_settings, name="import-settings"),
    path("imports/<uuid:public_id>/", import_runs.import_run, name="import-run"),
    path("imports/<uuid:public_id>/apply/", import_runs.import_apply, name="import-apply"),
    path("imports/<uuid:public_id>/undo/", import_runs.import_undo, name="import-undo"),
    path("imports/<uuid:public_id>/issues.csv", import_runs.import_issues, name="import-issues"),
    path("invitation/<str:token>/", invitations.invitation, name="invitation"),
]
