"""Names and words for the demo's people, some by hand, the rest put together."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple


class Identity(NamedTuple):
    """Who somebody of the demo is."""

    username: str
    name: str
    bio: str


#: By hand; the first of them is the account to sign in with.
PEOPLE = (
    ("mina", "김미나", "골목과 오래된 간판을 찍어요. 필름은 느려서 좋아요."),
    ("haru.k", "Haru Kobayashi", "Mountains before breakfast."),
    ("seojun", "박서준", "새벽 바다, 그리고 아무 말 없는 사진."),
    ("ines", "Inês Carvalho", "Lisbon tiles, light on water, too much coffee."),
    ("jiwoo", "이지우", "식물을 그리고 사진으로 남겨요."),
    ("amara", "Amara Okafor", "Portraits and pattern. Lagos / London."),
    ("doyun", "최도윤", "건축 사진. 콘크리트도 표정이 있어요."),
    ("freya", "Freya Lindqvist", "Snow has a hundred whites; I'm at forty."),
    ("haneul", "정하늘", "하늘만 찍습니다. 이름값 해야죠."),
    ("mateo", "Mateo Ruiz", "Street photography with a very small camera."),
    ("soyeon", "한소연", "고양이 두 마리와 사는 일러스트레이터."),
    ("priya", "Priya Raman", "Textiles, colour studies, monsoon skies."),
    ("jihoon", "윤지훈", "자전거로 갈 수 있는 만큼만 멀리."),
    ("noor", "Noor Haddad", "Calligraphy and quiet geometry."),
    ("eunchae", "오은채", "도자기를 굽고, 깨진 것도 찍어요."),
    ("tom.b", "Tom Brennan", "Lighthouse keeper's grandson. Mostly fog."),
    ("yuna", "서유나", "빛이 좋은 날엔 회사에 늦어요."),
    ("leilani", "Leilani Kahale", "Waves, long exposures, salt on everything."),
    ("minjae", "강민재", "밤의 편의점과 네온 사인."),
    ("zoe", "Zoé Lambert", "Risograph prints and found paper."),
    ("sumin", "임수민", "숲을 걷고, 이끼를 들여다봐요."),
    ("kwame", "Kwame Mensah", "Markets at noon, drums at night."),
    ("gaeun", "신가은", "작은 것들의 큰 사진."),
    ("ola", "Ola Nowak", "Trains, platforms, the people who wait."),
    ("taeyang", "조태양", "해 뜨는 곳을 따라 여행해요."),
    ("mei", "Mei Tanaka", "Ink on paper, then a photograph of it."),
    ("chaewon", "배채원", "요리하는 사람. 접시 위의 색을 좋아해요."),
    ("dmitri", "Dmitri Volkov", "Frozen lakes and the lines skates leave."),
    ("sion", "문시온", "음악을 들으며 추상화를 그려요."),
    ("anouk", "Anouk de Wit", "Polders seen from a kite."),
    ("hyunwoo", "권현우", "산 능선만 모으는 중이에요."),
    ("carmen", "Carmen Delgado", "Flamenco, dust and late sun."),
    ("dahye", "황다혜", "책방지기. 책등을 찍어요."),
    ("elias", "Elias Berg", "Generative art; the plotter does the drawing."),
    ("yerin", "송예린", "비 오는 창문을 좋아합니다."),
    ("samir", "Samir Aziz", "Rooftops of Tunis."),
    ("junho", "류준호", "흑백으로 보면 더 잘 보이는 것들."),
    ("aroha", "Aroha Ngata", "Ferns, fjords, family."),
    ("nari", "홍나리", "들꽃 이름을 배우고 있어요."),
    ("lucas", "Lucas Moreau", "Cinema stills from films that do not exist."),
    ("bora", "전보라", "보라색을 찾으면 찍어요."),
    ("wanjiru", "Wanjiru Kamau", "Red earth, blue shutters."),
    ("sangmin", "고상민", "시골 버스 정류장 기록."),
    ("greta", "Greta Fischer", "Botanical cyanotypes."),
    ("areum", "남아름", "한지와 먹, 그리고 여백."),
    ("diego", "Diego Paredes", "Deserts at blue hour."),
    ("yejun", "심예준", "아이와 함께 걷는 동네 산책."),
    ("ingrid", "Ingrid Solheim", "Northern lights, southern socks."),
    ("hayoon", "노하윤", "수영장 타일의 물결 무늬."),
    ("kofi", "Kofi Asante", "Fabric, rhythm, repetition."),
    ("sebin", "하세빈", "드론 없이 높은 곳에 올라가요."),
    ("thuy", "Thùy Nguyễn", "Lotus ponds and motorbikes."),
    ("woojin", "곽우진", "오래된 카메라를 고쳐 씁니다."),
    ("alba", "Alba Ferrer", "Sea glass and small shells."),
    ("rachel", "Rachel Kim", "Seoul by birth, Chicago by winter."),
    ("jaeyoon", "성재윤", "전통 문양을 다시 그려요."),
    ("farah", "Farah Siddiqui", "Arches, courtyards, swallows."),
    ("dongha", "차동하", "막차가 떠난 뒤의 역."),
    ("otto", "Otto Virtanen", "Saunas, lakes, nothing else."),
    ("seulgi", "주슬기", "빵과 구름은 닮았어요."),
)

_SURNAMES = (
    ("김", "kim"), ("이", "lee"), ("박", "park"), ("최", "choi"), ("정", "jung"), ("강", "kang"),
    ("조", "cho"), ("윤", "yoon"), ("장", "jang"), ("임", "lim"), ("한", "han"), ("오", "oh"),
    ("서", "seo"), ("신", "shin"), ("권", "kwon"), ("황", "hwang"), ("안", "ahn"), ("송", "song"),
)  # fmt: skip
_GIVEN = (
    ("서연", "seoyeon"), ("민준", "minjun"), ("하은", "haeun"), ("도현", "dohyun"),
    ("수아", "sua"), ("예은", "yeeun"), ("지안", "jian"), ("우주", "wooju"), ("다온", "daon"),
    ("시우", "siwoo"), ("채원", "chae"), ("은우", "eunwoo"), ("나윤", "nayoon"), ("건우", "gunwoo"),
    ("소율", "soyul"), ("태윤", "taeyoon"), ("유진", "yujin"), ("승현", "seunghyun"),
    ("해린", "haerin"), ("보미", "bomi"), ("라온", "raon"), ("윤슬", "yoonseul"),
)  # fmt: skip
_FIRST = (
    "Ada", "Bruno", "Chloe", "Davi", "Elif", "Finn", "Giulia", "Hugo", "Iris", "Jonas", "Kaia",
    "Leo", "Maya", "Nils", "Olga", "Pablo", "Quinn", "Rosa", "Soren", "Tala", "Uma", "Vera",
    "Wren", "Xavi", "Yara", "Zane",
)  # fmt: skip
_LAST = (
    "Abara", "Bianchi", "Castro", "Dahl", "Eriksen", "Fontaine", "Garcia", "Hassan", "Ito",
    "Jansen", "Kowalski", "Larsen", "Mori", "Novak", "Olsen", "Pereira", "Rossi", "Silva",
    "Torres", "Vega", "Weber", "Yilmaz",
)  # fmt: skip
_BIOS_KO = (
    "주말마다 조금 멀리 걸어요.", "색연필과 오래된 스캐너.", "바다 가까이 살고 있어요.",
    "모으는 것: 돌, 조개, 그림자.", "조용한 것을 좋아해요.", "무늬를 그리면 마음이 가라앉아요.",
    "퇴근하고 그림 그립니다.", "창밖을 오래 보는 편이에요.", "하루에 한 장.", "",
)  # fmt: skip
_BIOS_EN = (
    "One picture a day, most days.", "Lines, mostly.", "Drawing what the wind does.",
    "Collector of horizons.", "Slow looking.", "Colour first, questions later.",
    "Paper, scissors, patience.", "Between the sea and the printer.", "Learning to leave space.",
    "",
)  # fmt: skip


def identities(random: Random, *, count: int) -> list[Identity]:
    """Return ``count`` different people: those by hand first, half of the rest Korean."""
    people = [Identity(*person) for person in PEOPLE[:count]]
    taken = {person.username for person in people}
    made = _made_up(random)
    while len(people) < count:
        person = next(made)
        if person.username not in taken:
            taken.add(person.username)
            people.append(person)
    return people


def _made_up(random: Random) -> Iterator[Identity]:
    while True:
        surname, latin_surname = random.choice(_SURNAMES)
        given, latin = random.choice(_GIVEN)
        yield Identity(f"{latin}.{latin_surname}", surname + given, random.choice(_BIOS_KO))
        first, last = random.choice(_FIRST), random.choice(_LAST)
        bio = random.choice(_BIOS_EN)
        yield Identity(f"{first}.{last}".lower(), f"{first} {last}", bio)
