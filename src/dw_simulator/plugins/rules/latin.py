"""Names in the letters of an e-mail address: a to z."""

import re
import unicodedata
from collections.abc import Callable, Mapping

# Latin letters that are no letter with a mark
_LATIN = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a", "ħ": "h",
          "ŋ": "ng", "ŧ": "t", "ĸ": "k", "ɖ": "d", "ƙ": "k", "ɗ": "d", "ɓ": "b", "ƴ": "y", "ɔ": "o", "ɛ": "e"}  # fmt: skip


def _letters(alphabet: str, sounds: str) -> dict[str, str]:
    """One sound, or none ("-"), for each letter."""
    return {a: s.strip("-") for a, s in zip(alphabet, sounds.split(), strict=True)}


_CYRILLIC = _letters(
    "абвгдежзийклмнопрстуфхцчшщъыьэюяёєіїґђјљњћџѓќѕўқғҳ",
    "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya yo ye i i g dj j lj nj c dz gj kj dz "
    "u q g h",
)
_GREEK = _letters(
    "αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
)
_GEORGIAN = _letters(
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
    "a b g d e v z t i k l m n o p zh r s t u p k gh q sh ch ts dz ts ch kh j h",
)
_ARMENIAN = _letters(
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆև",
    "a b g d e z e y t zh i l kh ts k h dz gh ch m y n sh o ch p j r s v t r ts v p k o f ev",
)
_HEBREW = _letters("אבגדהוזחטיךכלםמןנסעףפץצקרשת", "a b g d h v z ch t y k k l m m n n s a f p ts ts k r sh t")
_ARABIC = _letters(
    "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژکگیٱ",
    "- a a w i y a b a t th j h kh d dh r z s sh s d t z a gh f q k l m n h w a y p ch zh k g y a",
)
_TABLE: Mapping[str, str] = _LATIN | _CYRILLIC | _GREEK | _GEORGIAN | _ARMENIAN | _HEBREW | _ARABIC

