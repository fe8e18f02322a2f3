"""Words that several styles' titles are made of."""

#: When: after the thing in English, before it in Korean.
TIMES = """
before the rain=비 오기 전의, after the rain=비 갠 뒤의, in early spring=이른 봄의,
at the end of summer=늦여름의, in October=시월의, on a quiet day=고요한 날의,
on a Sunday=일요일의, before anyone wakes=모두 잠든 시간의, I remember=기억 속의,
without wind=바람 없는 날의, in a dream=꿈에서 본, the week before winter=겨울을 앞둔,
at first light=첫 빛의, late in the year=한 해 끝자락의, for a long evening=긴 저녁의
"""

#: When or where.
WHEN = (
    TIMES
    + """, far from here=먼 곳의, from the train=기차에서 본, on the way home=집에 가는 길의,
where we used to walk=우리가 걷던, in a postcard=엽서 속의, by the old road=옛길 옆의,
in the north=북쪽의, near my grandmother's=할머니 댁 가까운
"""
)

#: What an abstract picture may be like: before the thing in both languages.
QUALITIES = """
quiet=조용한, slow=느린, soft=부드러운, patient=참을성 있는, bright=환한, small=작은,
restless=들뜬, gentle=다정한, half-remembered=어렴풋한, unhurried=느긋한, old=오래된,
careful=조심스러운, warm=따뜻한, plain=담백한, deep=깊은, shy=수줍은, light=가벼운,
familiar=낯익은, winter=겨울의, summer=여름의, afternoon=오후의, late=늦은
"""
