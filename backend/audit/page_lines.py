"""Furniture of a web page that stands on a line of its own, or behind the last sentence of a line: "Read more »".

A text that is nothing else is no leftover: it may be the name of a button that is to be translated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from backend.audit import buttons
from backend.audit.page_forms import FORMS
from backend.audit.short_lines import texts_with_line
from backend.domain import Example

FEWEST_WORDS = 4
"""Of the rest of the text, so that the line is furniture around something."""

SITE = (
    r"(?:facebook|fb|twitter|x|linkedin|instagram|pinterest|whatsapp|reddit|youtube|tiktok|tumblr|google\+?|e-?mail"
    r"|telegram|mastodon|bluesky|threads|pocket|flipboard|xing|messenger|print)"
)
ITEM = (
    r"(?:home|menu|search|cart|basket|log ?in|log ?out|register|sign (?:in|up|out)|help|contact(?: us)?"
    r"|about(?: us| me)?"
    r"|products?|services|blog|news|faqs?|shop|store|(?:my )?account|checkout|wishlist|careers|jobs|support|press"
    r"|(?:privacy|cookie) ?(?:policy|notice|statement|settings|preferences)?|terms(?: (?:of (?:use|service)"
    r"|& conditions"
    r"|and conditions))?|legal(?: notice)?|site ?map|imprint|cookies|advertise(?: with us)?|subscribe|newsletter|rss"
    r"|archives?|categories|tags|back|top|next|previous|prev|main page|(?:previous|next|related|older|newer)"
    r" (?:articles?|posts?|pages?)|create (?:an )?account|forgot(?: your)? password\??|accessibility|contact|gallery"
    r"|events|donate|media|portfolio|testimonials|pricing|impressum|datenschutz(?:erklärung)?|agb|kontakt|startseite"
    r"|mentions légales|accueil|aviso legal|inicio|contacto|política de privacidad|note legali|colofon)"
)
_MORE = (
    r"(?:more|all|full|rest|original|complete|entire|desktop|mobile|larger|next)(?: (?:of|the|about|this|from|on|here"
    r"|below|posts?|comments?|articles?|details|stor(?:y|ies)|review|site|version|info(?:rmation)?|results|photos"
    r"|images?|page|text|news|topic|list))*"
)
_SHARE = r"(?:share|tweet|pin|e-?mail|print|save|like|copy|follow|bookmark|forward|post|send)"
_PIECE = r"(?:article|post|page|story|entry|recipe|link|url|video|thread)"
_PAGER = (
    r"(?:previous|prev|older|newer|next|first|last)(?: (?:posts?|pages?|articles?|story|stories|entr(?:y|ies)"
    r"|comments))?"
)
_COOKIE_USE = (
    r"we (?:and our partners|value your privacy)[^\n]*|wir (?:verwenden|nutzen) cookies[^\n]*|"
    r"[^\n]{0,80}(?:(?:this|our|these|the) (?:web)?(?:site|shop|store|page|service)s?"
    r"|\bwe)\b[^\n]{0,40}\bcookies?\b[^\n]*"
    r"|by (?:continuing|using|browsing|clicking|visiting)[^\n]{0,90}\bcookies?\b[^\n]*|cookies help us [^\n]*"
    r"|[^\n]{0,30}(?:site|seite|sitio|sito|página|strona|сайт|webbplats\w*|hjemmeside\w*)[^\n]{0,30}(?:verwendet"
    r"|nutzt|benutzt|utilise|utiliza|usa|utilizza|gebruik[^\n]{0,6}|använder|bruger|używa|korzysta|использует)"
    r"[^\n]{0,30}(?:cookie|kakor)[^\n]*"
    r"|(?:alle )?cookies (?:akzeptieren|accepteren|zulassen)|(?:tout )?accepter (?:tous )?(?:les )?cookies"
    r"|aceptar (?:todas )?(?:las )?cookies|accetta (?:tutti )?(?:i )?cookie"
)
_ABROAD = (
    r"mehr (?:lesen|erfahren|anzeigen)|weiterlesen|lire (?:la suite|plus|l['’]article)|en savoir plus|voir plus"
    r"|leer (?:más|todo)|seguir leyendo|ver más|leggi (?:tutto|anche|di più)|continua a leggere|scopri di più"
    r"|lees (?:meer|verder)|läs (?:mer|vidare)|les mer|læs mere|czytaj (?:więcej|dalej)|zobacz więcej"
    r"|číst (?:více|dále|dál)|читать (?:далее|дальше|полностью)|подробнее|devamını oku|続きを読む|もっと見る"
    r"|阅读(?:更多|全文)|查看更多|閱讀更多|더 ?보기|اقرأ المزيد|leia mais|saiba mais|ler mais"
    r"|lue lisää|citește mai mult"
    r"|zum (?:haupt)?inhalt(?: springen)?|zur navigation springen|aller au contenu(?: principal)?|retour en haut"
    r"|(?:saltar|ir) al contenido|vai al contenuto|ga naar (?:de )?inhoud|przejdź do treści|pular para o conteúdo"
    r"|перейти к содержимому|跳到主要内容|コンテンツへスキップ"
    rf"|(?:partager|teilen|compartir|condividi|delen|compartilhar|dela|udostępnij|поделиться)(?: (?:sur|auf|en"
    rf"|su|op|no"
    rf"|på|na|в|cet article|este artículo|quest['’]articolo|artikel))+(?: {SITE})*"
    r"|(?:startseite|accueil|inicio|início|strona główna|главная|首页|ホーム) ?[>»›/|] ?[^\n]{2,60}"
)
ANYWHERE = (
    r"(?:skip|jump|return|back|scroll|go back) to (?:the )?(?:main |primary |page )?(?:content|navigation|nav"
    r"|top|search"
    r"|home(?:page)?|menu|footer|index|overview|previous page|results|top of (?:the )?page)|skip (?:navigation|ads?)"
    r"|jump to: ?[^\n]{3,30}|(?:toggle|open|close|show|hide|main|mobile) (?:menu|navigation|nav(?:bar)?|sidebar)|menu"
    r"|search (?:for:|this site)"
    rf"|(?:(?:click|tap) (?:here )?(?:to|for) )?(?:read|learn|show|see|view|load|find out) {_MORE}"
    r"|continue reading(?: [^\n]{1,60})?|keep reading|full (?:story|article)|(?:see |read )?more ?(?:…|\.\.\.|»|→)"
    r"|click (?:here |(?:on )?(?:the )?(?:images? |photos? |pictures? ))?(?:to|for) (?:enlarge|more|view|expand|zoom"
    r"|(?:un)?subscribe|download)(?: \w+){0,3}"
    rf"|{_SHARE} (?:this |the )?{_PIECE}(?: (?:on|via|with|by|to)(?: \w+){{1,3}})?"
    rf"|{_SHARE} (?:this |it |us |me )?(?:on|via|to|by) (?:our )?{SITE}(?:[ ,|/·&]+(?:and "
    rf"|{_SHARE} (?:on )?)?{SITE})*"
    rf"|share(?: this)?:|pin it|tweet(?: this)?|{_SHARE}(?:[ |,/·]+(?:{_SHARE}|{SITE}|\d+|more))+"
    rf"|{SITE}(?:[ |,/·]+{SITE}){{2,}}"
    r"|(?:follow|find|join|like) (?:us|me|@\w+)(?: on [^\n]{1,40})?|copy link"
    r"|(?:un)?subscribe(?: (?:now|today|here|to|for|via|by|our|the|this|in|e-?mail|rss|newsletters?|channel|updates"
    r"|feed|daily|weekly|continue|reading|free|access|unlimited))+"
    r"|(?:sign up|register|log ?in|sign in|join)(?: (?:now|here|today|to|for|our|the|free|a|daily|weekly|newsletters?"
    r"|mailing list|updates|continue|reading|read more|comment|reply|view|post))+"
    r"|(?:log ?in|sign in)(?: ?[/|] ?| )(?:sign up|register|join)|(?:cart|basket|bag|wishlist) \(\d+\)"
    r"|already an? (?:member|subscriber|customer)\?[^\n]{0,30}"
    r"|become a (?:member|subscriber|patron)|enter your e-?mail(?: address)?(?: (?:to|here|below)[^\n]{0,40})?"
    r"|get (?:the|our) [^\n]{0,50}(?:inbox|newsletter)|to unsubscribe[^\n]{0,40}"
    r"|you (?:must|need to|have to) (?:be logged in|log in|sign in|register) to [^\n]{3,40}"
    r"|your e-?mail address will not be published[^\n]*"
    r"|advertisements?|sponsored(?: (?:content|post|links?))?|promoted(?: content| post)?|ads? by \w+"
    r"|(?:advertisement\W{1,3})?(?:article|story|content|text)?(?: ?continues?| continue reading) (?:below"
    r"|after)(?: (?:this |the )?"
    r"ad(?:vertisement)?)?|advertise with us"
    rf"|{_COOKIE_USE}|accept (?:all )?cookies|accept all(?: cookies)?[ |/]+(?:reject|decline)[^\n]{{0,20}}"
    r"|(?:cookie|privacy) (?:settings|preferences|choices)|we (?:value|respect) your privacy|your privacy choices"
    r"|do not sell (?:or share )?my (?:personal )?(?:information|info|data)"
    rf"|{ITEM}(?: ?[|·•»›] ?{ITEM})+|(?:home|you are here:?(?: home)?) ?[>»›/|] ?[^\n]{{2,60}}"
    rf"|{ITEM}(?:  ?{ITEM}){{2,}}(?: \(\d+\))?"
    r"|(?:leave|post|write|add)(?: a| your)? (?:comment|reply)(?: below| cancel reply)?|cancel reply"
    r"|(?:no|\d[\d,.]*) comments?(?: yet| so far)?|be the first to comment|comments are closed|comments? \(\d+\)"
    r"|(?:view|show|hide|load) (?:\d+ |all )?comments|report (?:abuse|this (?:post|comment|ad))|flag as inappropriate"
    r"|reply (?:report|share|quote|like|delete)|log ?in to (?:reply|comment)"
    r"|posted (?:on|by|in|at) [^\n]{2,70}|(?:published|updated|last (?:updated|modified|edited))(?: on| at"
    r"|:)? [^\n]{0,12}"
    r"\d[^\n]{0,50}|tagged(?: with| as|:) ?[^\n]{2,60}|filed under:? [^\n]{2,60}|by (?:staff[^\n]{0,20}"
    r"|admin) ?[|·,][^\n]{2,40}"
    r"|(?:estimated )?read(?:ing)? time:? ?\d+ ?min(?:ute)?s?|\d+[ -]min(?:ute)?s?(?: of)? read(?:ing)?"
    r"|\d[\d,.]*k? (?:views|shares|likes|retweets|followers)|page \d+ of \d+"
    r"|(?:image|photo|picture|video)s? ?(?:source|credits?|courtesy|via|by|:)[: ][^\n]{2,60}"
    r"|\(?(?:[\w .]+/ ?)?(?:getty images|shutterstock|istock)[^\n]{0,10}|file photo"
    r"|originally (?:published|posted|appeared) (?:on|at|in) [^\n]{2,50}|view original(?: post| article)?"
    r"|from wikipedia,? the free encyclopedia|this [\w -]{0,30}article is a stub[^\n]{0,90}"
    r"|retrieved from [\"“]?https?:[^\n]*"
    r"|by [\w.' -]{3,30} ?[|·•] ?[^\n]{0,20}\d{4}|(?:sort|filter) by(?:: ?[^\n]{2,20})?|[<‹«←] ?back"
    r"|your (?:cart|basket|bag) is empty|like ?[·|] ?reply[^\n]{0,20}|stay connected|previous page|thanks for reading!?"
    r"|alle rechte vorbehalten|tous droits réservés|todos los derechos reservados|tutti i diritti riservati"
    r"|todos os direitos reservados|nach oben|(?:navigation|main|top) menu|(?:quick|useful) links|related products"
    r"|cookie policy|help cent(?:er|re)|personal tools|view (?:in browser|history|source)"
    r"|more from (?:this|the) [^\n]{2,30}|top of (?:the )?page|[<«‹] ?(?:\d+ ){2,}(?:(?:…|\.\.\.) )?(?:\d+ )?[>»›]"
    r"|showing \d+ ?[-–] ?\d+ of \d+(?: \w+)?|go to page:?"
    r"|(?:previous|next|read next|related|see also|up next)(?: (?:post|article|page|story|stories))?: [^\n]{2,60}"
    r"|tags: [\w -]+(?:, [\w -]+)+|(?:\(c\)|©) ?(?:19|20)\d\d [^\n]{2,60}"
    rf"|[«‹<←] ?{_PAGER}[^\n]{{0,40}}|{_PAGER} ?[»›>→]|{_PAGER}(?: ?[|/·•] ?| )(?:{_PAGER}|\d+)[^\n]{{0,40}}"
    r"|(?:\d+ ){2,}(?:… ?|\.\.\. ?)?(?:\d+ )?next|next page"
    r"|(?:related|recent|popular|similar|latest|featured|older|newer|recommended|previous|next) (?:posts?|articles?"
    r"|stor(?:y|ies)|news|entries|reads|searches|videos|coverage|links|content|topics|categories|tags|resources"
    r"|reading|questions|recipes|events|items|pages|discussions|threads|comments)|go back|(?:buy|shop|order|book|call|apply|donate|watch)"
    r" (?:it )?(?:now|here|online)|play video|watch now|(?:proudly )?powered by (?:wordpress|blogger|disqus|shopify"
    r"|drupal|joomla|wix|squarespace|ghost|tumblr)|theme(?: by|:) [\w ]{2,30}|(?:website )?(?:designed|hosted) by"
    r" [\w ]{2,30}"
    r"|you (?:may|might) also (?:like|enjoy|be interested in)|recommended for you|trending(?: now)?"
    r"|most (?:popular|read|viewed|shared)(?: (?:posts|articles|stories))?"
    r"|your browser does not (?:currently )?support [^\n]{3,60}|(?:please )?(?:enable|turn on|activate) (?:javascript"
    r"|cookies)[^\n]{0,60}|(?:loading|please wait)(?:\.\.\.|…)|(?:error )?404\W{0,3}(?:page |file )?not found"
    r"|(?:error 404\W{0,3})?page not found|checking your browser[^\n]{0,40}|this video is (?:un|no longer )?available"
    r"|(?:add|added) to (?:cart|basket|bag|wish ?list|favou?rites)|(?:view|shopping|my) (?:cart|basket"
    r"|bag)(?: \(\d+\))?"
    r"|\d+ items?(?: in (?:your )?cart)?(?: ?[-:])? ?[$€£]\d[\d.,]*|(?:start|begin) (?:your )?free trial"
    r"|(?:download|get) (?:the |our )(?:app|brochure|e-?book)|download pdf|get directions"
    r"|(?:english|deutsch|français|español|italiano|nederlands|português|polski)(?:[ |/·,]+(?:english|deutsch"
    r"|français"
    r"|español|italiano|nederlands|português|polski|русский|中文|日本語))+"
    r"|(?:change|select|choose) (?:your )?(?:language|country|region)(?:: [^\n]*)?|translate this page"
    r"|(?:switch to|view) (?:the )?(?:mobile|desktop) (?:version|site)|view this e-?mail in your browser"
    r"|sent from my (?:iphone|ipad|android|samsung|blackberry|mobile)[^\n]{0,20}|listen to this article"
    r"|font size(?: [a+-]+)+|\[?edit \| edit source"
    r"|(?:var )?_gaq ?=[^\n]*|\(?adsbygoogle ?=[^\n]*|googletag\.[^\n]*|gtag\([^\n]*|window\.datalayer[^\n]*"
    r"|function ?\(d, ?s, ?id\)[^\n]*"
    rf"|{_ABROAD}"
)
LAST = (
    r"page \d+|privacy policy|terms (?:of (?:use|service)"
    r"|and conditions|& conditions)|site ?map|cookie (?:policy|notice)"
    r"|expand|collapse|close|reply|share|print|log ?in|sign in|sign up|register|subscribe"
    r"|unsubscribe|comments|see also|read more|more|ad|return to top|back to top|↑ ?top|top ↑|loading"
    r"|impressum|datenschutz(?:erklärung)?|mentions légales|politique de confidentialité|aviso legal"
    r"|política de privacida(?:d|de)|note legali|privacybeleid|polityka prywatności|политика конфиденциальности"
    r"|隐私政策|利用規約|プライバシーポリシー"
)
"""As the first line of a text these may be its heading."""

_OPEN, _SHUT = r"[\[(«‹<←→…↑☰»›|]{0,3} ?", r" ?(?:\.\.\.|[\])»›→>…:|↑+.]){0,4}[ \t\r]*"
_FIRST_LOOK = (
    *(
        rf"""(?i:["'”’)\]\s]*{_OPEN}(?:{lines}){_SHUT}\s*)"""
        for lines in (f"{ANYWHERE.replace(_COOKIE_USE, '.*(?:cookie|kakor).*')}|{LAST}", FORMS)
    ),
    buttons.first_look(),
    r"[^|·•»›/\n]{1,40}(?:(?: ?[|·•»›] ?| / )[^|·•»›/\n]{1,40})+",
)
"""What every such line is (RE2), behind a sentence with the marks that shut it. Joined they would take ten times as long."""
_LINE = re.compile(rf"{_OPEN}(?:{ANYWHERE}|{FORMS}){_SHUT}", re.IGNORECASE)
_LAST_LINE = re.compile(rf"{_OPEN}(?:{LAST}){_SHUT}", re.IGNORECASE)
_BEHIND = re.compile(rf"{_OPEN}(?:{ANYWHERE}|{FORMS}|{LAST}) ?(?:\.\.\.|[\])»›→>…:|↑+]){{0,4}}", re.IGNORECASE)
"""Behind a sentence: without a full stop, else it may be a sentence that invites to something."""
_TAIL = re.compile(r"[.!?…][\"'”’)\]]?[ \t]+(?=[^.!?\n]{1,80}(?:\.\.\.)?\s*\Z)")
_PLACE = re.compile(rf"{_OPEN}{ITEM}{_SHUT}", re.IGNORECASE)
_BAR = re.compile(r" ?[|·•»›] ?| / ")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"(?:\w+, )?(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{1,2}}\.? {_MONTH},? \d{{4}}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}})"
    r"|\d+ min(?:ute)?s? read|\d+ \w+ ago",
    re.IGNORECASE,
)
SHORTEST_MENU = 3
"""Lines."""
LONGEST, LONGEST_ON_COOKIES = 110, 260
"""Characters of a line."""


