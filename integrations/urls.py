"""Doors of partner systems below `/in/`."""

from django.urls import path

from integrations.views import receive_webhook

urlpatterns = [path("webhooks/<slug:slug>/", receive_webhook, name="webhook")]
