"""Wordings of a goal that ask for knowledge which changes after training: such tasks need retrieval, not tuning."""

from __future__ import annotations

import re

_NOUN = (
    r"(?:prices?|price list|rates?|exchange rates?|weather|forecasts?|news|headlines|scores?|results?|standings"
    r"|stocks?|stock level"
    r"|opening hours|schedules?|timetables?|departures|arrivals|delays|president|prime minister|chancellor"
    r"|head of \w+|ceo|minister"
    r"|status|availability|events?|balances?|traffic|deals|offers|promotions|menus?|versions?|releases?"
    r"|polic(?:y|ies)|laws?"
    r"|regulations?|rules|figures|numbers|statistics|products?|models|trends|developments|inventory|fares|fees"
    r"|salar(?:y|ies))"
)
_ALWAYS = re.compile(
    r"\b(?:up[- ]to[- ](?:date|the[- ]minute)|real[- ]time|right now|breaking (?:\w+ )?news|live (?:data|prices"
    r"|scores|results|feed)"
    r"|look(?:s|ing)? up|as (?:they|it) happens?|(?:chang\w+|updated?|vari\w+) (?:every|each|daily|weekly"
    r"|monthly|hourly|constantly|often|all the time)"
    r"|what (?:has )?(?:just )?happen(?:s|ed)\b[^.]{0,40}\b(?:today|yesterday|this \w+|lately|now)"
    r"|(?:our|the|their) (?:knowledge base|wiki|document store|intranet|latest documents)|search the (?:web"
    r"|internet))\b",
    re.IGNORECASE,
)
_WHERE_ASKED = re.compile(
    rf"\b(?:(?:latest|newest|most recent|current|present|today['’]s|tonight['’]s|tomorrow['’]s|yesterday['’]s"
    rf"|this (?:morning|week|month|year|season)['’]s|recent)"
    rf"\s+(?:[\w'’-]+\s+){{0,2}}{_NOUN}|recent (?:changes|developments|events)"
    r"|(?:stock|share|bitcoin|crypto\w*|gold|oil|fuel|petrol|house|ticket) prices?|exchange rates?"
    r"|weather forecast|weather (?:for|in)\b"
    r"|opening (?:hours|times)|(?:in|out of) stock|(?:flight|train|bus|order|delivery|parcel) status"
    r"|status of (?:\w+['’]?s? ){1,3}(?:order|flight|parcel|account|ticket)"
    r"|(?:are|is) (?:\w+ )?(?:open|available|delayed|cancelled|closed|running|free)\s*(?:now|today|tonight"
    r"|at the moment|currently)?\s*$"
    r"|(?:open|available|delayed|cancelled|on sale|running|showing|playing|happening|trending) (?:now|today"
    r"|tonight|at the moment|currently|this week)"
    r"|(?:today|tonight|tomorrow|currently|at the moment|these days)\s*[.?!]?\s*$|how (?:many|much) [^.]{0,60}\bleft\b"
    r"|\bcurrently\b|\bthis week\b|prices? of (?:a|an|the|our) (?:share|ticket|litre|barrel|coin|ounce)"
    r"|who (?:is|are) (?:the |our )?(?:\w+ )?(?:current|present|now|president|ceo|prime minister|head)"
    r"|account balance)",
    re.IGNORECASE,
)
_GIVEN_TEXT = re.compile(
    r"^\W*(?:please\s+|to\s+)?(?:sort|classif\w+|extract|summari[sz]e|translate|convert|rewrite|detect|label"
    r"|grade|turn|tag|name|correct"
    r"|shorten|mark|score|find|pull|list|identify|recogni[sz]e|decide|rate|judge|draft|rephrase|explain|assign"
    r"|route|categori[sz]e)\b",
    re.IGNORECASE,
)
"""Tasks that work on a text handed to them: what changes stands in that text."""


def fresh_phrases(sentence: str) -> tuple[str, ...]:
    """The phrases of a goal that ask for changing knowledge, lower case, each once."""
    found = [match.group(0) for match in _ALWAYS.finditer(sentence)]
    if not _GIVEN_TEXT.match(sentence):
        found += [match.group(0) for match in _WHERE_ASKED.finditer(sentence)]
    return tuple(dict.fromkeys(phrase.strip(" .?!").lower() for phrase in found))
