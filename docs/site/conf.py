"""Sphinx makes the site by this, of the pages that scripts/build_site.py writes beside it."""

project = "lossref"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["pictures.css"]
html_title = "lossref"
html_show_sphinx = html_show_copyright = False
default_role = "code"
html_copy_source = False
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]
autodoc_typehints = "none"
autodoc_preserve_defaults = True
smartquotes = False  # a prime is no quotation mark


def setup(app):
    app.connect("html-page-context", in_chinese)
    app.connect("autodoc-process-docstring", as_code)


def in_chinese(app, page, template, context, tree):
    """Without this a browser may take the characters' Japanese forms."""
    if page.endswith("-zh"):
        context["language"] = "zh-CN"


def as_code(app, what, name, documented, options, lines):
    """What is indented in our docstrings is Python, and no quotation."""
    for k in reversed(range(1, len(lines))):
        if lines[k].startswith("    ") and not lines[k - 1].strip():
            lines[k:k] = ["::", ""]
