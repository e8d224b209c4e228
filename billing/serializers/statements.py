"""A statement of account on its way out of the API."""

from typing import Any

from rest_framework import serializers

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class OpenItemSerializer(serializers.Serializer[Any]):
    """An open invoice; overdue from the day after it is due."""

    invoice = serializers.CharField(source="invoice.number")
    issued_on = serializers.DateField(source="invoice.issued_on")
    due_on = serializers.DateField(source="invoice.due_on")
    days_overdue = serializers.IntegerField()
    total_amount = serializers.DecimalField(source="invoice.total_amount", **MONEY)
    balance_amount = serializers.DecimalField(source="balance", **MONEY)


class AgeSerializer(serializers.Serializer[Any]):
    """What is open of one age."""

    age = serializers.CharField(source="words")
    amount = serializers.DecimalField(**MONEY)


class AccountSerializer(serializers.Serializer[Any]):
    """A customer's open items in one currency, the oldest due first.

    `owed_amount` is what is open less the money that is set against no invoice yet.
    """

    customer = serializers.CharField(source="customer.code")
    currency = serializers.CharField()
    open_amount = serializers.DecimalField(**MONEY)
    unapplied_amount = serializers.DecimalField(source="unapplied", **MONEY)
    owed_amount = serializers.DecimalField(**MONEY)
    ages = AgeSerializer(many=True)
    items = OpenItemSerializer(many=True)
