"""What one document may cost."""

PAGE_LIMIT = 2_000
CHARACTER_LIMIT = 50_000_000
PARAGRAPH_LIMIT = 500_000
HEADINGS_LIMIT_CHARACTERS = (
    10_000_000  # of the different paths of headings of one document, all of them together
)
PART_LIMIT_BYTES = 300_000_000  # one member of an archive or one part of an office file, once it is expanded
WHOLE_LIMIT_BYTES = 1_000_000_000  # all of them together
MEMBER_LIMIT = 20_000
ELEMENT_LIMIT = 5_000_000  # of XML, in all parts of an office file
ATTACHMENT_LIMIT = 1_000  # documents that one mail or archive may bring along
DEPTH_LIMIT = 3  # a paper in a mail in an archive
PIXEL_LIMIT = 200_000_000
PICTURE_LIMIT_PIXELS = 4_000_000  # a page that is shown
RANGE_PAGES = 50  # of a PDF, read at once: a bomb costs one range
CHILD_MEMORY_LIMIT_MB = 2_048
