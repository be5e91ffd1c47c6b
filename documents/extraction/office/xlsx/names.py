"""The namespaces of SpreadsheetML, in both of its dialects, and of the comments that are threads."""

SHEET = frozenset(
    [
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments",
    ]
)
