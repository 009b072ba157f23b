from multiprocessing import AsyncResult, Pool


class ThreadPool(Pool): ...
