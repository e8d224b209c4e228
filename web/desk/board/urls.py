"""Addresses of dispatchers' work: the board, and what is done to a load from it."""

from django.urls import path

from web.desk.board import accruing, acting, bulk, exporting, page, peeking, polling, saving
from web.desk.planning import page as planning
from web.desk.tenders import page as tenders

urlpatterns = [
    path("board/", page.board, name="board"),
    path("board/changes/", polling.changes, name="board_changes"),
    path("board/accruing/", accruing.accruing, name="board_accruing"),
    path("board/bulk/", bulk.bar, name="board_bulk"),
    path("board/bulk/assign/", bulk.assign_many, name="bulk_assign"),
    path("board/bulk/tell/", bulk.tell_many, name="bulk_tell"),
    path("board/export/<str:form>/", exporting.export, name="board_export"),
    path("board/views/", saving.save_view, name="view_save"),
    path("board/views/<int:pk>/drop/", saving.drop_view, name="view_drop"),
    path("loads/new/", planning.new_load, name="load_new"),
    path("loads/<str:number>/edit/", planning.edit_load, name="load_edit"),
    path("tenders/", tenders.tender_list, name="tenders"),
    path("loads/<str:number>/accept/", tenders.accept, name="tender_accept"),
    path("loads/<str:number>/decline/", tenders.decline, name="tender_decline"),
    path("loads/<str:number>/peek/", peeking.peek, name="load_peek"),
    path("loads/<str:number>/call/", acting.check_call, name="load_call"),
    path("loads/<str:number>/assign/", acting.assign, name="load_assign"),
    path("loads/<str:number>/event/", acting.add_event, name="load_tell"),
]
