"""Modules inside packages of the standard library: ``from os import path`` does not say that this is one."""

STANDARD_MODULES = frozenset(
    f"{package}.{name}"
    for package, names in {
        "collections": "abc",
        "concurrent": "futures",
        "ctypes": "util",
        "dbm": "dumb gnu ndbm",
        "email": "encoders errors generator header headerregistry message mime parser policy utils",
        "email.mime": "application audio base image message multipart text",
        "html": "entities parser",
        "http": "client cookiejar cookies server",
        "importlib": "abc machinery metadata resources util",
        "json": "decoder encoder",
        "logging": "config handlers",
        "multiprocessing": "connection dummy managers pool shared_memory",
        "os": "path",
        "unittest": "mock",
        "urllib": "error parse request robotparser",
        "wsgiref": "handlers headers simple_server util validate",
        "xml": "dom etree sax",
        "xml.dom": "minidom pulldom",
        "xml.etree": "ElementTree",
        "xml.sax": "handler saxutils xmlreader",
        "xmlrpc": "client server",
    }.items()
    for name in names.split()
)
