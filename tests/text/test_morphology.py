"""Words and their readings: every form of the verb, every weak class, and the words that must not be cut.

A row is: word, lemma, shape, and the clitics (proclitics joined by +, then -enclitic).  A shape is kind, then
person, number and gender, then voice, then c for a construct, with what does not apply left out.  A row holds
if it is the first analysis, or, where the word is marked ~, one of them: قتلت is "she killed" before it is
"you killed".
"""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import riwaya
from riwaya.text.morphology import Analysis, Lexicon, build_lexicon
from riwaya.text.normalise import fold
from riwaya.text.paradigms import Verb, conjugate, spell

NOUNS: list[dict[str, Any]] = [
    {"lemma": "مدينة", "plural": ["مدن"], "class": ["place-noun"]},
    {"lemma": "كتيبة", "plural": ["كتائب"], "class": ["force"]},
    {"lemma": "فصيل", "plural": ["فصائل"], "class": ["force"]},
    {"lemma": "فرقة", "plural": ["فرق"]},
    {"lemma": "لواء", "plural": ["ألوية"], "class": ["force", "commander"]},
    {"lemma": "لجنة", "plural": ["لجان"]},
    {"lemma": "سفينة", "plural": ["سفن"]},
    {"lemma": "سلاح", "plural": ["أسلحة"]},
    {"lemma": "وزير", "plural": ["وزراء"]},
    {"lemma": "بيان", "plural": ["+ات"]},
    {"lemma": "باب", "plural": ["أبواب"]},
    {"lemma": "والي", "plural": ["ولاة"], "forms": ["وال"]},
    {"lemma": "قوة", "plural": ["+ات"], "class": ["force"]},
    {"lemma": "قائد", "plural": ["قادة"]},
    {"lemma": "مقاتل", "plural": ["+ون"]},
    {"lemma": "مدني", "plural": ["+ون"]},
    {"lemma": "مسؤول", "plural": ["+ون"]},
    {"lemma": "مستشفى", "plural": ["مستشفيات"], "gender": "m"},
    {"lemma": "منشأة", "plural": ["منشآت"]},
    {"lemma": "جزء", "plural": ["أجزاء"]},
    {"lemma": "شيء", "plural": ["أشياء"]},
    {"lemma": "عبء", "plural": ["أعباء"]},
    {"lemma": "لاجئ", "plural": ["+ون"]},
    {"lemma": "معركة", "plural": ["معارك"]},
    {"lemma": "عسكري", "plural": ["+ون"]},
    {"lemma": "ميدان", "plural": ["ميادين"]},
    {"lemma": "حق", "plural": ["حقوق"]},
    {"lemma": "كبير", "adj": True, "plural": ["كبار"]},
    {"lemma": "مدفع", "plural": ["مدافع"]},
    {"lemma": "حزب", "plural": ["أحزاب"]},
    {"lemma": "أحمر", "adj": True, "feminine": "حمراء", "plural": ["حمر"]},
]
PARTICLES = [
    "من",
    "إلى",
    "على",
    "في",
    "عن",
    "قد",
    "لم",
    "هم",
    "أن",
    "ما",
    "ل",
    "ب",
    "قبل",
    "لكن",
    "مع",
    "بأن",
]

