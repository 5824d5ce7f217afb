"""Everything about a page that needs no Panel: what is asked, what a click means, the link."""
