"""``{% load gallery_popular %}``"""

from django import template

from gallery.popular.numbers import shortened

register = template.Library()

register.filter("shortened", shortened)
