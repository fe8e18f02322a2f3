"""What test models count: each kind of relation, each kind of key, with and without a filter."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from slipstream.counters import CountField

_ON_MARIADB = settings.DATABASES["default"]["ENGINE"].endswith("mysql")
# The one thing that a trigger of MariaDB's cannot do.
OF_ITSELF: dict[str, Any] = {"maintained_by": "signals"} if _ON_MARIADB else {}


class Label(models.Model):
    """Text key; the far end of a many-to-many relation without a model in between."""

    slug = models.CharField(max_length=40, primary_key=True)
    album_count = CountField("albums")

    def __str__(self) -> str:
        return self.slug


class Album(models.Model):
    """Integer key."""

    title = models.CharField(max_length=50, default="an album")
    labels = models.ManyToManyField(Label, related_name="albums")
    fans = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Fan", related_name="albums_liked"
    )
    photo_count = CountField("photos")
    shown_count = CountField("photos", filter=Q(hidden=False) & ~Q(caption="100%"))
    label_count = CountField("labels")
    fan_count = CountField("fans")

    class Meta:
        indexes = (models.Index(fields=("-fan_count", "-id"), name="counting_most_liked"),)

    def __str__(self) -> str:
        return self.title


class Photo(models.Model):
    """Counted by a foreign key that may be null, and counts what is said of it."""

    album = models.ForeignKey(Album, models.CASCADE, null=True, related_name="photos")
    caption = models.CharField(max_length=50, default="it's a photo")
    hidden = models.BooleanField(default=False)
    remark_count = CountField("remark_set")

    def __str__(self) -> str:
        return self.caption


class Remark(models.Model):
    """Counted by the name that Django gives the relation."""

    photo = models.ForeignKey(Photo, models.CASCADE)
    text = models.CharField(max_length=50, default="a remark")

    def __str__(self) -> str:
        return self.text


class Fan(models.Model):
    """In between, with a model of its own; nobody at the other end is no fan."""

    album = models.ForeignKey(Album, models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("album", "user"), name="counting_fan_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} ♥ {self.album_id}"


class Person(models.Model):
    """UUID key, related to itself: both ways alike, and one way."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    friends = models.ManyToManyField("self")
    idols = models.ManyToManyField("self", symmetrical=False, related_name="admirers")
    friend_count = CountField("friends")
    idol_count = CountField("idols")
    admirer_count = CountField("admirers")

    def __str__(self) -> str:
        return str(self.pk)


class Node(models.Model):
    """Its table holds the counts and is what is counted."""

    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    child_count = CountField("children", **OF_ITSELF)

    def __str__(self) -> str:
        return f"node {self.pk}"


class Shop(models.Model):
    """Referred to by something that is not its primary key."""

    code = models.CharField(max_length=20, unique=True)
    sale_count = CountField("sales")

    def __str__(self) -> str:
        return self.code


class Sale(models.Model):
    """Refers to a shop by its code."""

    shop = models.ForeignKey(Shop, models.CASCADE, to_field="code", related_name="sales")

    def __str__(self) -> str:
        return f"sale {self.pk}"


class Place(models.Model):
    """The parent of a model with a table of its own; both hold a count."""

    title = models.CharField(max_length=50, default="a place")
    long_visit_count = CountField("visits", filter=Q(minutes__gte=60))

    def __str__(self) -> str:
        return self.title


class Venue(Place):
    """Holds a count of what refers to its parent."""

    visit_count = CountField("visits")


class Visit(models.Model):
    """Refers to a place, which may be a venue."""

    place = models.ForeignKey(Place, models.CASCADE, related_name="visits")
    minutes = models.PositiveIntegerField(null=True)

    def __str__(self) -> str:
        return f"visit {self.pk}"


class Heard(models.Model):
    """Its counts are kept by signals."""

    labels = models.ManyToManyField(Label, related_name="heard")
    peers = models.ManyToManyField("self")
    echo_count = CountField("echoes", filter=Q(loud=True), maintained_by="signals")
    label_count = CountField("labels", maintained_by="signals")
    peer_count = CountField("peers", maintained_by="signals", db_index=False)
    said_count = CountField("echoes", filter=Q(by__isnull=False), maintained_by="signals")

    def __str__(self) -> str:
        return f"heard {self.pk}"


class Echo(models.Model):
    """Counted by signals."""

    heard = models.ForeignKey(Heard, models.CASCADE, null=True, related_name="echoes")
    loud = models.BooleanField(default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"echo {self.pk}"


class Whisper(Echo):
    """The same rows under another name, whose signals are its own."""

    class Meta:
        proxy = True


class Team(models.Model):
    """Counts what counts it: each table's triggers write the other."""

    name = models.CharField(max_length=20, default="a team")
    captain = models.ForeignKey(
        "Player", models.SET_NULL, null=True, related_name="captaincies", db_constraint=False
    )
    player_count = CountField("players")

    def __str__(self) -> str:
        return self.name


class Player(models.Model):
    """Is counted by a team, and counts the teams that it leads."""

    team = models.ForeignKey(Team, models.CASCADE, null=True, related_name="players")
    captaincy_count = CountField("captaincies")

    def __str__(self) -> str:
        return f"player {self.pk}"


class Word(models.Model):
    """Its table holds the counts and is what is counted, by a key that may change."""

    code = models.CharField(max_length=20, unique=True)
    root = models.ForeignKey(
        "self", models.CASCADE, to_field="code", null=True, related_name="derived"
    )
    derived_count = CountField("derived", **OF_ITSELF)

    def __str__(self) -> str:
        return self.code


#: What a string in SQL must be careful with, on one engine or another.
AWKWARD = 'it\'s 100% "%s" \\ $$ {held};;\n좋아요'


class Odd(models.Model):
    """Names and values that must be quoted."""

    mark_count = CountField(
        "marks", filter=Q(text=AWKWARD), db_column="좋아요를 누른 사람들의 수 (Marks)"
    )

    class Meta:
        db_table = "Counting Odd"

    def __str__(self) -> str:
        return f"odd {self.pk}"


class Mark(models.Model):
    """Has a column of the name of its table."""

    odd = models.ForeignKey(Odd, models.CASCADE, related_name="marks", db_column="select")
    text = models.TextField(default=AWKWARD, db_column="Counting Mark")

    class Meta:
        db_table = "Counting Mark"

    def __str__(self) -> str:
        return self.text