# Mandarin readings, each followed by the characters of Chinese names that have it
_READINGS = """
    a阿 ai艾 an安 ao敖 ba巴 bai柏白 ban班 bao包寶薄鮑鲍 bi毕畢碧闭 bian卞边 bin宾彬斌 bing兵 bo博卜波 cai蔡財 cao曹 cen岑 ceng曾 cha查
    chai柴 chang常昌畅 chao晁超 che车 chen宸晨谌辰陈陳 cheng成承程誠 chi池迟 chou仇 chu储初楚褚 chun春 cong丛聰 cui崔 dai戴 dan丹但单單
    dang党 de德 deng邓鄧 di狄翟邸 diao刁 ding丁 dong东冬董 dou窦豆都 du杜 duan段 e娥 en恩 fa發 fan帆樊范 fang房方芳 fei菲费霏飞 fen芬
    feng丰冯凤奉封峰馮鳳 fu伏傅富符 gai盖 gan干甘 gang刚 gao郜高 ge戈葛 geng耿 gong公宫巩龔龚 gou勾苟 gu古谷辜顧顾 guan关冠官管關 gui桂 guo国國郭
    ha哈 hai海 han涵翰阚韓韩 hang杭 hao浩豪郝 he何和賀贺赫 heng衡 hong宏洪红鴻 hou侯 hu呼扈胡 hua华花華 huan欢 huang黃黄 hui惠慧輝辉 huo霍
    ji冀吉姬季嵇紀纪计 jia佳嘉家賈贾 jian健建简簡 jiang姜江蒋蔣 jiao焦 jie傑揭杰洁解 jin晋進金靳 jing井敬景晶荆静靜 ju居鞠 juan娟 jun俊军君 kai凯凱
    kang亢康 ke柯 kong孔 kou寇 kuang况匡邝 kun坤 lai来賴赖 lan兰籃蓝藍蘭 lang郎 lao劳 le乐 lei磊雷 leng冷 li丽利厉李栗莉麗黎 lian廉練练蓮连連
    liang亮梁良 liao廖 lin林琳蔺霖 ling凌玲 liu刘劉柳留 long隆龍龙 lou娄楼 lu卢璐盧芦路逯陆陸魯鲁鹿 luan栾 luo罗羅駱骆 lv吕呂 ma馬马麻 mai麥麦
    man满 mao毛茅 mei梅美 men门 meng孟蒙 mi米 miao苗 min敏闵 ming明銘 mo莫 mou牟繆缪 mu慕母穆 na娜那 nan南楠男 ni倪 nie聂聶 ning宁
    niu牛 nong农 ou欧歐 pan潘盘 pang庞龎 pei佩裴 peng彭鹏 pi皮 pin品 ping平萍 pu普朴浦蒲 qi亓戚漆祁齊齐 qian倩錢钱 qiang強强 qiao乔喬
    qin欽琴秦 qing卿晴 qiu丘秋裘邱 qu区屈曲瞿 quan全权 que闕阙 ran冉 rao饒饶 ren仁任 rong容戎榮荣蓉 ru茹 ruan阮 rui瑞睿芮 sang桑 sha沙
    shan珊 shang商尚 shao邵 she佘 shen沈申 sheng勝盛 shi世史师施时石詩 shu束淑舒 shuai帅 shuo碩 si司思斯 song宋 su宿粟素苏蘇 sui隋
    sun孙孫 suo索 tai邰 tan檀覃譚谈谭 tang唐汤湯 tao涛陶 teng滕 tian田 ting婷庭廷 tong仝佟彤童 tu凃塗屠涂 wan万婉萬 wang汪王
    wei伟位偉卫危威尉瑋維韋韦魏 wen文温溫闻雯 weng翁 wu乌伍吳吴巫武邬鄔 xi奚席 xia夏霞 xian冼憲賢鲜 xiang向想相祥翔项香 xiao小萧蕭 xie謝谢 xin信心欣芯辛鑫
    xing幸興邢 xiong熊雄 xiu修秀 xu徐旭胥許许 xuan宣萱軒 xue薛雪 ya雅 yan严嚴妍岩彥晏燕艳諺鄢閻阎顏颜 yang杨楊洋羊阳陽 yao姚尧 ye冶叶葉 yi伊宜怡易義苡衣
    yin印尹殷鄞银阴 ying应應穎英莹颖 yong勇永詠雍 you佑宥尤游由 yu于余俞喻妤宇玉瑜禹羽虞語郁鈺雨 yuan元原苑袁遠 yue岳月玥 yun云芸雲 zan昝 zang臧
    zhan展战湛粘詹 zhang张張章 zhao赵趙 zhe哲 zhen珍甄蓁貞 zheng政正郑鄭 zhi志支智枝植芝 zhong中仲忠鍾鐘钟 zhou周 zhu朱珠祝筑诸 zhuang庄莊
    zhuo卓 zi子 zong宗 zou邹鄒 zu祖 zuo左
"""
_HANZI = {sign: "".join(c for c in group if c.isascii()) for group in _READINGS.split() for sign in group if not sign.isascii()}

# Japanese names are read as a whole
_JAPANESE = dict(
    pair.split("=")
    for pair in """
    晃=akira 篤司=atsushi 治=osamu 和也=kazuya 京助=kyosuke 健一=kenichi 修平=shuhei 翔太=shota 淳=jun 聡太郎=sotaro
    太一=taichi 太郎=taro 拓真=takuma 翼=tsubasa 智也=tomoya 直樹=naoki 直人=naoto 英樹=hideki 浩=hiroshi 学=manabu
    充=mitsuru 稔=minoru 裕樹=yuki 裕太=yuta 康弘=yasuhiro 陽一=yoichi 洋介=yosuke 亮介=ryosuke 涼平=ryohei 零=rei
    明美=akemi あすか=asuka 香織=kaori 加奈=kana くみ子=kumiko さゆり=sayuri 知実=satomi 千代=chiyo 直子=naoko 七夏=nanami
    花子=hanako 春香=haruka 真綾=maaya 舞=mai 美加子=mikako 幹=miki 桃子=momoko 結衣=yui 裕美子=yumiko 陽子=yoko 里佳=rika
    佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 伊藤=ito 渡辺=watanabe 山本=yamamoto 中村=nakamura 小林=kobayashi
    加藤=kato 吉田=yoshida 山田=yamada 佐々木=sasaki 山口=yamaguchi 松本=matsumoto 井上=inoue 木村=kimura 林=hayashi
    斎藤=saito 清水=shimizu 山崎=yamazaki 阿部=abe 森=mori 池田=ikeda 橋本=hashimoto 山下=yamashita 石川=ishikawa
    中島=nakajima 前田=maeda 藤田=fujita 後藤=goto 小川=ogawa 岡田=okada 長谷川=hasegawa 村上=murakami 近藤=kondo 石井=ishii
    遠藤=endo 斉藤=saito 坂本=sakamoto 青木=aoki 藤井=fujii 西村=nishimura 福田=fukuda 太田=ota 三浦=miura 藤原=fujiwara
    松田=matsuda 岡本=okamoto 中川=nakagawa
""".split()
)

