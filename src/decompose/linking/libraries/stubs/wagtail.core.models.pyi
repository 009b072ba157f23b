from wagtail.models import Collection, Locale, Orderable, Page, Revision, Site

PageRevision = Revision
