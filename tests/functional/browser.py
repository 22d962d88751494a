# SPDX-License-Identifier: GPL-2.0-or-later
"""A page in Chromium without a window, by its DevTools protocol on two pipes.

    browser = Browser(directory, deadline)
    browser.open(path)
    browser.evaluate("document.title")
    browser.click(100, 100); browser.wheel(100, 100, -120); browser.type("text")
    browser.screenshot("name")
    browser.close()

What the page complains of, and each address that it asks for, is kept in
errors and requests.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
import time

PROGRAMS = ("chromium-headless-shell", "chromium")
WIDTH, HEIGHT = 1200, 800
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--no-first-run", "--disable-background-networking", "--hide-scrollbars",
    "--disable-component-update", "--disable-sync", "--mute-audio",
    "--remote-debugging-pipe", f"--window-size={WIDTH},{HEIGHT}")


def program():
    """The browser's path, or None if it could not be installed."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class BrowserError(AssertionError):
    """It has ended, has refused a command, or didn't do what it should."""


class Browser:
    def __init__(self, directory, deadline):
        """@directory: for profile, log and pictures; @deadline: of Limit."""
        self.directory, self.deadline = directory, deadline
        self.errors, self.requests, self.events = [], [], []
        self.last, self.received, self.session = 0, b"", None
        self._start()
        target = self.command("Target.createTarget", url="about:blank")
        self.session = self.command(
            "Target.attachToTarget", flatten=True,
            targetId=target["targetId"])["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.command(f"{domain}.enable")
        self.command("Emulation.setDeviceMetricsOverride", width=WIDTH,
                     height=HEIGHT, deviceScaleFactor=1, mobile=False)

    def _start(self):
        """The protocol is on descriptors 3 and 4 of the browser."""
        pipes = [high(end) for _ in range(2) for end in os.pipe()]
        theirs_in, self.to_it, self.from_it, theirs_out = pipes
        profile = self.directory / "profile"
        command = ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}',
                   "chromium", program(), *OPTIONS,
                   f"--user-data-dir={profile}"]
        with open(self.directory / "browser.log", "wb") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=(theirs_in, theirs_out), start_new_session=True,
                env={**os.environ, "HOME": str(self.directory)})
        os.close(theirs_in)
        os.close(theirs_out)

    def close(self):
        for end in (self.to_it, self.from_it):
            os.close(end)
        try:
            self.process.wait(5)        # it ends when its pipe does
        except subprocess.TimeoutExpired:
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        shutil.rmtree(self.directory / "profile", ignore_errors=True)

    # ------------------------------------------------------------- protocol

    def command(self, method, **params):
        self.last += 1
        message = {"id": self.last, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.to_it, data):]
        while True:
            answer = self._receive(method)
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                return answer["result"]
            self._event(answer)

    def _receive(self, why):
        while b"\0" not in self.received:
            left = self.deadline.left()
            if not left or not select.select([self.from_it], [], [], left)[0]:
                raise BrowserError(f"no answer to {why} within "
                                   f"{self.deadline}")
            data = os.read(self.from_it, 1 << 20)
            if not data:
                raise BrowserError(f"the browser has ended in {why}; see "
                                   f"{self.directory}/browser.log")
            self.received += data
        message, self.received = self.received.split(b"\0", 1)
        return json.loads(message)

    def _event(self, event):
        params, method = event.get("params", {}), event.get("method")
        self.events.append(method)
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get(
                "description", details["text"]))
        elif method == "Runtime.consoleAPICalled":
            if params["type"] in ("error", "warning", "assert"):
                self.errors.append(str(params["args"]))
        elif method == "Log.entryAdded":
            if params["entry"]["level"] in ("error", "warning"):
                self.errors.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    # ------------------------------------------------------------- commands

    def open(self, path):
        self.events.clear()
        done = self.command("Page.navigate", url=path.resolve().as_uri())
        if "errorText" in done:
            raise BrowserError(f"{path}: {done['errorText']}")
        while "Page.loadEventFired" not in self.events:
            self._event(self._receive("Page.navigate"))

    def evaluate(self, expression):
        """The value of an expression; it has to be one of JSON's."""
        done = self.command("Runtime.evaluate", expression=expression,
                            returnByValue=True)
        if "exceptionDetails" in done:
            raise BrowserError(f"{expression}: {done['exceptionDetails']}")
        return done["result"].get("value")

    def wait_until(self, expression):
        """For an expression to be true, or a function of the test's; what the
        page complains of meanwhile is in errors."""
        while not (self.evaluate("0") or expression() if callable(expression)
                   else self.evaluate(expression)):
            if not self.deadline.left():
                raise BrowserError(f"never true: {expression}")
            time.sleep(0.05)

    def middle(self, selector):
        """Where an element stands in the window."""
        return self.evaluate(
            f"(box => [box.x + box.width / 2, box.y + box.height / 2])"
            f"(document.querySelector({json.dumps(selector)})"
            ".getBoundingClientRect())")

    def mouse(self, kind, x, y, **more):
        self.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, selector):
        x, y = self.middle(selector)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1)

    def wheel(self, selector, delta):
        x, y = self.middle(selector)
        self.mouse("mouseWheel", x, y, deltaX=0, deltaY=delta)

    def type(self, selector, text):
        """Into a field in the place of what it has, and the return key."""
        self.evaluate("(field => { field.focus(); field.select(); })"
                      f"(document.querySelector({json.dumps(selector)}))")
        self.command("Input.insertText", text=text)
        for kind, more in (("keyDown", {"text": "\r"}), ("keyUp", {})):
            self.command("Input.dispatchKeyEvent", type=kind, key="Enter",
                         code="Enter", windowsVirtualKeyCode=13, **more)

    def screenshot(self, name):
        data = self.command("Page.captureScreenshot", format="png")["data"]
        path = self.directory / f"{name}.png"
        path.write_bytes(base64.b64decode(data))
        return path


def high(descriptor):
    """The same pipe by a number that the browser's own do not collide with."""
    number = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10)
    os.close(descriptor)
    return number
