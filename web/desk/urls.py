"""The desk's pages."""

from django.urls import include, path

from web.desk import search
from web.desk.backtests import page as run
from web.desk.backtests import starting as runs
from web.desk.cases import bulk, deciding
from web.desk.cases import page as case
from web.desk.fuel import listing as fuels
from web.desk.fuel import page as fuel
from web.desk.integrations import dead, inbox, outbox, overview, simulator, thread
from web.desk.invoices import deciding as bill
from web.desk.invoices import listing as invoices
from web.desk.invoices import page as invoice
from web.desk.loads import costs, documents, events
from web.desk.loads import deciding as charges
from web.desk.loads import listing as loads
from web.desk.loads import page as load
from web.desk.rates import cases as rate_cases
from web.desk.rates import comparing as rate_changes
from web.desk.rates import deciding as rate_moves
from web.desk.rates import drafting as rate_drafts
from web.desk.rates import editing as rate_lanes
from web.desk.rates import freight as rate_freight
from web.desk.rates import importing as sheets
from web.desk.rates import listing as rates
from web.desk.rates import page as rate
from web.desk.rates import terms
from web.desk.rates import trying as rate_trial
from web.desk.settings import frame as settings
from web.desk.workbench import issuing as bench
from web.desk.workbench import page as workbench

app_name = "desk"

