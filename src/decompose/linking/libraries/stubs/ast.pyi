from decompose.effects import calls_on


class NodeVisitor:
    __hooks__ = "visit_* generic_visit"

    @calls_on("Self", "visit_*", "generic_visit")
    def visit(self, node): ...
    @calls_on("Self", "visit_*")
    def generic_visit(self, node): ...


class NodeTransformer(NodeVisitor): ...
