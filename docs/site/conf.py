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
CHINESE = {"Next": "下一页", "Previous": "上一页", "On this page": "本页内容", "Search": "搜索", "Back to top": "回到顶部",
           "Skip to content": "跳到正文", "Made with ": "制作工具："}  # fmt: skip


def setup(app):
    app.connect("html-page-context", in_chinese)
    app.connect("autodoc-process-docstring", as_code)


def in_chinese(app, page, template, context, tree):
    """A browser may take the characters' Japanese forms if not told; and what the theme says around the page is in one language."""
    if page.endswith("-zh"):
        context["language"] = "zh-CN"
        context["_"] = context["gettext"] = lambda words: CHINESE.get(words, words)


def as_code(app, what, name, documented, options, lines):
    """What is indented in our docstrings is Python, and no quotation."""
    for k in reversed(range(1, len(lines))):
        if lines[k].startswith("    ") and not lines[k - 1].strip():
            lines[k:k] = ["::", ""]
