"""The admin shows cards and changes nothing."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from accounts.models import User
from rating.models import FuelIndexSeries, FuelProgramme, RateCard


@pytest.mark.parametrize("model", [RateCard, FuelProgramme, FuelIndexSeries])
def test_reference_data_is_shown_and_not_changed(model):
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True)
    window = admin.site.get_model_admin(model)

    assert window.has_view_permission(request)
    assert not window.has_add_permission(request)
    assert not window.has_change_permission(request)
    assert not window.has_delete_permission(request)
