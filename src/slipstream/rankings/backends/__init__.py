"""Where views are counted: one small interface, and what implements it."""
