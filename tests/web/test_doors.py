"""Who may open what, page by page: a new address fails here until somebody has decided.

The doors say the same in the code (web/access.py); said twice, a door that is opened by mistake,
or left off, is seen. tests/api/test_strangers.py does it for the API.
"""

import pytest
from django.urls import URLPattern

from accounts.rules import (
    ADMINISTRATING_ROLES,
    APPROVING_ROLES,
    BILLING_ROLES,
    COST_ROLES,
    STAFF_ROLES,
    Role,
)
from tests.factories import UserFactory
from tests.factories.doors import sign_in
from tests.web.test_access import ADDRESSES, PAGES

STAFF = """
    backtest backtest_sheet board board_accruing board_bulk board_changes board_export
    bulk_assign bulk_tell case case_apply case_ask case_assign case_comment case_snooze
    case_undo case_waive cases_bulk cases_bulk_do dashboard dashboard_definitions
    dashboard_file dashboard_more dashboard_rows dashboard_rows_file dead_letters document
    document_upload exceptions fuel fuel_programme fuel_series inbox integrations invoice
    invoice_erp invoice_pdf invoice_picture invoices load load_assign load_call load_edit
    load_event load_new load_peek load_tell loads message message_ignore message_replay outbox
    rate_accessorials rate_backtests rate_card rate_cases rate_checks rate_compare
    rate_compare_csv rate_export rate_floor rate_fuel rate_history rate_open rate_try rates
    search sent settings settings_duties simulator tender_accept tender_decline tenders thread
    view_drop view_save workbench
"""
COSTS = """
    load_cost
"""
BILLING = """
    charge_add document_accept document_reject invoice_letter invoice_pay invoice_run load_approve
    load_issue load_rate payment_apply sent_replay workbench_hold workbench_issue
    workbench_preview
    workbench_release
"""
APPROVING = """
    backtest_cancel charge_approve charge_waive fuel_append fuel_new invoice_credit
    message_correct payment_void rate_approve rate_backtest_start rate_case_expect
    rate_case_remove rate_case_save rate_cell rate_draft rate_fak rate_impact rate_import
    rate_import_answer rate_import_apply rate_import_discard rate_imports rate_lane
    rate_lane_new rate_lane_remove rate_new rate_publish rate_return rate_rule rate_rule_new
    rate_rule_remove rate_settings rate_space rate_space_remove rate_submit rate_upload
    rate_withdraw rate_zone rate_zone_remove settings_company settings_customer
    settings_customer_new settings_customers settings_policies settings_policy
    settings_policy_activate settings_policy_new settings_policy_withdraw settings_tax
    settings_terms
"""
ADMINISTRATING = """
    breaker_probe settings_end settings_factor_reset settings_invite settings_key
    settings_key_limit settings_key_make settings_key_revoke settings_keys settings_link
    settings_open settings_partner settings_partner_new settings_people settings_person
    settings_role settings_sign_in settings_source settings_source_new settings_source_save
    settings_source_secret settings_sources settings_unlock source_ask source_switch
    work_replay
"""
# A customer's people, with a membership.
PORTAL = """
    document invite invoice invoice_pdf invoices invoices_zip people person_link person_remove
    shipment shipments statement statement_csv
"""
# Everybody who has signed in and belongs somewhere: what is one's own.
PERSON = """
    account_change_password account_reauthenticate me mfa_activate_totp mfa_deactivate_totp
    mfa_generate_recovery_codes mfa_index mfa_reauthenticate mfa_view_recovery_codes my_keys
    notifications sessions_end
"""
# Anybody. `mute` opens by the token of a letter, `home` leads on.
PUBLIC = """
    account_inactive account_login account_logout account_reset_password
    account_reset_password_done account_reset_password_from_key
    account_reset_password_from_key_done account_signup healthz home mfa_authenticate mute
    readyz
"""
ROLES = {
    STAFF: STAFF_ROLES,
    COSTS: COST_ROLES,
    BILLING: BILLING_ROLES,
    APPROVING: APPROVING_ROLES,
    ADMINISTRATING: ADMINISTRATING_ROLES,
}
DECIDED = {
    **{f"desk:{name}": roles for names, roles in ROLES.items() for name in names.split()},
    **{f"portal:{name}": "portal" for name in PORTAL.split()},
    **dict.fromkeys(PERSON.split(), "person"),
    **dict.fromkeys(PUBLIC.split(), "public"),
}


def name_of(route: str, pattern: URLPattern) -> str:
    door = getattr(pattern.callback, "door", "")
    prefix = "portal:" if route.startswith("portal/") else "desk:" if door == "desk" else ""
    return f"{prefix}{pattern.name}"


def test_it_is_decided_of_every_page_who_may_open_it() -> None:
    doors = {
        name_of(route, pattern): getattr(pattern.callback, "roles", pattern.callback.door)
        for route, pattern in ADDRESSES
        if hasattr(pattern.callback, "door")
    }

    assert doors == DECIDED


@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_each_role_is_kept_from_what_is_for_others(role: Role) -> None:
    browser = sign_in(UserFactory(role=role))
    closed = [
        (route, pattern)
        for route, pattern in PAGES
        if role not in getattr(pattern.callback, "roles", [role])
    ]

    opened = [
        route
        for route, _ in closed
        if {browser.get(f"/{route}").status_code, browser.post(f"/{route}").status_code} != {403}
    ]

    assert opened == []
