from mongoengine import *