WORDS = """
# form I, sound
قصف قصف perf.3sm.a
قصفت قصف perf.3sf.a
~قصفت قصف perf.1s.a
~قصفت قصف perf.2sm.a
~قصف قصف perf.3sm.p
~قصف قصف masdar.sm
قصفوا قصف perf.3pm.a
قصفا قصف masdar.sm
~قصفا قصف perf.3dm.a
~قصفن قصف perf.3pf.a
قصفنا قصف perf.1p.a
~قصفنا قصف perf.3sm.a -نا
قصفتم قصف perf.2pm.a
قصفتما قصف perf.2d.a
قصفتن قصف perf.2pf.a
يقصف قصف impf.3sm.a
تقصف قصف impf.3sf.a
~تقصف قصف impf.2sm.a
نقصف قصف impf.1p.a
أقصف قصف impf.1s.a
يقصفون قصف impf.3pm.a
يقصفوا قصف impf.3pm.a
يقصفان قصف impf.3dm.a
يقصفن قصف impf.3pf.a
تقصفين قصف impf.2sf.a
~اقصفوا قصف imp.2pm.a
~اقتلوا قتل imp.2pm.a
قاصف قصف apart.sm.a
مقصوف قصف ppart.sm.p
مقصوفة قصف ppart.sf.p
دخل دخل perf.3sm.a
دخلوا دخل perf.3pm.a
يدخلون دخل impf.3pm.a
دخول دخل masdar.sm
الدخول دخل masdar.sm ال
داخلة دخل apart.sf.a
سقط سقط perf.3sm.a
سقوطها سقط masdar.sm -ها
هجمات هجم masdar.pm
قتلوا قتل perf.3pm.a
~قتلوا قتل perf.3pm.p
يقتلون قتل impf.3pm.a
~يقتلون قتل impf.3pm.p
مقتولين قتل ppart.pm.p
# form II
دمرت دمّر perf.3sf.a
~دمرت دمّر perf.3sf.p
يدمرون دمّر impf.3pm.a
مدمرة دمّر apart.sf.a
~مدمرة دمّر ppart.sf.p
تدمير دمّر masdar.sm
تدميرها دمّر masdar.sm -ها
تفجيرات فجّر masdar.pm
تفجيرين فجّر masdar.dm
طوقوا طوّق perf.3pm.a
تعزيزات عزّز masdar.pm
مشيدين شيّد apart.pm.a
عين عيّن perf.3sm.a
حررها حرّر perf.3sm.a -ها
صفوا صفّى perf.3pm.a
تصفية صفّى masdar.sf
تصفيته صفّى masdar.sf -ه
يصفي صفّى impf.3sm.a
أدى أدّى perf.3sm.a
تؤدي أدّى impf.3sf.a
يؤكد أكد impf.3sm.a
تأكيد أكد masdar.sm
مؤكدا أكد apart.sm.a
هدأ هدأ perf.3sm.a
يهدئ هدّأ impf.3sm.a
تهدئة هدّأ masdar.sf
تهدئتها هدّأ masdar.sf -ها
# form III
حاصروا حاصر perf.3pm.a
حوصرت حاصر perf.3sf.p
يحاصر حاصر impf.3sm.a
محاصرة حاصر masdar.sf
~محاصرة حاصر ppart.sf.p
حصار حاصر masdar.sm
قاتلوهم قاتل perf.3pm.a -هم
عاودت عاود perf.3sf.a
حاولوا حاول perf.3pm.a
محاولتهم حاول masdar.sf -هم
فاجأ فاجأ perf.3sm.a
مفاجأة فاجأ masdar.sf
مفاجآت فاجأ masdar.pf
لاقى لاقى perf.3sm.a
نعاهد عاهد impf.1p.a
# form IV
أعلن أعلن perf.3sm.a
أعلنت أعلن perf.3sf.a
أعلنا أعلن perf.1p.a
تعلن أعلن impf.3sf.a
إعلان أعلن masdar.sm
إعلانها أعلن masdar.sm -ها
معلنا أعلن apart.sm.a
أطلقتها أطلق perf.3sf.a -ها
أوضحت أوضح perf.3sf.a
يوضح أوضح impf.3sm.a
إيضاح أوضح masdar.sm
إيقاف أوقف masdar.sm
أيقن أيقن perf.3sm.a
يوقن أيقن impf.3sm.a
أعاد أعاد perf.3sm.a
أعدنا أعاد perf.1p.a
أعيدت أعاد perf.3sf.p
يعيد أعاد impf.3sm.a
~يعاد أعاد impf.3sm.p
إعادة أعاد masdar.sf
~إعادتهم أعاد masdar.sf -هم
أغارت أغار perf.3sf.a
أدان أدان perf.3sm.a
تدين أدان impf.3sf.a
إدانة أدان masdar.sf
أصيب أصاب perf.3sm.p
أصيبوا أصاب perf.3pm.p
مصابة أصاب ppart.sf.p
إصابات أصاب masdar.pf
ألقى ألقى perf.3sm.a
ألقت ألقى perf.3sf.a
ألقوا ألقى perf.3pm.a
ألقاها ألقى perf.3sm.a -ها
يلقي ألقى impf.3sm.a
إلقاء ألقى masdar.sm
إلقائها ألقى masdar.sm -ها
أخلى أخلى perf.3sm.a
إخلاؤهم أخلى masdar.sm -هم
أخلوا أخلى perf.3pm.a
أعلى أعلى perf.3sm.a
أنشأ أنشأ perf.3sm.a
أنشؤوا أنشأ perf.3pm.a
أنشأوا أنشأ perf.3pm.a
ينشئ أنشأ impf.3sm.a
إنشاء أنشأ masdar.sm
أضاءت أضاء perf.3sf.a
أقر أقرّ perf.3sm.a
يصرون أصرّ impf.3pm.a
إصرار أصرّ masdar.sm
مصرا أصرّ apart.sm.a
# form V
تقدمت تقدّم perf.3sf.a
يتقدمون تقدّم impf.3pm.a
التقدم تقدّم masdar.sm ال
توغلوا توغّل perf.3pm.a
توغلها توغّل masdar.sm -ها
متوعدا توعّد apart.sm.a
تولى تولّى perf.3sm.a
تولوا تولّى perf.3pm.a
يتولاها تولّى impf.3sm.a -ها
توليه تولّى masdar.sm -ه
يتسن تسنّى impf.3sm.a
تلقت تلقّى perf.3sf.a
نتحسب تحسّب impf.1p.a
ترأس ترأّس perf.3sm.a
تنبأ تنبّأ perf.3sm.a
# form VI
تراجعت تراجع perf.3sf.a
يتراجع تراجع impf.3sm.a
تبادلوا تبادل perf.3pm.a
تساءل تساءل perf.3sm.a
يتساءلون تساءل impf.3pm.a
تساؤلات تساءل masdar.pm
تآمروا تآمر perf.3pm.a
التآمر تآمر masdar.sm ال
~تفادي تفادى masdar.sm
متهاوية تهاوى apart.sf.a
~تعاونهم تعاون masdar.sm -هم
# form VII
انسحبت انسحب perf.3sf.a
انسحبوا انسحب perf.3pm.a
ينسحب انسحب impf.3sm.a
انسحابهم انسحب masdar.sm -هم
منسحبة انسحب apart.sf.a
انهارت انهار perf.3sf.a
تنهار انهار impf.3sf.a
انهيار انهار masdar.sm
المنهارة انهار apart.sf.a ال
انشقوا انشق perf.3pm.a
انشققنا انشق perf.1p.a
انشقاقهم انشق masdar.sm -هم
منشقين انشق apart.pm.a
انكفأت انكفأ perf.3sf.a
انكفاء انكفأ masdar.sm
# form VIII
اشتبكوا اشتبك perf.3pm.a
اشتباكات اشتبك masdar.pm
اشتباكين اشتبك masdar.dm
اتجهت اتجه perf.3sf.a
يتجه اتجه impf.3sm.a
اتجاه اتجه masdar.sm
اتخذت اتخذ perf.3sf.a
تتخذها اتخذ impf.3sf.a -ها
اتهمت اتهم perf.3sf.a
اتهامات اتهم masdar.pm
اجتاحت اجتاح perf.3sf.a
يجتاح اجتاح impf.3sm.a
اجتياح اجتاح masdar.sm
اقتيدوا اقتاد perf.3pm.p
احتلها احتل perf.3sm.a -ها
احتلال احتل masdar.sm
المحتلة احتل apart.sf.a ال
التقى التقى perf.3sm.a
التقوا التقى perf.3pm.a
اختفى اختفى perf.3sm.a
اختفاء اختفى masdar.sm
مختفين اختفى apart.pm.a
ادعى ادعى perf.3sm.a
يدعون دعا impf.3pm.a
اصطدمت اصطدم perf.3sf.a
اضطروا اضطر perf.3pm.a
اضطرت اضطر perf.3sf.a
ازدادت ازداد perf.3sf.a
اطلعت اطّلع perf.3sf.a
ائتلاف ائتلف masdar.sm
يأتلف ائتلف impf.3sm.a
استاء استاء perf.3sm.a
امتلأت امتلأ perf.3sf.a
# form IX, X and four radicals
~احمر أحمر adj.sm
احمرت احمرّ perf.3sf.a
استعاد استعاد perf.3sm.a
استعادت استعاد perf.3sf.a
استعدنا استعاد perf.1p.a
يستعيد استعاد impf.3sm.a
استعيدت استعاد perf.3sf.p
استعادة استعاد masdar.sf
~استعادتها استعاد masdar.sf -ها
استولى استولى perf.3sm.a
استولت استولى perf.3sf.a
استولوا استولى perf.3pm.a
يستولون استولى impf.3pm.a
الاستيلاء استولى masdar.sm ال
استيلائهم استولى masdar.sm -هم
استحوذ استحوذ perf.3sm.a
استحوذت استحوذ perf.3sf.a
استجواب استجوب masdar.sm
استمرت استمر perf.3sf.a
استأنف استأنف perf.3sm.a
استئناف استأنف masdar.sm
تستأنف استأنف impf.3sf.a
استشهدوا استشهد perf.3pm.a
المستشهدين استشهد apart.pm.a ال
استهدفوا استهدف perf.3pm.a
سيطرت سيطر perf.3sf.a
سيطروا سيطر perf.3pm.a
تسيطر سيطر impf.3sf.a
مسيطرة سيطر apart.sf.a
تمركزت تمركز perf.3sf.a
تمركز تمركز perf.3sm.a
~تمركز تمركز masdar.sm
متمركزة تمركز apart.sf.a
زعزعة زعزع masdar.sf
اطمأن اطمأنّ perf.3sm.a
اطمئنان اطمأنّ masdar.sm
يطمئن اطمأنّ impf.3sm.a
# geminate
شن شنّ perf.3sm.a
شنت شنّ perf.3sf.a
شنوا شنّ perf.3pm.a
شننا شنّ perf.1p.a
يشنون شنّ impf.3pm.a
شنها شنّ perf.3sm.a -ها
فر فرّ perf.3sm.a
فروا فرّ perf.3pm.a
فرارهم فرّ masdar.sm -هم
الفارين فرّ apart.pm.a ال
رد ردّ perf.3sm.a
~يردد ردّد impf.3sm.a
ردت ردّ perf.3sf.a
بثها بثّ perf.3sm.a -ها
صدت صدّ perf.3sf.a
# hollow
عاد عاد perf.3sm.a
عادوا عاد perf.3pm.a
عدنا عاد perf.1p.a
يعود عاد impf.3sm.a
تعودوا تعوّد perf.3pm.a
~تعودوا عاد impf.2pm.a
عائدين عاد apart.pm.a
عودتهم عاد masdar.sf -هم
قال قال perf.3sm.a
قالت قال perf.3sf.a
قيل قال perf.3sm.p
يقال قال impf.3sm.p
نقول قال impf.1p.a
قاد قاد perf.3sm.a
قادها قاد perf.3sm.a -ها
يقود قاد impf.3sm.a
كان كان perf.3sm.a
كانت كان perf.3sf.a
يكن كان impf.3sm.a
جاء جاء perf.3sm.a
جاؤوا جاء perf.3pm.a
جئنا جاء perf.1p.a
يجيء جاء impf.3sm.a
ساءت ساء perf.3sf.a
خاضتها خاض perf.3sf.a -ها
زالت زال perf.3sf.a
يزال زال impf.3sm.a
# defective
دعا دعا perf.3sm.a
دعت دعا perf.3sf.a
دعوا دعا perf.3pm.a
~دعوا دعا perf.3pm.p
يدعو دعا impf.3sm.a
ندعو دعا impf.1p.a
~دعوته دعا masdar.sf -ه
~دعوته دعا perf.1s.a -ه
داعيا دعا apart.sm.a
نفى نفى perf.3sm.a
نفت نفى perf.3sf.a
تنفي نفى impf.3sf.a
ننفي نفى impf.1p.a
نافيا نفى apart.sm.a
نفيه نفى masdar.sm -ه
لقي لقي perf.3sm.a
لقوا لقي perf.3pm.a
بقيت بقي perf.3sf.a
يبقى بقي impf.3sm.a
نجا نجا perf.3sm.a
نجوا نجا perf.3pm.a
قضت قضى perf.3sf.a
يجري جرى impf.3sm.a
جارية جرى apart.sf.a
رأى رأى perf.3sm.a
يرى رأى impf.3sm.a
يرون رأى impf.3pm.a
~جار جرى apart.sm.a
# assimilated
وصل وصل perf.3sm.a
وصلت وصل perf.3sf.a
وصلها وصل perf.3sm.a -ها
يصل وصل impf.3sm.a
تصلون وصل impf.2pm.a
وصول وصل masdar.sm
واصلت واصل perf.3sf.a
وقع وقع perf.3sm.a
يقع وقع impf.3sm.a
وقوع وقع masdar.sm
وعد وعد perf.3sm.a
~يعدون عدّ impf.3pm.a
~يعدون وعد impf.3pm.a
يضعون وضع impf.3pm.a
وجدت وجد perf.3sf.a
# hamzated
أخذ أخذ perf.3sm.a
يأخذ أخذ impf.3sm.a
يؤخذ أخذ impf.3sm.p
~خذوا أخذ imp.2pm.a
أمر أمر perf.3sm.a
يأمر أمر impf.3sm.a
مأمورين أمر ppart.pm.p
أسر أسر perf.3sm.a
أسروا أسر perf.3pm.a
يأسر أسر impf.3sm.a
بدأ بدأ perf.3sm.a
بدأت بدأ perf.3sf.a
بدأوا بدأ perf.3pm.a
بدؤوا بدأ perf.3pm.a
بدئ بدأ perf.3sm.p
يبدأ بدأ impf.3sm.a
يبدؤون بدأ impf.3pm.a
يبدأون بدأ impf.3pm.a
بدء بدأ masdar.sm
بدأها بدأ perf.3sm.a -ها
لجأ لجأ perf.3sm.a
لجأوا لجأ perf.3pm.a
لجوء لجأ masdar.sm
يلجأ لجأ impf.3sm.a
سأل سأل perf.3sm.a
سئل سأل perf.3sm.p
يسأل سأل impf.3sm.a
# clitics
وقال قال perf.3sm.a و
فقتل قتل perf.3sm.a ف
وانسحبوا انسحب perf.3pm.a و
سيقتل قتل impf.3sm.a س
وسيقتلون قتل impf.3pm.a و+س
فستنسحب انسحب impf.3sf.a ف+س
سأعود عاد impf.1s.a س
ليقصف قصف impf.3sm.a ل
وليعودوا عاد impf.3pm.a و+ل
لسقطت سقط perf.3sf.a ل
بقصف قصف masdar.sm ب
بالقصف قصف masdar.sm ب+ال
والقصف قصف masdar.sm و+ال
فالقصف قصف masdar.sm ف+ال
كالقصف قصف masdar.sm ك+ال
للقصف قصف masdar.sm ل+ال
وللقصف قصف masdar.sm و+ل+ال
وبالقصف قصف masdar.sm و+ب+ال
لتمشيطها مشّط masdar.sm ل -ها
وتمشيطها مشّط masdar.sm و -ها
بانسحابهم انسحب masdar.sm ب -هم
وقتلوهم قتل perf.3pm.a و -هم
سيطروا سيطر perf.3pm.a
قصفوها قصف perf.3pm.a -ها
واقتادوهم اقتاد perf.3pm.a و -هم
أبلغني أبلغ perf.3sm.a -ني
نقلتموها نقل perf.2pm.a -ها
يستهدفونهم استهدف impf.3pm.a -هم
يستهدفوها استهدف impf.3pm.a -ها
ودعا دعا perf.3sm.a و
ولجأ لجأ perf.3sm.a و
ودعت دعا perf.3sf.a و
والتقى التقى perf.3sm.a و
والتقدم تقدّم masdar.sm و+ال
عليها على particle -ها
منهم من particle -هم
إليه إلى particle -ه
فيها في particle -ها
وهم هم particle و
وقد قد particle و
ولم لم particle و
لهم ل particle -هم
به ب particle -ه
بأن بأن particle
~لأن أن particle ل
# nouns
كتائب كتيبة noun.pf
وكتائبهم كتيبة noun.pf و -هم
فصائل فصيل noun.pm
فصائلها فصيل noun.pm -ها
قواتهم قوة noun.pf -هم
قواته قوة noun.pf -ه
بقواتنا قوة noun.pf ب -نا
للجنة لجنة noun.sf ل+ال
اللجنة لجنة noun.sf ال
لجنتين لجنة noun.df
مدينتي مدينة noun.df.c
مدينتها مدينة noun.sf -ها
ومدينتا مدينة noun.df.c و
مقاتلين مقاتل noun.pm
مقاتلي مقاتل noun.pm.c
مقاتلو مقاتل noun.pm.c
مقاتليه مقاتل noun.pm.c -ه
مقاتليها مقاتل noun.pm.c -ها
مقاتلوها مقاتل noun.pm.c -ها
~قائده قائد noun.sm -ه
قادتهم قائد noun.pm -هم
مدنيا مدني noun.sm
مدنية مدني adj.sf
المدنيين مدني noun.pm ال
مسؤولون مسؤول noun.pm
مسئول مسؤول noun.sm
مستشفاه مستشفى noun.sm -ه
المستشفيات مستشفى noun.pm ال
منشآتها منشأة noun.pf -ها
منشأتين منشأة noun.df
أجزائها جزء noun.pm -ها
جزءا جزء noun.sm
شيئا شيء noun.sm
عبئا عبء noun.sm
لاجئا لاجئ noun.sm
لاجئين لاجئ noun.pm
وال والي noun.sm
ولاة والي noun.pm
كبيرة كبير adj.sf
كبار كبير adj.pm
كبيرين كبير adj.dm
الكبيرتان كبير adj.df ال
ميدانية ميداني adj.sf
مدفعي مدفعي adj.sm
المدفعية مدفعي adj.sf ال
حزبي حزبي adj.sm
حمراء أحمر adj.sf
حقه حق noun.sm -ه
# words that look like clitics and a rest
سيطرة سيطر masdar.sf
السيطرة سيطر masdar.sf ال
سيطرته سيطر masdar.sf -ه
فتح فتح perf.3sm.a
فتحت فتح perf.3sf.a
فرض فرض perf.3sm.a
فقد فقد perf.3sm.a
~فقد قد particle ف
فرقة فرقة noun.sf
فجر فجّر perf.3sm.a
فشل فشل perf.3sm.a
فشلت فشل perf.3sf.a
لواء لواء noun.sm
لواءا لواء noun.dm.c
سلاح سلاح noun.sm
سلاحهم سلاح noun.sm -هم
سفينة سفينة noun.sf
سقوط سقط masdar.sm
سحب سحب perf.3sm.a
سعى سعى perf.3sm.a
وزير وزير noun.sm
والوزير وزير noun.sm و+ال
وضع وضع perf.3sm.a
وضعوا وضع perf.3pm.a
وقف وقف perf.3sm.a
وقوف وقف masdar.sm
والي والي noun.sm
~والي إلى particle و
بيان بيان noun.sm
باب باب noun.sm
كشف كشف perf.3sm.a
كتب كتب perf.3sm.a
لكن لكن particle
لقاء لقي masdar.sm
بلغ بلغ perf.3sm.a
بحث بحث perf.3sm.a
قبل قبل particle
الحق حق noun.sm ال
~الحق ألحق perf.3sm.a
التزم التزم perf.3sm.a
إلغاء ألغى masdar.sm
تحرك تحرّك perf.3sm.a
معارك معركة noun.pf
اتهم اتهم perf.3sm.a
تفاهم تفاهم perf.3sm.a
عسكري عسكري noun.sm
عسكرية عسكري adj.sf
"""

