from celery import Task
