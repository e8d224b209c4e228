"""The settings that the carrier's staff keep."""

from django.urls import path

from web.desk.settings import customers, duties, keys, people, policies, sign_in

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
    path("people/", people.staff_list, name="settings_people"),
    path("people/invite/", people.invite, name="settings_invite"),
    path("people/<int:pk>/", people.person_page, name="settings_person"),
    path("people/<int:pk>/role/", people.save_role, name="settings_role"),
    path("people/<int:pk>/end/", people.end, name="settings_end"),
    path("people/<int:pk>/open/", people.open_again, name="settings_open"),
    path("people/<int:pk>/link/", people.new_link, name="settings_link"),
    path("roles/", duties.duties, name="settings_duties"),
    path("keys/", keys.key_list, name="settings_keys"),
    path("keys/make/", keys.make_key, name="settings_key_make"),
    path("keys/<int:pk>/", keys.key_page, name="settings_key"),
    path("keys/<int:pk>/limit/", keys.save_limit, name="settings_key_limit"),
    path("keys/<int:pk>/revoke/", keys.revoke, name="settings_key_revoke"),
    path("sign-in/", sign_in.sign_in_page, name="settings_sign_in"),
    path("sign-in/<int:pk>/reset/", sign_in.reset_factor, name="settings_factor_reset"),
    path("sign-in/<int:pk>/unlock/", sign_in.unlock_person, name="settings_unlock"),
]
