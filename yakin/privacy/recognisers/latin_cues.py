"""What stands around a name in Latin letters: titles, labels, greetings, verbs; and what speaks against one."""

import re

from yakin.privacy.recognisers.latin_words import LATIN, UPPER

CAPITALISED = rf"[{UPPER}][{LATIN}]*(?:['’-][{LATIN}]+)*"
TITLE = re.compile(
    r"(?:^|[^A-Za-z])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Dame|Herr|Frau|Mme|Monsieur|Madame|Señora?"
    r"|Rev|Hon|Capt"
    r"|mr|mrs|ms|dr)\.?[ ]?$"
)
_PEOPLE = (
    "[Nn]ames?|NAME|Attn|ATTN|Author|Contact(?: person)?|Employee|Customer|Client|Card ?holder|cardholder"
    "|Reporter|Reported by|Assignee"
    "|Assigned to|Requested by|Requester|Prepared by|Approved by|Reviewed by|Submitted by|Signed(?: by)?|From|To"
    "|Cc|CC|Attendees?"
    "|Participants?|Present|Absent|Beneficiary|Passenger|Patient|Recipient|Payee|[Aa]ccount holder|Holder|Manager"
    "|Supervisor|Interviewer"
    "|Interviewee|Candidate|Applicant|Owner|Sender|Signature|Guardian|Spouse|Emergency contact|User|Agent|Speaker"
    "|Chair|Host|Traveller"
)
LABEL = re.compile(rf"(?:^|[^A-Za-z])(?:{_PEOPLE})(?: (?:is|on [a-z ]{{2,20}}))?[ \t]?(?:[:|=\t?])[ \t\"'|>]*$")
LABELLED_WORD = re.compile(
    r"(?:^|[^A-Za-z])(?:cardholder|account holder|Attn|employee|customer|patient|passenger|beneficiary) $"
)
# After these a word that no list has may be a name; after the weak ones at least one word has to be known.
SPEECH = re.compile(
    r"(?:my name is|name is|I am|I'm|I’m|this is|named (?:him|her)|call(?:s|ed) (?:me|him|her)|dear|hi|hello|hey"
    r"|(?:husband|wife|partner|brother|sister|son|daughter|mother|father|boss|colleague|manager|friend"
    r"|producer|singer|director|writer|president|chairman|minister|actor|player)(?:'s name)?(?: is)?"
    r"|said|says|asked|told|spoke (?:to|with)|speak (?:to|with)|change it to|correct it to)[, ][\"“]?$",
    re.IGNORECASE,
)
WEAK_SPEECH = re.compile(
    r"(?:named|called|born|user|met|by|thanks to|thanks|meet|add|with|cc|from|to|and)[, ][\"“]?$", re.IGNORECASE
)
SIGN_OFF = re.compile(
    r"(?:regards|sincerely(?: yours)?|thanks|thank you|cheers|best(?: wishes)?|yours (?:truly|faithfully"
    r"|sincerely)|敬具|以上)"
    r"[,.!]?[ \t]*\n\s*$",
    re.IGNORECASE,
)
AFTER = re.compile(
    r"['’]s(?![a-z])|,? (?:said|says|asked|wrote|told|reported|joined|explained|replied|agreed|noted|added|lives"
    r"|works|worked|flew"
    r"|was born|is an? |is the|had|has|will|began|from|and his|and her|speak)(?![a-z])"
)
ORGANISATION = re.compile(
    r"[ ,]{1,2}(?:&|and Sons|Inc|Ltd|LLC|PLC|Corp|Co|GmbH|Group|Bank|University|College|School|Institute"
    r"|Foundation|Hospital|Airport"
    r"|Station|Park|Hotel|Street|St|Avenue|Ave|Road|Rd|Drive|Lane|Trail|Lodge|Creek|Pass|Boulevard|Square|Bridge"
    r"|Building|Tower|Center"
    r"|Centre|Museum|Church|Company|Corporation|Industries|Partners|Associates|Holdings|Motors|Electric|Systems"
    r"|Technologies|Software"
    r"|Prize|Award|Cup|Stadium|Island|County|City|Bay|Beach|River|Lake|Mountain|Orchestra|street|road|novel)(?![a-z])"
)
# A house number beside a word, or a word for a street before it, makes an address of a name.
STREET_BEFORE = re.compile(
    r"(?:\d[a-z]?,?|(?:^|[ \n])(?:via|rue|rua|ul\.|calle|avenida|av\.?|piazza|plaza|place|str\.|suite \d+"
    r"|apt\. \d+)(?: (?:de la|de|di|della|do|da))?) $",
    re.IGNORECASE,
)
NUMBER_AFTER = re.compile(r",? \d{1,5}(?![\d:/.-])")
LISTED_BEFORE = re.compile(rf"(?P<other>{CAPITALISED})(?:, (?:(?:and|or) )?| (?:and|or) | & )$")
LISTED_AFTER = re.compile(rf"(?:, (?:(?:and|or) )?| (?:and|or) )(?P<other>{CAPITALISED})")
JAPANESE = re.compile(r"[ぁ-んァ-ヴ一-龥]")
HONORIFIC = re.compile(r"[- ]?(?:san|sama|さん|様|氏|先生|殿)(?![a-z])")
PARTICLES = frozenset(
    "van von de der den ter ten da dos das do di del della la le el al bin binti ibn y e zu af av".split()  # noqa: SIM905
)
