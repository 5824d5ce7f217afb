"""ncm_app: a live laboratory for the dynamics of neural circuits (`panel serve app.py`)."""

from ncm_app.pages import site

site.start()
site.page().servable()
