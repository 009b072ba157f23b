from multiprocessing import Pool
