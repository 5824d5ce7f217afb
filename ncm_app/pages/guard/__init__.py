"""What stands between visitors and the server: installed once, before the first page is built.

`panel serve` knows nothing of it, so it is put into the classes of Bokeh, Panel and Tornado
themselves and holds for every server of the process, whatever command started it:
  * `gate`     requests are looked at before a handler is found for them
  * `tokens`   every token is signed and opens one websocket
  * `messages` what one message of a browser may hold, and may inflate to
  * `logs`     how much a visitor can write into the log
  * `headers`  what every answer says to the browser
  * `address`  links that Panel cannot take apart
The names that it relies on are listed in `bindings`.
"""

from ncm_app.pages.guard.install import install

__all__ = ["install"]