UNKNOWN = [
    "دمشق",
    "الضمير",
    "لبنان",
    "بلدوزر",
    "سيناء",
    "كركوك",
    "وادلب",
    "أيلول",
    "",
    "و",
    "ه",
    "123",
    "bbc",
]


def rows() -> list[tuple[str, str, str, str]]:
    lines = (line for line in WORDS.splitlines() if line and not line.startswith("#"))
    return [(*line.split(" ", 3), "")[:4] for line in lines]  # type: ignore[misc]


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    path = Path(riwaya.__file__).parent / "packs" / "ar" / "verbs.yaml"
    verbs = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["verbs"]
    return build_lexicon(verbs, NOUNS, PARTICLES)


def written(analysis: Analysis) -> tuple[str, str, str]:
    """An analysis as a row writes it."""
    r = analysis.reading
    said = str(r.person or "") + r.number + r.gender
    shape = ".".join(part for part in (r.kind, said, r.voice, "c" * r.construct) if part)
    clitics = "+".join(analysis.proclitics) + (f" -{analysis.enclitic}" if analysis.enclitic else "")
    return r.lemma, shape, clitics.strip()


@pytest.mark.parametrize(("word", "lemma", "shape", "clitics"), rows())
def test_reading(lexicon: Lexicon, word: str, lemma: str, shape: str, clitics: str) -> None:
    found = [written(analysis) for analysis in lexicon.analyse(fold(word.lstrip("~")))]
    assert (lemma, shape, clitics) in (found if word.startswith("~") else found[:1])