def rows_with_lines(examples: Sequence[Example]) -> set[int]:
    """Indices of examples that may hold such a line.

    Texts of one line that end with a full stop hold none, and are most.
    """
    found: set[int] = set()
    for texts in ([example.input for example in examples], [example.answer for example in examples]):
        some = [at for at, text in enumerate(texts) if text and ("\n" in text or text[-1] not in ".!?")]
        places = texts_with_line([texts[at] for at in some], _FIRST_LOOK, LONGEST_ON_COOKIES, _may_be)
        found.update(some[place] for place in places)
    return found


def _may_be(line: str) -> bool:
    line = line.lstrip("\"'”’)] \t")
    forms = (_LINE, _LAST_LINE, _BEHIND, _PLACE)
    return any(form.fullmatch(line) for form in forms) or buttons.is_button(line) or _is_bar(line)


def _is_bar(line: str) -> bool:
    """`News | Sport | Contact`, `Ann Lee · 3 May 2020`: three or more short parts of which two are parts of pages, or
    a name and when it was written."""
    parts = _BAR.split(line)
    if len(parts) < 2 or not all(0 < len(part.split()) < 5 for part in parts) or line[-1] in ".,;":
        return False
    if any(_DATE.fullmatch(part) for part in parts):
        return True
    known = sum(bool(_PLACE.fullmatch(part) or _LINE.fullmatch(part) or buttons.is_button(part)) for part in parts)
    return known == len(parts) or (len(parts) > 2 and known > 1)


