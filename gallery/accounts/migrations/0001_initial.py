import django.db.models.functions.text
import django.utils.timezone
import gallery.accounts.models
import gallery.accounts.usernames
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "This username is taken."},
                        max_length=30,
                        unique=True,
                        validators=[gallery.accounts.usernames.validate_username],
                        verbose_name="username",
                    ),
                ),
                (
                    "username_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Replace(
                            django.db.models.functions.text.Replace(
                                django.db.models.functions.text.Replace(
                                    django.db.models.functions.text.Replace(
                                        django.db.models.functions.text.Replace(
                                            django.db.models.functions.text.Replace(
                                                django.db.models.functions.text.Replace(
                                                    django.db.models.functions.text.Replace(
                                                        django.db.models.functions.text.Replace(
                                                            django.db.models.functions.text.Replace(
                                                                django.db.models.functions.text.Lower(
                                                                    "username"
                                                                ),
                                                                models.Value("."),
                                                                models.Value(""),
                                                            ),
                                                            models.Value("-"),
                                                            models.Value(""),
                                                        ),
                                                        models.Value("_"),
                                                        models.Value(""),
                                                    ),
                                                    models.Value("0"),
                                                    models.Value("o"),
                                                ),
                                                models.Value("1"),
                                                models.Value("l"),
                                            ),
                                            models.Value("i"),
                                            models.Value("l"),
                                        ),
                                        models.Value("5"),
                                        models.Value("s"),
                                    ),
                                    models.Value("m"),
                                    models.Value("rn"),
                                ),
                                models.Value("w"),
                                models.Value("vv"),
                            ),
                            models.Value("d"),
                            models.Value("cl"),
                        ),
                        output_field=models.CharField(max_length=60),
                        unique=True,
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        error_messages={"unique": "There is an account with this address already."},
                        max_length=254,
                        unique=True,
                        verbose_name="e-mail address",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("bio", models.TextField(blank=True, max_length=500, verbose_name="about you")),
                ("photo", models.CharField(blank=True, editable=False, max_length=60)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "person",
                "verbose_name_plural": "people",
                "indexes": [models.Index(fields=["-date_joined", "-id"], name="accounts_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("username", django.db.models.functions.text.Lower("username"))
                        ),
                        name="accounts_username_lower_case",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", django.db.models.functions.text.Lower("email"))
                        ),
                        name="accounts_email_lower_case",
                    ),
                ],
            },
            managers=[
                ("objects", gallery.accounts.models.UserManager()),
            ],
        ),
    ]
