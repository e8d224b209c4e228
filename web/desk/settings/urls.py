"""The settings that the carrier's staff keep."""

from django.urls import path

from web.desk.settings import customers, policies

urlpatterns = [
    path("customers/", customers.customer_list, name="settings_customers"),
    path("customers/new/", customers.new_customer, name="settings_customer_new"),
    path("customers/<str:code>/", customers.customer_page, name="settings_customer"),
    path("customers/<str:code>/terms/", customers.save_terms, name="settings_terms"),
    path("customers/<str:code>/tax/", customers.save_tax, name="settings_tax"),
    path("readiness/", policies.policy_list, name="settings_policies"),
    path("readiness/new/", policies.new_policy, name="settings_policy_new"),
    path("readiness/<int:pk>/", policies.policy_page, name="settings_policy"),
    path("readiness/<int:pk>/activate/", policies.activate, name="settings_policy_activate"),
    path("readiness/<int:pk>/withdraw/", policies.withdraw, name="settings_policy_withdraw"),
]