@pytest.mark.parametrize("word", UNKNOWN)
def test_unknown_words_have_no_reading(lexicon: Lexicon, word: str) -> None:
    assert lexicon.analyse(fold(word)) == ()


@pytest.mark.parametrize(
    "word", ["سيطرة", "وصلت", "فتح", "كتائب", "فصائل", "وزير", "لواء", "سلاح", "بيان", "باب"]
)
def test_a_word_of_the_table_is_not_cut(lexicon: Lexicon, word: str) -> None:
    assert not any(analysis.proclitics for analysis in lexicon.analyse(fold(word)))


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("وبانسحابهم", "انسحاب"),
        ("للقصف", "قصف"),
        ("للجنة", "لجنه"),
        ("وسيقتلونهم", "يقتلون"),
        ("مدينتها", "مدينت"),
    ],
)
def test_offsets_point_at_the_stem(lexicon: Lexicon, word: str, stem: str) -> None:
    form = fold(word)
    first = lexicon.analyse(form)[0]
    assert form[first.stem_start : first.stem_end] == stem
    assert form[first.stem_end :] == first.enclitic


def test_the_article_makes_definite(lexicon: Lexicon) -> None:
    assert lexicon.analyse("المدن")[0].reading.def_ is True
    assert lexicon.analyse("مدن")[0].reading.def_ is False
    assert lexicon.analyse("دخلوا")[0].reading.def_ is None


