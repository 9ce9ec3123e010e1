"""Starts one program as a daemon and prints its pid. Run as a script by `processes`, never imported.

A process of its own because of three things that a threaded parent cannot do safely: fork twice, so
that the daemon belongs to init and never lingers as our zombie; change the user; and give back the
default signal handlers, which a shell's `&` takes away (SIGINT, without which Prefect ignores SIGTERM).
It uses the standard library only and runs isolated, because it may run before anything is installed.
"""

import json
import os
import signal
import sys


def _become(uid: int | None, gid: int | None) -> None:
    if uid is None or gid is None:
        return
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def _run(order: dict[str, object], failure_pipe: int) -> None:
    os.setsid()
    log = os.open(str(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    argv = [str(word) for word in order["argv"]]  # type: ignore[attr-defined]
    try:
        _become(order["uid"], order["gid"])  # type: ignore[arg-type]
        os.chdir(str(order["cwd"]))
        os.execv(argv[0], argv)  # noqa: S606 - no shell is the point
    except OSError as error:
        os.write(failure_pipe, f"{type(error).__name__}: {error.strerror}".encode())


def main() -> None:
    """Read the order from stdin, start it, print `{pid, failure}`."""
    order = json.load(sys.stdin)
    read_end, write_end = os.pipe()  # close-on-exec: end of file means that the program runs
    pid = os.fork()
    if pid == 0:
        try:
            _run(order, write_end)
        finally:
            os._exit(127)
    os.close(write_end)
    failure = os.read(read_end, 500).decode()
    print(json.dumps({"pid": pid, "failure": failure}))


if __name__ == "__main__":
    main()
