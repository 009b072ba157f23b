from pymongo import Database
