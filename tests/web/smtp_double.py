"""A mail server for tests: speaks enough SMTP on this machine, keeps what it was given, refuses on demand."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Mailbox:
    """What arrived, and what to refuse: recipients containing ``refused`` get ``code``."""

    mails: list[EmailMessage] = field(default_factory=list)
    refused: str = ""
    code: int = 550
    port: int = 0

    @property
    def url(self) -> str:
        """As the setting SMTP_URL names it."""
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A server on a free port for the length of the block."""
    box = Mailbox()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 double")
            while line := self.rfile.readline():
                if not self._answer(line.decode().strip()):
                    return

        def _answer(self, line: str) -> bool:
            verb = line[:4].upper()
            if verb == "RCPT" and box.refused and box.refused in line:
                self._say(f"{box.code} no such mailbox")
            elif verb == "DATA":
                self._say("354 go on")
                self._take()
                self._say("250 kept")
            else:
                self._say("221 bye" if verb == "QUIT" else "250 double")
            return verb != "QUIT"

        def _take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            mail = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            box.mails.append(mail)

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