urlpatterns = [
    path("search/", search.search, name="search"),
    path("settings/", settings.settings_front, name="settings"),
    path("settings/", include("web.desk.settings.urls")),
    path("", include("web.desk.board.urls")),
    path("", include("web.desk.dashboard.urls")),
    path("loads/", loads.load_list, name="loads"),
    path("loads/<str:number>/", load.load_page, name="load"),
    path("loads/<str:number>/documents/", documents.upload, name="document_upload"),
    path("loads/<str:number>/events/", events.add_event, name="load_event"),
    path("documents/<int:pk>/", documents.download, name="document"),
    path("documents/<int:pk>/accept/", documents.accept, name="document_accept"),
    path("documents/<int:pk>/reject/", documents.reject, name="document_reject"),
    path("loads/<str:number>/approve/", charges.approve_load, name="load_approve"),
    path("loads/<str:number>/rate/", charges.rate, name="load_rate"),
    path("loads/<str:number>/issue/", charges.issue, name="load_issue"),
    path("loads/<str:number>/charges/", charges.add, name="charge_add"),
    path("loads/<str:number>/costs/", costs.tell, name="load_cost"),
    path("charges/<int:pk>/approve/", charges.approve, name="charge_approve"),
    path("charges/<int:pk>/waive/", charges.waive, name="charge_waive"),
    path("exceptions/", case.case_queue, name="exceptions"),
    path("exceptions/bulk/<slug:action>/", bulk.preview, name="cases_bulk"),
    path("exceptions/bulk/<slug:action>/do/", bulk.carry_out, name="cases_bulk_do"),
    path("exceptions/<str:number>/", case.case_page, name="case"),
    path("exceptions/<str:number>/do/<slug:action>/", deciding.apply_way, name="case_apply"),
    path("exceptions/<str:number>/waive/", deciding.waive, name="case_waive"),
    path("exceptions/<str:number>/assign/", deciding.assign, name="case_assign"),
    path("exceptions/<str:number>/snooze/", deciding.snooze, name="case_snooze"),
    path("exceptions/<str:number>/ask/", deciding.ask, name="case_ask"),
    path("exceptions/<str:number>/undo/", deciding.undo, name="case_undo"),
    path("exceptions/<str:number>/comment/", deciding.comment, name="case_comment"),
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/preview/", bench.preview, name="workbench_preview"),
    path("workbench/issue/", bench.issue, name="workbench_issue"),
    path("workbench/hold/", bench.hold, name="workbench_hold"),
    path("workbench/release/", bench.release, name="workbench_release"),
    path("workbench/runs/<uuid:key>/", bench.run_page, name="invoice_run"),
    path("invoices/", invoices.invoice_list, name="invoices"),
    path("invoices/<str:number>/", invoice.invoice_page, name="invoice"),
    path("invoices/<str:number>/pdf/", invoice.invoice_pdf, name="invoice_pdf"),
    path("invoices/<str:number>/page-1.png", invoice.first_page, name="invoice_picture"),
    path("invoices/<str:number>/erp/", invoice.erp_state, name="invoice_erp"),
    path("invoices/<str:number>/credit/", bill.credit, name="invoice_credit"),
    path("invoices/<str:number>/letter/", bill.send, name="invoice_letter"),
    path("invoices/<str:number>/payments/", bill.pay, name="invoice_pay"),
    path("invoices/<str:number>/payments/<int:pk>/apply/", bill.apply, name="payment_apply"),
    path("invoices/<str:number>/payments/<int:pk>/void/", bill.void, name="payment_void"),
    path("rate-cards/", rates.card_list, name="rates"),
    path("rate-cards/new/", rate_drafts.new_card, name="rate_new"),
    path("rate-cards/<int:card>/", rate.open_card, name="rate_open"),
    path("rate-cards/<int:card>/draft/", rate_drafts.new_version, name="rate_draft"),
    path("rate-cards/<int:card>/v<int:number>/", rate.lanes, name="rate_card"),
    path("rate-cards/<int:card>/v<int:number>/fuel/", rate.fuel, name="rate_fuel"),
    path(
        "rate-cards/<int:card>/v<int:number>/accessorials/",
        rate.accessorials,
        name="rate_accessorials",
    ),
    path("rate-cards/<int:card>/v<int:number>/history/", rate.history, name="rate_history"),
    path("rate-cards/<int:card>/v<int:number>/floor/", rate.floor, name="rate_floor"),
    path("rate-cards/<int:card>/v<int:number>/checks/", rate.checks, name="rate_checks"),
    path("rate-cards/<int:card>/v<int:number>/cases/", rate_cases.cases, name="rate_cases"),
    path("rate-cards/<int:card>/v<int:number>/cases/save/", rate_cases.save, name="rate_case_save"),
    path(
        "rate-cards/<int:card>/v<int:number>/cases/<int:pk>/expect/",
        rate_cases.expect,
        name="rate_case_expect",
    ),
    path(
        "rate-cards/<int:card>/v<int:number>/cases/<int:pk>/remove/",
        rate_cases.remove,
        name="rate_case_remove",
    ),
    path("rate-cards/<int:card>/v<int:number>/try/", rate_trial.try_it, name="rate_try"),
    path("rate-cards/<int:card>/v<int:number>/backtests/", runs.backtests, name="rate_backtests"),
    path(
        "rate-cards/<int:card>/v<int:number>/backtests/start/",
        runs.start,
        name="rate_backtest_start",
    ),
    path("backtests/<int:pk>/", run.backtest_page, name="backtest"),
    path("backtests/<int:pk>/differences.csv", run.backtest_sheet, name="backtest_sheet"),
    path("backtests/<int:pk>/cancel/", run.cancel, name="backtest_cancel"),
    path("rate-cards/<int:card>/v<int:number>/impact/", runs.impact, name="rate_impact"),
    path("rate-cards/<int:card>/v<int:number>/compare/", rate_changes.compare, name="rate_compare"),
    path(
        "rate-cards/<int:card>/v<int:number>/compare.csv",
        rate_changes.export,
        name="rate_compare_csv",
    ),
    path("rate-cards/<int:card>/v<int:number>/imports/", sheets.imports, name="rate_imports"),
    path("rate-cards/<int:card>/v<int:number>/imports/new/", sheets.upload, name="rate_upload"),
    path("rate-cards/<int:card>/v<int:number>/lanes.<str:kind>", sheets.export, name="rate_export"),
    path("rate-imports/<int:pk>/", sheets.import_page, name="rate_import"),
    path("rate-imports/<int:pk>/answer/", sheets.answer_questions, name="rate_import_answer"),
    path("rate-imports/<int:pk>/apply/", sheets.apply, name="rate_import_apply"),
    path("rate-imports/<int:pk>/discard/", sheets.discard, name="rate_import_discard"),
    path(
        "rate-cards/<int:card>/v<int:number>/lanes/new/", rate_lanes.new_lane, name="rate_lane_new"
    ),
    path(
        "rate-cards/<int:card>/v<int:number>/lanes/<int:row>/",
        rate_lanes.lane_page,
        name="rate_lane",
    ),
    path(
        "rate-cards/<int:card>/v<int:number>/lanes/<int:row>/cell/",
        rate_lanes.change_cell,
        name="rate_cell",
    ),
    path(
        "rate-cards/<int:card>/v<int:number>/lanes/<int:row>/remove/",
        rate_lanes.remove,
        name="rate_lane_remove",
    ),
    path("rate-cards/<int:card>/v<int:number>/rules/", terms.new_rule, name="rate_rule_new"),
    path(
        "rate-cards/<int:card>/v<int:number>/rules/<str:name>/", terms.rule_page, name="rate_rule"
    ),
    path(
        "rate-cards/<int:card>/v<int:number>/rules/<str:name>/remove/",
        terms.drop_rule,
        name="rate_rule_remove",
    ),
    path("rate-cards/<int:card>/v<int:number>/settings/", terms.settings, name="rate_settings"),
    path("rate-cards/<int:card>/v<int:number>/fak/", rate_freight.fak, name="rate_fak"),
    path(
        "rate-cards/<int:card>/v<int:number>/space/<slug:measure>/",
        rate_freight.space_rule,
        name="rate_space",
    ),
    path(
        "rate-cards/<int:card>/v<int:number>/space/<slug:measure>/remove/",
        rate_freight.drop_space_rule,
        name="rate_space_remove",
    ),
    path("rate-cards/<int:card>/v<int:number>/zones/", terms.zone, name="rate_zone"),
    path(
        "rate-cards/<int:card>/v<int:number>/zones/remove/",
        terms.drop_zone,
        name="rate_zone_remove",
    ),
    path("rate-cards/<int:card>/v<int:number>/submit/", rate_moves.submit, name="rate_submit"),
    path("rate-cards/<int:card>/v<int:number>/approve/", rate_moves.approve, name="rate_approve"),
    path("rate-cards/<int:card>/v<int:number>/return/", rate_moves.send_back, name="rate_return"),
    path("rate-cards/<int:card>/v<int:number>/publish/", rate_moves.publish, name="rate_publish"),
    path(
        "rate-cards/<int:card>/v<int:number>/withdraw/",
        rate_moves.withdraw,
        name="rate_withdraw",
    ),
    path("fuel/", fuels.series_list, name="fuel"),
    path("fuel/series/<str:code>/", fuel.series_page, name="fuel_series"),
    path("fuel/series/<str:code>/values/", fuel.append_value, name="fuel_append"),
    path("fuel/programmes/new/", fuels.new_programme, name="fuel_new"),
    path("fuel/programmes/<int:pk>/", fuel.programme_page, name="fuel_programme"),
    path("integrations/", overview.overview, name="integrations"),
    path("integrations/inbox/", inbox.inbox, name="inbox"),
    path("integrations/inbox/<int:pk>/", inbox.message_page, name="message"),
    path("integrations/outbox/", outbox.outbox, name="outbox"),
    path("integrations/inbox/<int:pk>/replay/", dead.replay_message, name="message_replay"),
    path("integrations/inbox/<int:pk>/correct/", inbox.correct, name="message_correct"),
    path("integrations/inbox/<int:pk>/ignore/", inbox.ignore, name="message_ignore"),
    path("integrations/outbox/<int:pk>/", outbox.sent_page, name="sent"),
    path("integrations/outbox/<int:pk>/replay/", dead.replay_sent, name="sent_replay"),
    path("integrations/dead-letters/", dead.dead_letters, name="dead_letters"),
    path("integrations/work/<int:pk>/replay/", dead.replay_work, name="work_replay"),
    path("integrations/threads/<uuid:key>/", thread.thread_page, name="thread"),
    path("integrations/sources/<int:pk>/switch/", overview.switch, name="source_switch"),
    path("integrations/sources/<int:pk>/ask/", overview.ask, name="source_ask"),
    path("integrations/breakers/<int:pk>/probe/", overview.probe, name="breaker_probe"),
    path("integrations/simulator/", simulator.simulator, name="simulator"),
]
