"""Curves of fixed points over one parameter, of folds and Hopf points over two, and what lies on them."""
