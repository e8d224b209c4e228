"""Reference data of dispatch; loads and what happened to them are written by operations alone."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from dispatch.models import Carrier, Driver, Location

admin.site.register(Carrier, SimpleHistoryAdmin)
admin.site.register(Driver, SimpleHistoryAdmin)
admin.site.register(Location, SimpleHistoryAdmin)
