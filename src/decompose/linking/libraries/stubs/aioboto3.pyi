from boto3.session import Session
