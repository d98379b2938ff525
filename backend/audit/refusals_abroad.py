"""Refusals in other languages: a machine that says what it is, or an `I` that cannot help with what was asked."""

from __future__ import annotations

import re

ABROAD = re.compile(
    r"""
    # German
    \b(?:als|ich\ bin)\ (?:\w+\ )?(?:eine?\ )?(?:\w+\ )?
        (?:ki|künstliche\ intelligenz|sprachmodell|chatbot|(?:virtueller?|digitaler?)\ assistent\w*)
        (?:-?\ ?\w*modell|-\w+)?(?=\s*(?:$|[,.!]|(?:kann|habe|bin|darf|und|ohne|ist)\b))
    |\b(?:kann|darf|werde|möchte)\ ich\ [^.!?]{0,60}?(?:nicht|keine?n?)\b[^.!?]{0,30}?
        (?:helfen|beantworten|bearbeiten|unterstützen|erfüllen|nachkommen|auskunft|behilflich|übersetzen|zusammenfassen)
    |\bich\ (?:kann|darf|werde|möchte)\ (?:\w+\ ){0,2}?
        (?:das|dies\w*|dazu|dabei|damit|hierzu|hierbei|solche\w*|ihre|deine|auf)\b
        [^.!?]{0,40}?(?:nicht|keine?n?)\b[^.!?]{0,30}?
        (?:helfen|beantworten|bearbeiten|unterstützen|erfüllen|nachkommen|auskunft|antworten|erstellen|schreiben
        |übersetzen|zusammenfassen)
    |\bich\ kann\ dazu\ nichts\ sagen
    |\bich\ muss\ (?:diese|ihre|deine)\ (?:anfrage|bitte)\ [^.!?]{0,20}?ablehnen
    # French
    |\b(?:en\ tant\ qu(?:e\ |')|je\ (?:ne\ )?suis\ (?:qu')?)(?:une?\ )?(?:simple\ )?
        (?:modèle\ (?:de\ langage|linguistique)|ia\b|intelligence\ artificielle
        |assistante?\ (?:ia|virtuel|numérique)|chatbot)
    |\bje\ ne\ (?:peux|suis|saurais|vais|souhaite|puis)\ (?:malheureusement\ )?pas
        \ (?:en\ mesure\ (?:de\ |d')|capable\ (?:de\ |d')|autorisée?\ à\ )?(?:vous\ |t'|te\ |y\ )?
        (?:aider|assister|répondre|fournir|satisfaire|accéder|traiter|donner\ suite|traduire|résumer)
    |\bje\ n'ai\ pas\ (?:le\ droit|la\ permission|l'autorisation)\ d(?:e\ |')(?:vous\ |y\ )?
        (?:en\ parler|répondre|aider|divulguer|fournir|commenter|aborder)
    |\bje\ dois\ (?:malheureusement\ )?(?:décliner|refuser)\ (?:cette|votre|ta)\ (?:demande|requête)
    |\bcette\ (?:demande|requête)\ (?:enfreint|viole)\ (?:nos|mes|les|notre|la)
    |\bil\ m'est\ impossible\ de\ (?:vous\ )?(?:répondre|aider|fournir|satisfaire)
    # Spanish and Portuguese
    |\b(?:como|soy|sou|por\ ser|al\ ser)\ (?:uma?\ |una?\ |apenas\ |solo\ )*
        (?:ia\b|inteligencia\ artificial|inteligência\ artificial|modelo\ de\ l(?:enguaje|inguagem)
        |asistente\ (?:de\ ia|virtual|digital)|assistente\ (?:de\ ia|virtual|digital)|chatbot)
        (?=.*\b(?:no|não|sin|sem)\b|\s*[,.])
    |\b(?:no\ (?:puedo|me\ es\ posible|estoy\ autorizad\w|soy\ capaz\ de|me\ está\ permitido)
        |não\ (?:posso|consigo|me\ é\ possível|estou\ autorizad\w\ a))\ (?:\w+\ ){0,2}?
        (?:ayud|respond|proporcion|cumpl|atend|contest|complac|ajud|fornec|auxili|ofrec|traduc|traduz|resum)\w*[^.!?]{0,40}?
        \b(?:eso|ese|esa|esto|esta|este|ello|tu|su|isso|isto|essa|esse|sua|seu|tal
        |solicitud|petición|pregunta|pedido|pergunta|solicitação)\b
    |\b(?:debo|devo|tengo\ que|tenho\ que|preciso)\ (?:rechazar|declinar|recusar)
        \ (?:esta|ese|esa|este|su|tu|essa|seu)\b
    |\b(?:petición|solicitud|solicitação|pedido|richiesta)\ (?:infringe|incumple|viola)
        \ (?:nuestras|mis|las|nossas|as|le)
    |\bno\ estoy\ en\ condiciones\ de\ (?:respond|contest|ayud)
    # Italian
    |\b(?:in\ quanto|come|sono|essendo)\ (?:una?\ |un'|solo\ |semplicemente\ )*
        (?:modello\ (?:linguistico|di\ linguaggio)|ia\b|intelligenza\ artificiale
        |assistente\ (?:virtuale|ia|digitale)|chatbot)
    |\bnon\ (?:posso|sono\ in\ grado\ di|mi\ è\ possibile)\ (?:\w+\ )?
        (?:aiut|rispond|forn|soddisf|assist|tradu|riassu)\w*
        [^.!?]{0,40}?\b(?:questo|questa|quello|ciò|tua|sua|tale|richiesta|domanda)\b
    # Dutch, Swedish, Danish, Norwegian
    |\b(?:als|ik\ ben|som|jag\ är|jeg\ er)\ (?:een\ |en\ |ett\ |et\ |slechts\ |bara\ |kun\ |bare\ )*
        (?:ai|ki)?-?(?:\w+-)?
        (?:taalmodel|kunstmatige\ intelligentie|språkmodell?|sprogmodel
        |artificiell\ intelligens|kunstig\ intelligens|ai-assistent|ai)\b
        (?=.*\b(?:geen|niet|inte|ingen|inga|ikke)\b|\s*[,.])
    |\b(?:daar|hier|dat|dit)\ (?:kan|mag)\ ik\ [^.!?]{0,40}?niet\ [^.!?]{0,10}?(?:helpen|beantwoorden|vertalen|mee)
    |\b(?:kan|mag)\ ik\ (?:je|u|jou)?\ ?(?:daar|hier|dit|dat|deze)\w*\ [^.!?]{0,20}?niet
        \ [^.!?]{0,10}?(?:helpen|beantwoorden|vertalen)
    |\b(?:jag\ kan|kan\ jag|jeg\ kan|kan\ jeg)\ [^.!?]{0,20}?(?:inte|ikke)\ [^.!?]{0,20}?
        (?:hjälpa|svara|hjælpe|svare|hjelpe|besvara|besvare|översätta|oversætte|oversette)
        [^.!?]{0,20}?\b(?:det|detta|den|dette|denna|denne|frågan|spørgsmål\w*)\b
    # Polish, Czech, Turkish
    |\bjako\ (?:\w+\ )?(?:model\ języko\w+|sztuczna\ inteligencja|jazykový\ model|umělá\ inteligence|ai)\b
    |\bnie\ mogę\ (?:\w+\ ){0,3}?(?:pomóc|odpowiedzieć|spełnić|przetłumaczyć)
    |\bmuszę\ odmówić|\bnie\ jestem\ w\ stanie\ tego\ zrobić
    |\b(?:žádost|prosbu)\ musím\ odmítnout|\bmusím\ (?:tuto\ |vaši\ )?(?:žádost|prosbu)\ odmítnout
    |\bnemohu\ (?:\w+\ ){0,3}?(?:pomoci|odpovědět|vyhovět|přeložit)
    |\b(?:bir\ )?(?:yapay\ zek[aâ]|dil\ modeli)\s+olarak\b
    |\bbu\s+(?:konuda|isteğ\w+|soru\w+)\s+(?:\w+\s+)?(?:yardımcı\s+olam|yanıtlayam|cevaplayam)\w+
    # Russian, Ukrainian
    |\b(?:как|як|я)\ ?[—–-]?\s?(?:\w+\ )?
        (?:языковая\ модель|искусственный\ интеллект|ии\b|мовна\ модель|штучний\ інтелект|нейросеть)
    |\bя\ не\ (?:могу|можу)\ (?:\w+\ ){0,3}?(?:помочь|ответить|выполнить|перевести|допомогти|відповісти|перекласти)
        [^.!?]{0,30}?(?:эт|ваш|запрос|вопрос|так|цим|цей|запит)
    |\A(?:давайте|давай)\ (?:поговорим\ о\ ч[её]м|сменим\ тему)
    |\bпредпоч(?:[её]ла?\ бы|итаю)\ не\ отвечать|\bвынужден\w?\ отказать|\bне\ могу\ (?:помочь|ответить)\ (?:с|на)\ эт
    # Chinese
    |(?:作为|作為|我是|身为|身為)(?:一个|一個|一名|一款)?(?:由\w{1,12}(?:开发|訓練|训练|開發)的)?
        (?:人工智能|人工智慧|ai|大?语言模型|大?語言模型|虚拟助手|聊天机器人)
    |我(?:无法|無法|不能|不可以|没办法)(?:为您|为你|帮您|帮你|協助您|协助您)?
        (?:回答|提供|协助|協助|完成|满足|滿足|帮助|幫助|生成|处理|翻译|翻譯)[^。！？]{0,12}?(?:这|這|该|該|此|您的|你的|那)
    |无可奉告
    |(?:抱歉|对不起|遗憾|不好意思)[^。！？]{0,10}(?:无法|不能|不便)[^。！？]{0,6}(?:回答|讨论|评论|满足|协助|翻译|帮)
    |\A我们?(?:还是)?(?:换|換)(?:个|個)话题|我?(?:帮|幫)不了(?:您|你)|超出了?我的?(?:能力|范围|职责)|不便(?:回答|评论|透露)
    # Japanese, Korean
    |(?:ai|人工知能|言語モデル)(?:言語モデル|アシスタント)?(?:として|なので|ですので|であり|のため)
    |(?:申し訳|すみません|恐れ入り|残念)[^。]{0,40}(?:お答え|お手伝い|対応|お応え|回答|翻訳|ご要望)
        [^。]{0,10}(?:でき|いたしかね|できかね)
    |(?:ai|인공지능|언어\s?모델)\s?(?:언어\s?모델|어시스턴트|비서)?(?:로서|이기\s때문에|이므로)
    |(?:죄송|미안|유감)[^\n]{0,40}(?:도와|답변|대답|응할|제공|처리|말씀|번역)[^.]{0,12}(?:수\ 없|어렵|못)
    |(?:도와\ ?드릴|답변\ ?드릴|답변할|대답할)\ 수\ 없
    |お答えすることが?でき|話題についてはお?話しでき
    |요청은\ ?(?:들어|처리)[^.]{0,8}수\ 없|답변을?\ ?드리기\ ?(?:어렵|곤란)
    |(?:質問|要望|件)に(?:は|つい\w{1,3})?[^。]{0,12}(?:答え|応え|お答え|回答)[^。]{0,4}(?:ません|できかね|いたしかね)
    # Arabic, Hindi
    |(?:كنموذج\ لغ|بصفتي\ (?:نموذج|ذكاء)|أنا\ (?:نموذج\ لغ|ذكاء\ اصطناعي))
    |لا\ (?:أستطيع|يمكنني)\ (?:مساعدتك|المساعدة|الإجابة|الرد|تنفيذ|تقديم|تلبية)[^.]{0,30}(?:هذا|ذلك|هذه|طلبك|سؤالك)
    |(?:एक\ )?(?:एआई|कृत्रिम\ बुद्धि|भाषा\ मॉडल)[^।]{0,20}(?:के\ रूप\ में|हूँ|होने\ के)
    |मैं\ (?:इस|उस|आपकी)[^।]{0,40}(?:मदद|सहायता|उत्तर)[^।]{0,12}नहीं\ (?:कर|दे)
    """,
    re.VERBOSE | re.DOTALL,
)  # over words in lower case
"""Refusals over texts in lower case on one line, by language."""
ABROAD_HINTS = (
    r"(?i:[^a-z]KI[^a-z]|künstliche|sprachmodell|chatbot|assistente?[ns]? "
    r"|(?:kann|darf|werde|möchte) ich |ich (?:kann|darf|werde|möchte) "
    r"|en tant qu|je (?:ne (?:peux|suis|saur|vais|souh|puis)|n['’]ai pas )|je suis (?:un|ia)"
    r"|m['’]est impossible|je dois |enfreint "
    r"|(?:debo|devo|tengo que|tenho que|preciso) (?:re|de)c|infringe |incumple | viola "
    r"|dazu nichts|ablehnen|odmówić|nie jestem w|musím |предпоч|давай|вынужд|话题|話題|話し|お答え|요청은|드리기"
    r"|(?:como|soy|sou|por ser|al ser) (?:\w+ )*(?:ia|int|modelo|asist|assist)"
    r"|no (?:puedo|me es|estoy|soy|me está) |não (?:posso|consigo|me|estou) "
    r"|(?:in quanto|sono|come|essendo) (?:\w+[ '’])*(?:modello|ia|intell|assist)|non (?:posso|sono|mi) "
    r"|taalmodel|kunstmatige|språkmodel|sprogmodel|intelligens|ik ben een ai|als ai"
    r"|kan ik|mag ik|jag kan|kan jag|jeg kan|kan jeg"
    r"|jako |nie mogę|nemohu|yapay|dil modeli|yardımcı|yanıtla|cevapla"
    r"|модель|интеллект|інтелект|нейросеть|могу|можу|(?:как|як|я) ?[—–-]? ?ИИ"
    r"|人工|答え|奉告|帮不了|수 없|抱歉|对不起|遗憾|不好意思|超出|不便|语言模型|語言模型|虚拟助手|聊天机器人"
    r"|我无法|我無法|我不|我没办法|作为|作為|我是|身为|言語モデル|[^a-z]ai(?:として|な|で|の|アシ|로|이)|\Aai"
    r"|申し訳|すみません|恐れ入|残念|인공지능|언어|죄송|미안|유감"
    r"|نموذج|ذكاء|أستطيع|يمكنني|एआई|कृत्रिम|भाषा मॉडल|नहीं)"
)
"""What every one of them holds (RE2)."""
