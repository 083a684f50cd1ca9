"""A plugin of pytest for llama.cpp's tests: tests that start a server with the same flags one after the other share it, models are not
loaded ahead of all tests, and names of HTTP headers are found in any letters, as HTTP has it."""

import atexit

from requests.structures import CaseInsensitiveDict
from utils import ServerPreset, ServerProcess, server_instances

SETTINGS = [name for name in vars(ServerProcess) if not name.startswith("__") and not callable(getattr(ServerProcess, name))]
# what changes nothing of what `llmops serve` is started with
IGNORED = {"process", "debug", "jinja", "n_batch", "n_ubatch"}

start, stop, request = ServerProcess.start, ServerProcess.stop, ServerProcess.make_request
running = {}


def flags_of(server):
    return tuple(str(getattr(server, name)) for name in SETTINGS if name not in IGNORED)


def stop_running():
    for server in running.values():
        stop(server)
    running.clear()


def start_or_share(self, timeout_seconds=120):
    flags = flags_of(self)
    shared = running.get(flags)
    if shared is None or shared.process.poll() is not None:
        stop_running()
        start(self, timeout_seconds)
        running[flags] = self
    server_instances.add(self)
    self.ready = True


def keep(self):
    server_instances.discard(self)
    if self.process and self not in running.values():
        stop(self)


def request_with_any_letters(self, *arguments, **named):
    result = request(self, *arguments, **named)
    result.headers = CaseInsensitiveDict(result.headers)
    return result


ServerProcess.start, ServerProcess.stop, ServerProcess.make_request = start_or_share, keep, request_with_any_letters
ServerPreset.load_all = staticmethod(lambda: None)
atexit.register(stop_running)
