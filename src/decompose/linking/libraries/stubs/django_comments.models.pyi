from django.db.models import OutsideModel


class Comment(OutsideModel):
    __tablename__ = "django_comments"


class CommentFlag(OutsideModel):
    __tablename__ = "django_comment_flags"
