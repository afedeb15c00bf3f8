# SPDX-License-Identifier: MIT
"""Real servers, managers, publishers and mirrors for tests and demos: what is started here ends with the test."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

PATIENCE = 60
EVENT = "7d1f3a90-52c4-4b1e-0102-030405060708"


def free_ports(count):
    """Ports of this machine that nobody has."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def until(what, condition, patience=PATIENCE):
    """The limit only ends a test that hangs."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.02)
    raise AssertionError(f"in vain: {what}")


class Program:
    """A process whose output goes to files."""

    def __init__(self, folder, name, *command, env=None, stdin=subprocess.DEVNULL):
        self.out, self.err = folder / f"{name}.out", folder / f"{name}.err"
        with open(self.out, "ab") as out, open(self.err, "ab") as err:
            self.process = subprocess.Popen([str(word) for word in command], stdin=stdin, stdout=out, stderr=err,
                                            env=dict(os.environ, **(env or {})))

    def text(self):
        """The lines that are whole: of the last one there may be a part so far."""
        return self.out.read_text(encoding="utf-8", errors="replace").rpartition("\n")[0]

    def lines(self):
        return self.text().splitlines()

    def said(self):
        return self.err.read_text(encoding="utf-8", errors="replace")

    def await_said(self, text, times=1):
        until(f"{self.err.name}: {text}", lambda: self.said().count(text) >= times or self.process.poll() is not None)
        if self.said().count(text) < times:
            raise AssertionError(f"{self.err.name}: {self.said()}")

    def end(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(PATIENCE)


class Reporter(Program):
    """tests/fleet/reporter.c, with a device that has started."""

    def __init__(self, fleet, address, device, interface_class=None, links=()):
        self.fleet = fleet
        words = [fleet.paths["reporter"], address, device] + ([interface_class] if interface_class else [])
        super().__init__(fleet.folder, f"reporter-{len(fleet.programs)}", *words, stdin=subprocess.PIPE)
        fleet.programs.append(self)
        self.answers = 1
        until("a device", self.lines)
        assert self.lines() == ["ready"], self.lines()
        for link in links:
            self.do(f"link {link}")
        self.do("start")

    def begin(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        self.answers += 1

    def finish(self):
        until("an answer", lambda: len(self.lines()) >= self.answers)
        assert self.lines()[-1] == "done", self.lines()[-1]

    def do(self, line):
        self.begin(line)
        self.finish()


class Machine:
    """A manager, and what connects it with the others."""

    def __init__(self, fleet, name, linux=False):
        self.fleet, self.name, self.linux = fleet, name, linux
        self.folder = fleet.folder / name
        self.folder.mkdir()
        self.address = f"unix:path={self.folder}/socket"
        owners = self.folder / "owners"
        owners.write_text(f"{os.getuid()} FLEET\\*\n", encoding="utf-8")
        owners.chmod(0o600)
        self.owners = owners
        self.manager = None
        self.start_manager()

    def start_manager(self):
        self.manager = self.start("manager", self.fleet.paths["pnpnotifyd"], "--address", self.address,
                                  "--owners", self.owners, *([] if self.linux else ["--no-linux"]))
        until("a manager", lambda: subprocess.run(
            [self.fleet.paths["pnpnotify"], "list", "--address", self.address],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0)

    def start(self, name, *command, **options):
        program = Program(self.folder, f"{name}-{len(self.fleet.programs)}", *command, **options)
        self.fleet.programs.append(program)
        return program

    def run(self, *words, wait=True, servers=None, prefix=()):
        """pnpnotify-fleet run, ready when it returns."""
        program = self.start("fleet", *prefix, self.fleet.paths["fleet"], "run", "--name", self.name, "--address",
                             self.address, "--state", self.folder / "state", *(servers or self.fleet.servers()), *words)
        if wait and "--publish" in words:
            program.await_said("publishing")
        if wait and "--mirror" in words:
            program.await_said("mirroring")
        return program

    def monitor(self, *words):
        """pnpnotify monitor --json of this machine, watching when it returns."""
        monitor = self.start("monitor", self.fleet.paths["pnpnotify"], "monitor", "--json", "--address", self.address, *words)
        monitor.await_said("watching")
        return monitor

    def devices(self):
        done = subprocess.run([self.fleet.paths["pnpnotify"], "list", "--json", "--address", self.address],
                              capture_output=True, text=True, check=True)
        return {line["device"]: line for line in map(json.loads, done.stdout.splitlines())}


class Fleet:
    """Servers of NATS, one or a cluster, in a folder of their own."""

    def __init__(self, paths, size=1, config=""):
        self.paths = paths
        self.holder = tempfile.TemporaryDirectory(prefix="pnpn-fleet-")
        self.folder = pathlib.Path(self.holder.name)
        self.programs = []
        self.size, self.config = size, config
        self.ports = free_ports(2 * size)
        self.nats = [self.start_server(i) for i in range(size)]
        until("servers", lambda: all(self.is_ready(i) for i in range(size)))

    def start(self, name, *command):
        program = Program(self.folder, f"{name}-{len(self.programs)}", *command)
        self.programs.append(program)
        return program

    def start_server(self, number):
        text = f"server_name: s{number}\nhost: 127.0.0.1\nport: {self.ports[number]}\n"
        text += f"jetstream {{ store_dir: \"{self.folder}/js{number}\", max_mem: 256M, max_file: 4G }}\n" + self.config
        if self.size > 1:
            routes = ", ".join(f"\"nats://127.0.0.1:{port}\"" for port in self.ports[self.size:])
            text += f"cluster {{ name: fleet, listen: 127.0.0.1:{self.ports[self.size + number]}, routes: [{routes}] }}\n"
        path = self.folder / f"nats{number}.conf"
        path.write_text(text, encoding="utf-8")
        program = Program(self.folder, f"nats{number}", "nats-server", "-c", path)
        self.programs.append(program)
        return program

    def is_ready(self, number):
        said = self.nats[number].said()
        return "Server is ready" in said and (self.size == 1 or "JetStream cluster new metadata leader" in "".join(
            server.said() for server in self.nats))

    def servers(self):
        words = ["--replicas", str(self.size)]
        for port in self.ports[:self.size]:
            words += ["--server", f"nats://127.0.0.1:{port}"]
        return words

    def query(self, *words, servers=None):
        """pnpnotify fleet, as its lines."""
        done = subprocess.run([self.paths["pnpnotify"], "fleet", *words, *(servers or self.servers())], text=True,
                              capture_output=True, timeout=PATIENCE, check=False)
        return done.returncode, done.stdout.splitlines(), done.stderr

    def close(self):
        for program in reversed(self.programs):
            program.end(signal.SIGKILL)
            if program.process.stdin:
                program.process.stdin.close()
        self.holder.cleanup()


def numbers(lines, device):
    """Sequence numbers of a device's events, and how many were told as lost, of pnpnotify monitor --json."""
    events = [line for line in map(json.loads, lines) if line["device"] == device and line["kind"] == "event"]
    return [event["sequence"] for event in events], sum(event["lost"] for event in events)