def test_classes_are_kept_by_lemma(lexicon: Lexicon) -> None:
    assert lexicon.classes["لواء"] == {"force", "commander"}
    assert lexicon.classes["فرقة"] == frozenset()


def test_a_dumped_lexicon_reads_the_same(lexicon: Lexicon) -> None:
    again = Lexicon.load(marshal.loads(marshal.dumps(lexicon.dump())))
    assert again.classes == lexicon.classes
    for word, *_ in rows():
        assert again.analyse(fold(word)) == lexicon.analyse(fold(word))


def test_two_entries_of_one_lemma_are_an_error() -> None:
    entry = {"lemma": "قتل", "root": "ق ت ل", "form": "I"}
    with pytest.raises(ValueError, match="قتل: listed twice"):
        build_lexicon([entry, entry])


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"lemma": "قتل", "root": "ق ت ل", "form": "I", "masder": ["قتل"]}, "masder"),
        ({"lemma": "قتل", "root": "ق ت ل", "form": "XI"}, "form"),
        ({"lemma": "قتل", "root": "ق ت ل"}, "form"),
        ({"lemma": "سيطر", "root": "س ط ر", "form": "Q1"}, "root"),
        ({"lemma": "قتل", "root": "ق ت ل", "form": "I", "vowel": "e"}, "vowel"),
    ],
)
def test_an_entry_says_nothing_unknown(entry: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Verb.of(entry)


@pytest.mark.parametrize(
    ("vocalised", "spellings"),
    [
        ("maسءUل", ("مسؤول", "مسئول", "مسءول")),
        ("ءaءmana", ("آمن",)),
        ("ءiءmAn", ("إيمان",)),
        ("ءuءmina", ("أومن",)),
        ("yuءaككiدu", ("يؤكد",)),
        ("اistiءnAف", ("استئناف",)),
        ("tasAءuل", ("تساؤل",)),
        ("tasAءaلa", ("تساءل",)),
        ("بaدaءUا", ("بدؤوا", "بدأوا", "بدءوا")),
        ("بaدaءA", ("بدآ",)),
        ("جAءat", ("جاءت",)),
        ("هayءaة", ("هيئة",)),
    ],
)
def test_seats_of_the_hamza(vocalised: str, spellings: tuple[str, ...]) -> None:
    assert spell(vocalised) == spellings


def test_every_person_of_a_verb_is_there() -> None:
    said = {form.shape[:5] for form in conjugate(Verb.of({"lemma": "قتل", "root": "ق ت ل", "form": "I"}))}
    assert len([shape for shape in said if shape[0] == "perf" and shape[4] == "a"]) == 13
    assert len([shape for shape in said if shape[0] == "impf" and shape[4] == "a"]) == 13
    assert len([shape for shape in said if shape[0] == "imp"]) == 5


@given(st.text())
def test_any_string_is_analysed(lexicon: Lexicon, text: str) -> None:
    lexicon.analyse(text)


@given(st.text(alphabet="ابتجحدرسصعفقكلمنهوي", max_size=9))
def test_analyses_put_the_word_together_again(lexicon: Lexicon, form: str) -> None:
    for analysis in lexicon.analyse(form):
        assert 0 <= analysis.stem_start < analysis.stem_end <= len(form)
        assert form[analysis.stem_end :] == analysis.enclitic
        before = "".join(analysis.proclitics).replace("لال", "لل")
        assert form[: analysis.stem_start] in (before, before.removesuffix("ل"))
