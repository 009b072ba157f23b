"""Ways to make a split, different in kind, behind one interface: each is a file here. Shaping does the rest."""

from decompose.boundaries.generators.entry_points import EntryPointsFirst
from decompose.boundaries.generators.generator import Generator, Material, Sweep
from decompose.boundaries.generators.packages import PackageStructure
from decompose.boundaries.generators.semantic import Semantic
from decompose.boundaries.generators.tables import TablesFirst
from decompose.boundaries.generators.whole_graph import WholeGraph

GENERATORS: tuple[Generator, ...] = (
    WholeGraph(),
    TablesFirst(),
    EntryPointsFirst(),
    PackageStructure(),
    Semantic(),
)

__all__ = ["GENERATORS", "Generator", "Material", "Sweep"]