class Nats:
    """What a program needs that knows NATS alone: some lines of text over a socket."""

    def __init__(self, port, **login):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(60)
        self.file = self.socket.makefile("rb")
        self.file.readline()
        self.send(f"CONNECT {json.dumps(dict(login, headers=True, verbose=False, pedantic=False))}\r\nPING\r\n")
        while self.file.readline() not in (b"PONG\r\n", b""):
            pass

    def send(self, text, data=b""):
        self.socket.sendall(text.encode() + data)

    def publish(self, subject, headers, data=b""):
        head = ("NATS/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n").encode()
        self.send(f"HPUB {subject} {len(head)} {len(head) + len(data)}\r\n", head + data + b"\r\n")

    def flush(self):
        """Everything that was sent has been looked at; what the server had against it."""
        errors = []
        self.send("PING\r\n")
        while (line := self.file.readline()) != b"PONG\r\n":
            errors.append(line.decode())
        return errors

    def next(self):
        """The next message: subject, headers, payload."""
        while True:
            words = self.file.readline().decode().split()
            if words[0] == "PING":
                self.send("PONG\r\n")
            elif words[0] in ("MSG", "HMSG"):
                size = int(words[-1])
                head = int(words[-2]) if words[0] == "HMSG" else 0
                body = self.file.read(size + 2)[:size]
                lines = body[:head].decode().split("\r\n")[1:]
                return words[1], dict(line.split(": ", 1) for line in lines if line), body[head:]

    def close(self):
        self.file.close()
        self.socket.close()
