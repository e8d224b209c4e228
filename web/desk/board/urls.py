"""Addresses of dispatchers' work: the board, and what is done to a load from it."""

from django.urls import path

from web.desk.board import acting, page, peeking, polling

urlpatterns = [
    path("board/", page.board, name="board"),
    path("board/changes/", polling.changes, name="board_changes"),
    path("loads/<str:number>/peek/", peeking.peek, name="load_peek"),
    path("loads/<str:number>/call/", acting.check_call, name="load_call"),
    path("loads/<str:number>/assign/", acting.assign, name="load_assign"),
    path("loads/<str:number>/event/", acting.add_event, name="load_tell"),
]
