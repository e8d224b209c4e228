"""Documents sent by e-mail over HTTP."""

from uuid import uuid4

from django.shortcuts import get_object_or_404
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.doors import CarriersView, NothingSerializer, described, valid, who
from accounts.api.once import answer_once
from accounts.rules import Scope
from billing.queries.documents import listed_invoices
from integrations.operations.enclosing import send_letter
from integrations.serializers import LetterSerializer


class InvoiceLettersView(CarriersView, APIView):
    """`/api/v1/invoices/{number}/letters/`"""

    scope = Scope.INVOICES_WRITE

    @described("invoices_letters_create", body=None, answer=LetterSerializer, code=202)
    def post(self, request: Request, number: str) -> Response:
        """Send a document to its customer's accounts payable, by e-mail, with its PDF."""

        def send() -> Response:
            invoice = get_object_or_404(listed_invoices(request.user), number=number)
            valid(NothingSerializer(data=request.data))
            message = send_letter(invoice, key=uuid4(), **who(request))
            told = LetterSerializer(message.body if message else {})
            return Response(told.data, status=status.HTTP_202_ACCEPTED)

        return answer_once(request, send)
