"""What stands beside a number: words that say it is an order, a version or a part, and no person's."""

from __future__ import annotations

import re

_THING = re.compile(
    r"(?<![A-Za-z])(?:order|tracking|invoice|ticket|reference|ref|item|part|sku|model|serial|version|build"
    r"|isbn|issn|ean|upc|gtin|doi|case|batch|lot|chassis|engine|parcel|shipment|transaction|confirmation|booking"
    r"|product|article|catalog(?:ue)?|job|bug|issue|commit|hash|usps|ups|fedex|dhl|s/n|voucher|coupon|gift[ -]card"
    r"|meter|totals?|session|request|trace|message|row|record|device|imei|timestamp|time|epoch"
    r"|pmid|arxiv|patent|docket"
    r"|bestell\w*|sendungs?\w*|rechnungs?\w*|auftrags?\w*|artikel\w*|commande|facture|pedido|factura|ordine|fattura"
    r"|(?:user|customer|client|account|game|app|page|post|thread|tx|object|internal|external|unique|vendor|asset"
    r"|file|image|video|channel|group|team|project|task|process|run|node|host|server|pod|event|entity|document|tweet)"
    r"[ _-]?id|[\"'_]id)s?"
    r"[\"'’)]*[\s_.:#=-]*(?:number|num|no|nr|id|code|nummer|key)?"
    r"[\"'’)]*[\s.:#=\"']*(?:is|was|are|of|ist|war)?[\s:#=\"'(]*\Z",
    re.IGNORECASE,
)
_NOT_ITS = re.compile(r"[#/=]\Z")
_THING_BEHIND = re.compile(
    r" ?\((?:the )?(?:order|tracking|invoice|ticket|reference|item|part|sku|model|serial|batch|lot|parcel|shipment"
    r"|chassis|engine|frame|meter|case|asset|article|product|booking|transaction|device|firmware|boiler)"
    r"(?: (?:number|no\.?|id|code))?\)",
    re.IGNORECASE,
)
"""`(chassis)`, right behind."""


def names_a_thing(text: str, start: int, end: int | None = None) -> bool:
    """True when the number from `start` to `end` is said to be something else than a person's."""
    if end is not None and _THING_BEHIND.match(text, end):
        return True
    before = text[max(0, start - 40) : start]
    return bool(_THING.search(before) or _NOT_ITS.search(before))
