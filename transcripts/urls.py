"""Addresses say what people look for."""

from django.urls import path

from transcripts.views import issue, own, register, transcript, verify

app_name = "transcripts"
urlpatterns = [
    path("transcripts/", register.register_list, name="transcripts"),
    path("transcripts/new/<uuid:public_id>/", issue.transcript_new, name="transcript-new"),
    path("transcripts/<uuid:public_id>/", transcript.transcript, name="transcript"),
    path("transcripts/<uuid:public_id>/progress/", transcript.transcript_progress, name="transcript-progress"),
    path("transcripts/<uuid:public_id>/file/", transcript.transcript_draw, name="transcript-draw"),
    path("transcripts/<uuid:public_id>/pdf/", transcript.transcript_pdf, name="transcript-pdf"),
    path("transcripts/<uuid:public_id>/revoke/", transcript.transcript_revoke, name="transcript-revoke"),
    path("transcript/", own.own, name="own"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:code>/", verify.verify_code, name="verify-code"),
]
