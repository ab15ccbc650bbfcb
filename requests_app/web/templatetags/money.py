"""Dollars on a page: always with their sign and cents, thousands apart."""

from __future__ import annotations

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def dollars(amount: Decimal | None) -> str:
    if amount is None:
        return "–"
    return f"-${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"