def furniture(text: str, fewest: int = FEWEST_WORDS) -> list[tuple[int, int]]:
    """(start, end) of every such stretch, in order; none where the rest of the text has less than `fewest` words."""
    found = list(_stretches(text))
    left = len(text.split()) - sum(len(text[start:end].split()) for start, end in found) if found else 0
    return found if left >= fewest else []


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    end_of_text = len(text.rstrip())
    at = 0
    lines = text.split("\n")
    menus = _in_menus([line.strip() for line in lines])
    for number, line in enumerate(lines):
        bare = line.strip()
        start = at + len(line) - len(line.lstrip())
        last = start + len(bare) >= end_of_text
        short = len(bare) <= (LONGEST_ON_COOKIES if "ook" in bare or "OOK" in bare else LONGEST)
        if number in menus or (
            short
            and (
                _LINE.fullmatch(bare)
                or buttons.is_button(bare)
                or _is_bar(bare)
                or (last and start and _LAST_LINE.fullmatch(bare))
            )
        ):
            yield start, start + len(bare)
        elif (tail := _TAIL.search(bare)) and _BEHIND.fullmatch(bare, tail.end()):
            yield start + tail.end(), start + len(bare)
        at += len(line) + 1


def _in_menus(lines: Sequence[str]) -> set[int]:
    """Numbers of the lines in runs of at least three that are parts of any page: `Home`, `About us`, `Contact`."""
    found: set[int] = set()
    run: list[int] = []
    for number, line in enumerate([*lines, "."]):
        if _PLACE.fullmatch(line):
            run.append(number)
        elif line:
            found.update(run if len(run) >= SHORTEST_MENU else ())
            run = []
    return found
