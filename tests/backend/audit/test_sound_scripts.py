"""Texts that are surely read rightly: whatever is damaged is never one of them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.audit.encoding import broken_encoding, is_broken
from backend.audit.sound_scripts import not_surely_sound
from backend.domain import Example

SOUND = (
    "Мой чайник на кухне шумит уже 48 дней. Что мне делать? Позвоните: +7 931 853-95-49.",
    "Он сказал: «Приходите завтра» — и ушёл. Страница 12, пункт № 3.",
    "Мій холодильник гуде вже п'ять днів, і їжа псується.",
    "Η εφαρμογή δεν ανοίγει από χθες. Τι να κάνω;",
    "这通常意味着电线弯了。首先拔掉电源38秒，然后擦拭触点。",
    "Write to office@example.org. Напишите нам.",
)
ENCODINGS = ("cp1251", "koi8_r", "cp866", "mac_cyrillic", "cp1253", "latin-1", "cp1252", "gbk", "big5", "utf-8")


def _not_sound(text: str) -> bool:
    return not_surely_sound([Example(0, text, "yes")], [0]) == [0]


@pytest.mark.parametrize("text", SOUND)
def test_known_to_be_sound(text: str) -> None:
    assert not _not_sound(text)


@given(st.sampled_from(SOUND), st.sampled_from(ENCODINGS), st.sampled_from(ENCODINGS))
@example(SOUND[0], "utf-8", "cp1251")
@example(SOUND[0], "koi8_r", "cp1251")
@example(SOUND[4], "utf-8", "gbk")
def test_what_was_read_with_another_alphabet_is_looked_at(text: str, written: str, read: str) -> None:
    garbled = text.encode(written, "ignore").decode(read, "ignore")
    assert garbled.isascii() or not is_broken(garbled) or _not_sound(garbled)


@pytest.mark.parametrize(
    "text", ["при?ет всем", "Привеt всем", "до\ufffdброе утро", "锟斤拷", "烫烫烫烫", "Рђ РїРѕС‚РѕРј"]
)
def test_one_damaged_word_is_looked_at(text: str) -> None:
    assert _not_sound(f"{SOUND[0]} {text}")


def test_a_row_is_looked_at_for_any_of_its_texts() -> None:
    garbled = SOUND[1].encode().decode("cp1251", "ignore")
    rows = [Example(0, SOUND[0], SOUND[1]), Example(1, SOUND[0], garbled), Example(2, "Hi", SOUND[3], system=garbled)]
    assert not_surely_sound(rows, [0, 1, 2]) == [1, 2]
    assert broken_encoding(rows, not_surely_sound(rows, [0, 1, 2])) == (1, 2)
