from pymongo import Collection
