from decompose.effects import keeps

@keeps("func")
def iscoroutinefunction(func) -> bool: ...
