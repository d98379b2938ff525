"""Passwords and keys in the dialects of configuration and on command lines: told by the place they stand in.

`define('DB_PASS', '…')`, `SetEnv DB_PASS …`, `<password>…</password>`, `sshpass -p …`: what stands there is a secret
even where people have made it up of words, unless it is what manuals write in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.audit.wider import wider

SOME = (
    r"(?i:[_-]pass['\"]?\]?[ ,]?[=:, ]|(?:\A|[^a-z])pass['\"]?[=:]"
    r"|(?:\A|[^a-z])pin(?: code)? ?(?:[:=]|is |was |for |to )|identified by|bindpw|-passin|-passout"
    r"|redis-cli|ldap(?:search|modify|add)|smbclient|mongo|docker login|securestring|requirepass"
    r"|auth ?= ?\(|basicauth\(|networkcredential\(|\.login\(|chpasswd|sqlplus |expdp |impdp |net use "
    r"|wi-?fi (?:key|pass|code|pw)|(?:login|credentials) ?: ?\S|sqlcmd |bcp "
    r"|\b7z|\bzip -|\blftp |htpasswd -|:5432:|:3306:|mnemonic|(?:seed|recovery) phrase)"
)
"""What those hold (RE2) that hold nothing of `named_secrets.SOME`."""
ABROAD = (
    r"kennwort|passwort|mot de passe|contraseña|clave|senha|palavra-passe|wachtwoord|has[lł]o|heslo|lösenord|passord"
    r"|adgangskode|jelszó|şifre|parola|parolă|salasana|mật khẩu|kata sandi|пароль|κωδικός|סיסמה|كلمة المرور|كلمة السر"
    r"|पासवर्ड|รหัสผ่าน|密码|密碼|口令|パスワード|비밀번호|암호"
)
"""Password, in other languages."""
OPTION = "--(?!no-|(?:dis|en)able|skip-|ask-|without-|empty-)"
"""How an option of a command begins, unless it says that there is no password, or that one is asked for."""
_KIND = (
    r"(?:pass(?:word|wd|phrase)?|pwd|secret(?:[_-]?(?:access[_-]?)?key)?|token"
    r"|(?:api|access|auth|signing|encryption|private)[_-]?key|credentials?)"
)
_NAME = rf"[\w.-]{{0,40}}?{_KIND}(?:[_-](?:id|value|key|prod|live))?"
_BEGINS = r"(?=[pstaecPSTAEC])(?-i:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
"""Where a word begins, be it within a name. Patterns that begin with a letter or a class are passed over fast."""
_VALUE = r"[\"'`]?(?P<value>[^\s\"'`<>{}()\[\],;]{6,80})(?![\w(\[.])"
_PLACES: tuple[tuple[tuple[str, ...], re.Pattern[str], bool], ...] = tuple(
    (hints, re.compile(pattern, flags), letters)
    for pattern, flags, letters, hints in (
        (rf"[\"'](?i:{_NAME})[\"']\s?\]?\s?(?:,|=>|[=:]|value=)\s?[\"'](?P<value>[^\s\"'`<>{{}}]{{6,80}})[\"']",
         0, False, ("\"", "'")),
        (rf"\b(?:(?i:setenv)|ENV|ARG|set(?: -\w{{1,3}})?|setx|fastcgi_param|setq)\s+(?i:{_NAME})[\s=]+{_VALUE}",
         0, False, ("setenv", "env ", "arg ", "set ", "setx ", "fastcgi_param", "setq")),
        (rf"<(?i:{_NAME})(?:\s[^<>\n]{{0,60}})?>\s?(?P<value>[^\s<>]{{6,80}})\s?</", 0, False, ("</",)),
        (rf"\bname:\s?[\"']?(?i:{_NAME})[\"']?\s{{1,12}}value:\s?{_VALUE}", 0, False, ("value:",)),
        (rf"\bvariable\s\"{_NAME}\"\s?\{{[^{{}}]{{0,120}}\bdefault\s{{0,3}}=\s?{_VALUE}", re.IGNORECASE, False,
         ("variable",)),
        (r"\b(?:identified by|with (?:encrypted )?password|requirepass|masterauth|bindpw"
         rf"|convertto-securestring(?: -string)?)\s{_VALUE}"
         rf"|set_?password\([\"'](?P<quoted>[^\s\"'`<>{{}}]{{6,80}})[\"']\)", re.IGNORECASE, False,
         ("identified by", "password", "requirepass", "masterauth", "bindpw", "securestring")),
        (rf"{_BEGINS}(?:pass(?:word|wd|phrase)?|pwd)[\"']?\]?\s{{0,3}}"
         r"(?::=|=>|[=:]|['’]s\s|\s[-–—]\s"
         r"|(?:\s(?:for|of|to|on) [^.:\n]{1,40}?)?\s(?:is|was)(?: still| now| currently)?\s)"
         rf"\s{{0,3}}{_VALUE}",
         re.IGNORECASE, False, ("pass", "pwd")),
        (rf"(?:{ABROAD})\s?(?:[=:：]|\s(?:ist|lautet|est|es|é|è|is|är|er|jest|это)\s)\s{{0,3}}{_VALUE}",
         re.IGNORECASE, False, tuple(ABROAD.replace("[lł]", "ł").split("|"))),
        (rf"{_BEGINS}{_KIND}[\"']?\]?\s{{0,3}}(?::=|=>|[=:])\s{{0,3}}(?=[^\s]{{0,60}}[!#%&@^*?+]){_VALUE}",
         re.IGNORECASE, False, ("=", ":")),
        (rf"^\s{{0,8}}(?:[\w.]{{0,30}}\.)?password\s{{1,3}}{_VALUE}[ \t]*$", re.MULTILINE, False, ("password",)),
        (rf"\bsshpass -p ?{_VALUE}|\b(?:PGPASSWORD|MYSQL_PWD|SSHPASS|REDISCLI_AUTH|RESTIC_PASSWORD)=[\"']?"
         rf"(?P<quoted>[^\s\"'`<>{{}}()$]{{6,80}})",
         0, True, ("sshpass", "pgpassword", "mysql_pwd", "_auth=", "_password=")),
        (rf"\bmysql\w*\s(?:[^\n]{{0,80}}?\s)?-p(?!ort\b|rotocol|lugin|ager|refix|ipe){_VALUE}", 0, True, ("mysql",)),
        (rf"\b(?:curl|http)\s(?:[^\n]{{0,160}}?\s)?(?:-u|--user|-a)[ =]?[\"']?[^\s:'\"<>{{}}$]{{1,40}}:{_VALUE}",
         0, True, ("curl", "http")),
        (rf"{OPTION}[\w-]{{0,16}}pass(?:word|wd|phrase)?[ =]{_VALUE}",
         0, True, ("--",)),
        (rf"\b(?:docker|podman|helm|oc|az|mongo(?:sh|dump|restore)?)\s(?:[^\n]{{0,100}}?\s)?-p {_VALUE}", 0, True,
         ("docker", "podman", "helm", "oc ", "az ", "mongo")),
        (rf"(?:\bredis-cli\s(?:[^\n]{{0,80}}?\s)?-a|\bldap\w{{2,8}}\s(?:[^\n]{{0,100}}?\s)?-w|-pass(?:in|out) pass:) ?"
         rf"{_VALUE}", 0, True, ("redis-cli", "ldap", "-passin", "-passout")),
        (rf"\b(?:smbclient|rpcclient|mount\.cifs)\s(?:[^\n]{{0,80}}?\s)?-U [\w.\\/-]{{1,40}}%{_VALUE}", 0, True,
         ("smbclient", "rpcclient", "mount.cifs")),
        (r"\b(?:https?|s?ftps?|smb|afp|rsync|svn|ssh|webdavs?|imaps?|smtps?|pop3s?|ldaps?|vnc)://[^\s:/@'\"]{1,60}:"
         r"(?P<value>[^\s/@'\"<>{}]{6,80})@", 0, False, ("://",)),
        (r"(?:\bauth ?= ?|(?i:basicauth|networkcredential)|\.login)\(\s?[\"'][^\"'\n]{1,60}[\"'],\s?"
         r"[\"'](?P<value>[^\s\"'`<>{}]{6,80})[\"']\s?\)", 0, False, ("auth", "networkcredential", ".login(")),
        (r"(?<![\w.-])[\w.-]{1,32}:(?P<value>[^\s\"'`<>{}]{6,80})[\"']?\s?\|\s?(?:sudo\s)?chpasswd", 0, False,
         ("chpasswd",)),
        (r"\b(?:sqlplus|expdp|impdp)\s(?:-\w\s)?[\w.]{1,30}/(?P<value>[^\s\"'/@]{6,60})@", 0, True,
         ("sqlplus", "expdp", "impdp")),
        (rf"\bnet use\s[^\n\\]{{0,20}}\\\\\S{{1,60}}\s(?!/){_VALUE}", 0, False, ("net use",)),
        (rf"\bnet use\s[^\n\\]{{0,20}}\\\\\S{{1,60}}\s/user:\S{{1,40}}\s(?!/){_VALUE}", 0, True, ("net use",)),
        (rf"\bwi-?fi (?:key|pass(?:word|phrase|code)?|code|pw)(?:\sis|\s?[:=])\s{{0,3}}{_VALUE}", re.IGNORECASE, False,
         ("wifi", "wi-fi")),
        (rf"\b(?:login|credentials)\s?:\s?[\w.@-]{{2,40}}\s?/\s?{_VALUE}", re.IGNORECASE, False,
         ("login", "credentials")),
        (rf"\b(?:sqlcmd|bcp|zip|7z[ar]?)\s(?:[^\n]{{0,80}}?\s)?-[pP] ?{_VALUE}", 0, False,
         ("sqlcmd", "bcp ", "zip ", "7z")),
        (rf"\blftp\s(?:[^\n]{{0,60}}?\s)?-u [^\s,]{{1,40}},{_VALUE}", 0, True, ("lftp",)),
        (rf"\bhtpasswd -\w{{0,4}}b\w{{0,4}} \S{{1,80}} \S{{1,40}} {_VALUE}", 0, True, ("htpasswd",)),
        (r"^[\w.*-]{1,60}:(?:5432|3306|\*):[\w*-]{1,40}:[\w.*-]{1,40}:(?P<value>\S{6,80})$", re.MULTILINE, False,
         (":5432:", ":3306:")),
        (r"\b(?:mnemonic|(?:seed|recovery) phrase)[\"']?\s?(?:[:=]| is)\s?[\"']?"
         r"(?P<value>[a-z]{3,8}(?: [a-z]{3,8}){11,23})\b",
         re.IGNORECASE, True, ("mnemonic", "phrase")),
    )
)  # fmt: skip
"""Each with what a text that holds it holds, in small letters, and with whether letters alone are a password there."""
_STAND_IN = re.compile(
    r"pass(?:w|\b|\d|phrase)|secret|pwd|token|example|sample|change|your|^my[_-]|dummy|test|contrase|senha|parol"
    r"|foo|bar\b|baz|placeholder|redact|insert|x{3}|\*{3}|hunter2|p[a@4][s$5]{2}|qwert\w?\d{0,3}\W?\Z|abc|1234"
    r"|admin|root|user|guest|null|none|undefined|true|false|env|config|vault|string|[$<>{}%]{2}|^\$|^%\w+%$|\.\."
    r"|some|default|demo|enter|value|here$|^-|key\b",
    re.IGNORECASE,
)
"""What manuals write, and names of variables."""
_NAMED = re.compile(r"[a-z]+\d*(?:[._-][a-z0-9]+)+|[A-Z]+(?:_[A-Z0-9]+)*|[\w.-]*[/\\][\w./\\-]*|\w+://.*|[\d.:-]+|\w+-[a-z]+ed")
"""A variable, a file, an address, a number, and how something is done: `MD5-encrypted`."""
_TALK = frozenset(
    "option options argument arguments parameter parameters switch prompt prompts instead requires should cannot "
    "without followed before because command setting settings specifies specify provides allows causes enables "
    "disables required optional string integer boolean correct incorrect invalid expired "
    "password passwort kennwort wachtwoord contraseña senha hasło lösenord adgangskode salasana parola пароль".split()
)
"""Words of whoever explains a command, and of a password itself."""
_PIN = re.compile(
    r"(?:\w+ )?\bpin(?: code)?(?:\s(?:for|of|to) [^.:\n]{1,30}?)?(?:\s?[:=]\s?|\s(?:is|was)\s)"
    r"(?P<value>\d{4,5})(?![\w.,-]\d|\w)",
    re.IGNORECASE,
)
_NO_PIN = re.compile(r"(?:19|20)\d\d|12345?|23456?|98765?|54321?|4321|6789")
_SHOWN = re.compile(r"default|example|demo|test", re.IGNORECASE)
FEWEST_MIXED = 10
"""Letters, capitals and small ones all mixed, that no name of a variable is made of."""
_CASES = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def stands_in(value: str) -> bool:
    """Whether it is what manuals write in place of a password."""
    return _STAND_IN.search(value) is not None


def looks() -> tuple[str, ...]:
    """Patterns (RE2), one of which every text holds in which `find_written` finds something."""
    forms = [pattern for _, pattern, _ in _PLACES] + [_PIN]
    return tuple(map(wider, forms))


def find_written(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each value, without its name."""
    small = text.lower()
    for hints, pattern, letters in _PLACES:
        for match in pattern.finditer(text) if any(hint in small for hint in hints) else ():
            name = "value" if match.group("value") else "quoted"
            value = match.group(name).rstrip(".,:?")
            if _made_up(value, letters and match.group(name) == value):  # a word that ends a sentence is no password
                yield match.start(name), match.start(name) + len(value)
    if "pin" in small:
        yield from _pins(text)


def _pins(text: str) -> Iterator[tuple[int, int]]:
    """Numbers said to be a PIN: no year, nothing that is counted or written again and again."""
    for match in _PIN.finditer(text):
        number = match["value"]
        if len(set(number)) > 2 and not _NO_PIN.fullmatch(number) and not _SHOWN.search(match.group()):
            yield match.span("value")


def _made_up(value: str, letters: bool) -> bool:
    """Whether a person or a machine made it up for a password, rather than a name, a file or a stand-in."""
    if stands_in(value) or len(set(value)) < 5 or value.lower() in _TALK:
        return False
    if value.isalpha():
        return letters or (len(value) >= FEWEST_MIXED and 3 * len(_CASES.findall(value)) >= len(value))
    if _NAMED.fullmatch(value):
        return False
    kinds = (any(map(kind, value)) for kind in (str.isupper, str.islower, str.isdigit))
    mixed = any(map(str.isalpha, value)) and not value.replace("-", "").replace("_", "").isalpha()
    return mixed and (len(value) >= 8 or all(kinds))
