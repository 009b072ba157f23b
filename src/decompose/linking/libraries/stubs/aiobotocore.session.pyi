from boto3.session import Session

AioSession = Session


def get_session(**options) -> Session: ...
