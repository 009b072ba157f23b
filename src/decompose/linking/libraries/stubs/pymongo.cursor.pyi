from pymongo import Cursor