# the sounds of a Korean syllable: its first consonant, its vowel, its last consonant
_INITIALS = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()
_FINALS = "- k k ks n nj nh t l lk lm lb ls lt lp lh m p ps t t ng t t k t p t".replace("-", "").split(" ")
_HANGUL = range(0xAC00, 0xD7A4)


def folded(name: str, locale: str) -> str:
    """A name in letters a to z, as it is spelt or read: Zoë is zoe, Łukasz lukasz, Анна anna. Never empty."""
    text = name.lower()
    if locale.startswith("ja") and name in _JAPANESE:
        return _JAPANESE[name]
    found = _sounds(text)
    return re.sub("[^a-z]", "", found) or "".join(f"{ord(sign):x}" for sign in name).translate(_AS_LETTERS)


# code points in letters, for signs that nobody knows how to read
_AS_LETTERS = str.maketrans("0123456789", "ghijklmnop")


def _sounds(text: str) -> str:
    parts: list[str] = []
    for sign in unicodedata.normalize("NFC", text):
        if sign in _TABLE:
            parts.append(_TABLE[sign])
        elif sign in _HANZI:
            parts.append(_HANZI[sign])
        elif ord(sign) in _HANGUL:
            parts.append(_syllable(ord(sign) - _HANGUL.start))
        else:
            _add_decomposed(parts, sign)
    return "".join(parts)


def _syllable(number: int) -> str:
    return _INITIALS[number // 588] + _VOWELS[number % 588 // 28] + _FINALS[number % 28]


def _add_decomposed(parts: list[str], sign: str) -> None:
    """A letter without its marks; a letter of another script by its name."""
    for part in unicodedata.normalize("NFKD", sign):
        if part.isascii() or part in _TABLE:
            parts.append(_TABLE.get(part, part))
            continue
        script, _, rest = unicodedata.name(part, "").partition(" ")
        speak = _by_name.get(script, _last_word if " LETTER " in f" {rest}" else None)
        if speak is not None:
            speak(parts, rest)


def _last_word(parts: list[str], name: str) -> None:
    parts.append(name.rpartition(" ")[2].lower())


def _indic(parts: list[str], name: str) -> None:
    """A consonant is spoken with an a, unless a sign says otherwise."""
    kind, _, sound = name.rpartition(" ")
    # Sinhala letters are called by their sound and -yanna, its vowel signs by their shape
    sound = sound[:1] if "PILLA" in sound else sound.removesuffix("YANNA")
    if kind == "VOWEL SIGN" or sound in ("VIRAMA", "HALANTA"):
        if parts and parts[-1].endswith("a"):
            parts[-1] = parts[-1][:-1]
        parts.append(sound.lower() if kind == "VOWEL SIGN" else "")
    elif sound in ("ANUSVARA", "CANDRABINDU"):
        parts.append("n")
    elif kind.startswith("LETTER"):
        parts.append(sound.lower())


def _thai(parts: list[str], name: str) -> None:
    """Consonants are called by their sound and an o, vowels SARA; tone marks have no sound."""
    first, _, second = name.removeprefix("CHARACTER ").partition(" ")
    if first == "SARA":
        parts.append(second.split()[0].lower())
    elif first not in ("MAI", "THANTHAKHAT", "PHINTHU", "NIKHAHIT", "MAITAIKHU"):
        parts.append(first.lower().rstrip("o"))


_INDIC = "DEVANAGARI BENGALI GURMUKHI GUJARATI ORIYA TAMIL TELUGU KANNADA MALAYALAM SINHALA"
_by_name: dict[str, Callable[[list[str], str], None]] = dict.fromkeys(_INDIC.split(), _indic) | {"THAI": _thai}
