"""A person and their browser, without scripts: it keeps cookies, follows redirects, and sends the forms that it
is shown with what the person types."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

MOST_STEPS = 12
TIMEOUT_SECONDS = 30


class Browser:
    def __init__(self):
        self.session = requests.Session()
        self.session.trust_env = False

    def walk(self, address, answers=None):
        """Goes on from an address until a redirect leaves for another place, or until a page asks nothing: the
        place, or the page."""
        home = origin(address)
        method, data = "GET", None
        for _ in range(MOST_STEPS):
            if origin(address) != home:
                return address
            response = self.session.request(
                method, address, data=data, allow_redirects=False, timeout=TIMEOUT_SECONDS
            )
            method, data = "GET", None
            if "location" in response.headers:
                address = urljoin(address, response.headers["location"])
                continue
            form = Form(response.text)
            if form.action is None:
                return response.text.partition("<main>")[2]
            method, data = "POST", form.filled_in(answers or {})
            address = urljoin(address, form.action)
        raise AssertionError(f"no end of pages at {address}")


def origin(address):
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


class Form(HTMLParser):
    """The form of a page: where it leads, its fields and its named buttons."""

    def __init__(self, page):
        super().__init__()
        self.action, self.inputs, self.buttons = None, [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "form":
            assert attributes["method"] == "post" and self.action is None
            self.action = attributes["action"]
        elif tag == "input":
            self.inputs.append(attributes)
        elif tag == "button" and "name" in attributes:
            self.buttons.append((attributes["name"], attributes["value"]))

    def filled_in(self, answers):
        """Its fields as they are, where the person has no answer of their own, and the button that they press."""
        values = [(field["name"], self.value(field, answers)) for field in self.inputs]
        pressed = [button for button in self.buttons if answers.get(button[0]) == button[1]]
        assert len(pressed) == bool(self.buttons), f"nobody knows what to press: {self.buttons}"
        return values + pressed

    @staticmethod
    def value(field, answers):
        value = answers.get(field["name"], field.get("value", ""))
        assert value or "required" not in field, f"nobody knows what {field['name']} is"
        return value
