"""`rotate-keys --root | --client CLIENT | --all`: new keys, and what is sealed already sealed anew under them."""

from argparse import ArgumentParser
from functools import partial
from typing import Any

from accounts.models import Firm
from clients.models import Client
from clients.services import find_client
from lexai import commands
from lexai.encryption import root_rotation, rotation

OLD_KEYS = (
    "The old keys seal nothing any more and stay in the key store, so that older backups of the database open with "
    "it. For a day the worker seals anew what other processes still sealed under them."
)
GONE_ON_WITH = "For {owners:,} the rotation of the last hour was gone on with: they got no other key."
OLD_ROOT = (
    "The old root is kept as {kept}: older backups of the key store need it. Delete it once they are gone."
)


class Command(commands.Command):
    help = "Give clients and firms new data keys, or the key store a new root, while the system serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--root", action="store_true", help="a new root key; data keys stay as they are")
        what.add_argument(
            "--client",
            metavar="CLIENT",
            help="a new data key for one client: id, case number, name or e-mail address",
        )
        what.add_argument("--all", action="store_true", help="a new data key for every client and firm")

    def act(self, *, by: Any, **options: Any) -> int | None:
        if options["root"]:
            self._tell_of_root(str(root_rotation.rotate_root(by=by)), as_json=options["json"])
            return None
        if options["client"] is not None:
            owners = [find_client(options["client"], by=by)]
        else:
            rows = [
                *Client.objects.visible_to(by).order_by("pk"),
                *Firm.objects.visible_to(by).order_by("pk"),
            ]
            owners = rotation.with_keys(rows)
        renewals = [(owner, renewal) for owner in owners if (renewal := self._renew(owner, by=by))]
        renewed = [owner for owner, _renewal in renewals]
        resealed = self._reseal(renewed, by=by)
        left = sum(map(rotation.remaining, renewed))
        if renewals:
            new_keys = sum(renewal.is_new for _owner, renewal in renewals)
            self._tell_of_keys(len(renewals), new_keys, resealed, left, as_json=options["json"])
        elif owners:
            return commands.COULD_NOT
        return commands.DONE_IN_PART if left or len(renewals) < len(owners) else None

    def _renew(self, owner: Any, *, by: Any) -> rotation.Renewal | None:
        """Give one owner of several a new key; say so when that is refused, and return None."""
        renewal, refusal = self.attempt(partial(rotation.renew_key, owner, by=by), by=by)
        if refusal:
            self.stderr.write(f"{rotation.scope_of_owner(owner)}: {refusal}")
        return renewal

    def _reseal(self, owners: list[Any], *, by: Any) -> int:
        """Seal anew what the owners have; return how many values, files and indexes that were."""
        total, done = sum(map(rotation.remaining, owners)), 0
        for owner in owners:
            for count in rotation.reseal(owner, by=by):
                done += count
                self.show_progress(done, max(done, total))
        return done

    def _tell_of_root(self, kept: str, *, as_json: bool) -> None:
        if as_json:
            self.say_json({"kept": kept})
        else:
            self.say("Every data key is wrapped by a new root.")
            self.say(OLD_ROOT.format(kept=kept))

    def _tell_of_keys(self, owners: int, new_keys: int, resealed: int, left: int, *, as_json: bool) -> None:
        if as_json:
            self.say_json({"owners": owners, "new_keys": new_keys, "resealed": resealed, "left": left})
            return
        self.say(
            f"Clients and firms with new keys: {new_keys:,}; values, files and indexes sealed anew: {resealed:,}."
        )
        if new_keys < owners:
            self.say(GONE_ON_WITH.format(owners=owners - new_keys))
        if left:
            self.say(f"{left:,} do not open and stay as they are, with their old keys; the log names them.")
        self.say(OLD_KEYS)
