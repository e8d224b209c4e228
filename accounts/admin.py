"""A window on people and customers; writing goes through operations or here for reference data."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from accounts.models import Customer

admin.site.register(Customer, SimpleHistoryAdmin)
