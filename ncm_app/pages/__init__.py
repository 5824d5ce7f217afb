"""The only layer that imports Panel: controls, cards, model pages, the site."""
