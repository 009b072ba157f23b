from celery import Celery as Celery
