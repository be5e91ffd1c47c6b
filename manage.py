#!/usr/bin/env python
"""LexAI's commands; the one place that starts the servers which a fresh machine lacks."""

import os
import sys
from io import TextIOWrapper

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import ManagementUtility, get_commands
from django.core.management.base import BaseCommand

from lexai import embedded

WITHOUT_SERVERS = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "help",
    "makemessages",
    "spectacular",
    "startapp",
}
# commands of others that would write past the services, and ours that are run instead
INSTEAD = {
    "changepassword": "renew-password EMAIL",
    "createsuperuser": "create-firm NAME --admin EMAIL",
    "axes_reset": "release-lockout EMAIL",
    "axes_reset_failure_logs": "release-lockout EMAIL",
    "axes_reset_ip": "release-lockout EMAIL",
    "axes_reset_ip_username": "release-lockout EMAIL",
    "axes_reset_logs": "release-lockout EMAIL",
    "axes_reset_username": "release-lockout EMAIL",
}
HELP = {"help", "--help", "-h", "--version"}


class Utility(ManagementUtility):
    """Django's utility, which also reads `create-firm` as `create_firm` and holds the servers while it works."""

    servers: embedded.Hold | None = None

    def fetch_command(self, subcommand: str) -> BaseCommand:
        underscored = subcommand.replace("-", "_")
        name = underscored if underscored in get_commands() else subcommand
        if name in INSTEAD:
            sys.exit(f"{name} would pass by LexAI's rules and its audit. Run: manage.py {INSTEAD[name]}")
        command = super().fetch_command(name)
        if self.servers is None and self._needs_servers(command, name):
            self.servers = embedded.hold(embedded.home())
        return command

    def _needs_servers(self, command: BaseCommand, name: str) -> bool:
        asks_for_help = bool(HELP.intersection(self.argv))
        return (
            settings.NEEDS_SERVERS
            and not asks_for_help
            and getattr(command, "needs_servers", name not in WITHOUT_SERVERS)
        )


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lexai.settings")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter is no reason to fail
    utility = Utility(sys.argv)
    try:
        settings.NEEDS_SERVERS  # noqa: B018 - a fault of the settings is said before anything else
        utility.execute()
    except (embedded.ServersUnavailable, ImproperlyConfigured) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # whoever read our output, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        if utility.servers:
            utility.servers.release(wait=True)


if __name__ == "__main__":
    main()
