import pytest, pickle, copy
from django.db.models import *
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import FieldError
from tests.pointing.models import *
from tests.things.models import *

def test_all(people, django_assert_num_queries):
    a, b = people(2)
    p = Picture.objects.create(owner=a); q = FeaturedPicture.objects.create(owner=b)
    d = Document.objects.create(); t = Tag.objects.create(name="x"); c = Cover.objects.create(picture=p)
    r = Restaurant.objects.create()
    acts = [Activity.objects.create(actor=a, target=x) for x in (p, q, d, t, c, r, b, None)]
    assert [x.target for x in acts] == [p, q, d, t, c, r, b, None]
    A = Activity.objects.order_by("pk")
    for x, act in zip((p, q, d, t, c, r, b), acts):
        assert A.get(target=x) == act, x
        assert set(A.exclude(target=x)) == set(acts) - {act}
        assert A.get(target=x).target == x or x is r
    assert set(A.filter(target__in=[p, d, b])) == {acts[0], acts[2], acts[6]}
    assert set(A.exclude(target__in=[p, d, b])) == set(acts) - {acts[0], acts[2], acts[6]}
    assert not A.filter(target__in=[]); assert A.exclude(target__in=[]).count() == 8
    assert set(A.filter(target__in=Picture.objects.all())) == set(acts[:2])
    assert set(A.filter(target__in=Picture.objects.values("owner"))) == {acts[6]}
    assert A.get(target=None) == acts[7]
    assert A.filter(target__isnull=False).count() == 7
    with django_assert_num_queries(7):
        assert [x.target for x in A.prefetch_related("target")][:3] == [p, q, d]
    with django_assert_num_queries(1):
        assert [x.target for x in A.select_related("target")][:3] == [p, q, d]
    with django_assert_num_queries(7):
        rows = list(A.with_target(Picture.objects.filter(pk=p.pk)))
        assert [x.target for x in rows][:3] == [p, None, d]
        assert rows[1].target_picture_id == q.pk
    assert set(Picture.objects.filter(Exists(Activity.objects.filter(target=OuterRef("pk"))))) == {p, Picture.objects.get(pk=q.pk)}
    assert set(type(a).objects.filter(acted__target=p)) == {a}
    assert set(type(a).objects.exclude(acted__target=p)) == {b}
    assert type(a).objects.annotate(n=Count("acted", filter=Q(acted__target__in=[p, d]))).get(pk=a.pk).n == 2
    assert A.annotate(k=Case(When(target=p, then=1), default=0)).get(k=1) == acts[0]
    assert [x.pk for x in Activity.objects.order_by("target", "pk")]
    assert [x.pk for x in Activity.objects.order_by("-target", "pk")]
    print(str(A.filter(target=p).query))
    print(str(A.exclude(target__in=[p,d]).query))
    assert Activity.objects.get_or_create(target=p, actor=a)[1] is False
    x, made = Activity.objects.update_or_create(target=p, defaults={"target": d}); assert not made
    x.refresh_from_db(); assert x.target == d
    x.target = p; x.save(update_fields=["target"]); x.refresh_from_db(fields=["target"]); assert x.target == p and x.target_document_id is None
    assert A.filter(target=p).update(target=t) == 1
    for bad in (5, "x", [p], Like(), object()):
        with pytest.raises(ValueError): A.filter(target=bad)
        with pytest.raises(ValueError): Activity(target=bad)
    with pytest.raises(FieldError): A.filter(target__title="x")
    with pytest.raises(FieldError): list(A.values("target"))
    assert LoudActivity.objects.filter(target=d).count() == 1
    ra = RatedActivity.objects.create(target=p, rating=3)
    assert RatedActivity.objects.get(target=p).target == p
    assert RatedActivity.objects.exclude(target=p).count() == 0
    l = Like.objects.create(user=a, on=p)
    l.full_clean()
    with pytest.raises(Exception): Like(user=a).full_clean()
    for f in Activity._meta.fields:
        with django_assert_num_queries(0): getattr(x, f.attname); f.value_from_object(x)
    assert Activity.objects.filter(target=F("actor")).count() == 0
    y = Activity.objects.only("target").get(pk=x.pk)
    with django_assert_num_queries(1): y.target
    print(p.activities.all(), p.activities.create(actor=b).target)
    z = pickle.loads(pickle.dumps(x)); copy.copy(x)
    pk = p.pk
    c.activities.all().delete()
    p.delete()
    assert not Activity.objects.filter(target_picture_id=pk).exists()
