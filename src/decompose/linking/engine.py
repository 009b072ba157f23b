"""Bodies become constraints: a frame is one instantiation of a scope, for one receiver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from decompose.defects import told_defect
from decompose.facts.records import Ref
from decompose.linking import announcements, operations, operators_in_view, picked_below
from decompose.linking.attributes.by_name import StoresByName
from decompose.linking.by_use import MAX_ROUNDS, ByUse
from decompose.linking.calls import outside
from decompose.linking.calls.by_chance import CallsByChance
from decompose.linking.catch_alls import CatchAlls
from decompose.linking.class_names import ClassNames, class_names_of
from decompose.linking.containers import elements
from decompose.linking.coroutine_wrappers import CoroutineWrappers
from decompose.linking.declared_values import DeclaredValues
from decompose.linking.effects_noted import StoreUses
from decompose.linking.fitting import Fitting
from decompose.linking.frames import Frame, Single, Site, keep_results
from decompose.linking.framing import CALLS_SHARE, MIN_CALLS, Framing
from decompose.linking.gathered import Gathering
from decompose.linking.given import Given
from decompose.linking.implicit_calls import ImplicitCalls
from decompose.linking.key_parameters import KeyParameters
from decompose.linking.large_families import LargeFamilies
from decompose.linking.library_call import LibraryCall
from decompose.linking.library_calls import PlainResult
from decompose.linking.loading import Loading
from decompose.linking.named_loads import NamedLoads
from decompose.linking.names import Names
from decompose.linking.open_bases import OpenBases
from decompose.linking.operands import Queries
from decompose.linking.program import Program
from decompose.linking.references import References
from decompose.linking.relations import Relations
from decompose.linking.repeated_looks import RepeatedLooks
from decompose.linking.site_index import SiteIndex
from decompose.linking.solver import Node
from decompose.linking.sql_found import SqlFound
from decompose.linking.values import Value, Values
from decompose.sources import DeclaredEntry

if TYPE_CHECKING:
    from decompose.linking.attributes.binding import MemberUse
    from decompose.linking.linked import Linked

_Found = TypeVar("_Found")


class Engine(Framing):
    """Links a program: which values reach which nodes, and with that who calls whom."""

    loading: Loading | None = None

    def __init__(self, program: Program, values: Values, names: Names) -> None:
        super().__init__(program, values, names)
        self.asked_through: WeakSet[Linked] = WeakSet()
        """All that answer questions about the program, also those that were replaced because more had become known."""
        self.sites: list[Site] = []
        self._leading_nowhere: list[Site] = []
        self._sites_sorted = 0
        """So many sites are either among those or lead somewhere."""
        self.site_index = SiteIndex(self)
        self.failures: list[tuple[Frame | None, int, str]] = []
        """Where this program itself failed, and how."""
        self.implicit_calls = ImplicitCalls()
        self.single_targets: Single = {}
        self.attribute_stores: list[tuple[Frame, Value, str, int]] = []
        """Where attributes are set: on what, and the name, empty where it is not known."""
        self.accesses: set[tuple[int, Value, str, Value, str, str, int]] = set()
        self.assumed: set[tuple[int, Value, str, Value, str, str, int]] = set()
        """The accesses that rest on the name of a parameter."""
        self.sql = SqlFound()
        self.transactions: list[tuple[Site, str, str]] = []
        """Calls that open or end a transaction: the effect that says so, and the kind."""
        self.store_uses = StoreUses()
        self.registrations: set[tuple[int, Value, str, str, int, int]] = set()
        self.containers = elements.Containers(self)
        self.references = References(program)
        self.relations = Relations(program, values)
        self.named_loads = NamedLoads(self)
        self.stores_by_name = StoresByName(self)
        self.key_parameters = KeyParameters(self)
        self.given = Given(self)
        self.fitting = Fitting(self)
        self.coroutine_wrappers = CoroutineWrappers(self)
        self.declared_values = DeclaredValues(self)
        self.open_bases = OpenBases(self)
        self.large_families = LargeFamilies(self)
        self.catch_alls = CatchAlls(self)
        self.calls_by_chance = CallsByChance(self)
        self.declared: tuple[DeclaredEntry, ...] = ()
        self.known_by_use: set[tuple[int, str]] = set()
        """Scopes with objects that are known by their use only, each with the summary's module that they are of."""
        self.supposed: dict[int, str] = {}
        """Classes that are taken for a library's, though nothing proves it, each with the reason."""
        self.class_names = ClassNames()
        self.answers: defaultdict[Callable[..., Any], dict[Any, Any]] = defaultdict(dict)
        """What `found_once` keeps: each question, and what it was asked about -> the answer."""
        self.outside_members: dict[tuple[Value, str], frozenset[Value]] = {}
        self.bound_methods: dict[tuple[Value, str], frozenset[Value]] = {}
        self.member_uses: dict[tuple[int, str], MemberUse] = {}
        self.plain_results: dict[tuple[int, Value], PlainResult] = {}
        self.held_by_class: set[Value] = set()
        """The containers of `own_classes.container_of`."""
        self.namespaces: dict[Node, int] = {}
        """What a metaclass is given of the body of a class -> that class."""
        self._made_by: dict[int, Node] = {}
        self.passed_outside: list[tuple[Site, Ref, bool]] = []
        self._channels: dict[Value, Node] = {}
        self.queries = Queries()
        self.settled: dict[tuple[int, Ref], Any] = {}
        """Function and parameter -> the constant that it is always given, by a framework alone."""
        self.waiting_for_relations: list[LibraryCall] | None = []
        """Calls that are applied when relations are stated; None from then on."""
        self.begun: set[tuple[Node, Value]] = set()
        """Where an attribute is read of what a hook of an object gives, with the object: hooks may give each other's objects."""
        self.contributed: set[tuple[int, str]] = set()
        self.relating: list[Callable[[Engine], None]] = []
        self.contributors: list[Callable[[Engine], None]] = []

    # The whole program

    def link(self) -> None:
        """Instantiate everything and propagate."""
        self._begin()
        self._state_relations()
        self._assume()
        self._gather_from_uses()
        self.catch_alls.forget_mistaken()
        announcements.wire(self)
        picked_below.wire(self)
        outside.tell_methods_not_told(self)
        outside.tell_passed_outside(self)
        outside.tell_passed_to_unknown(self)
        outside.tell_passed_to_promised(self)

    def _begin(self) -> None:
        """The top-level code of all modules, and what it calls."""
        own = sum(len(scope.facts.ops) for scope in self.program.scopes if not scope.library)
        self.class_names = class_names_of(self)
        self._looks = RepeatedLooks(self.program.scopes)
        self._calls_left = MIN_CALLS + CALLS_SHARE * own
        for module in self.program.modules:
            nodes = self.new_nodes(module.top.facts.nodes)
            self._modules[module.index] = self._new_frame(module.top, nodes, None, -1)
        for module in self.program.modules:
            if not module.library:
                self._instantiate(self._modules[module.index])
            else:
                self._instantiate_library(self._modules[module.index])
        self.run()

    def _state_relations(self) -> None:
        """What libraries add to classes by what these declare; then the calls that had to wait for it."""
        for contribute in self.relating:
            contribute(self)
        waiting, self.waiting_for_relations = self.waiting_for_relations or [], None
        for call in waiting:
            self.attempt(call.go_on, None, call.site)
        self.run()
        for contribute in self.contributors:
            contribute(self)
        self.catch_alls.open = True
        self._settle()

    def _assume(self) -> None:
        """What is taken for granted where no code in view says otherwise, the surest first."""
        self.given.assume()
        self._settle()
        self.coroutine_wrappers.assume()
        self._settle()
        self.promises.due = True
        self._inherit_methods(operators_in_view.methods_in_view(self))
        self._settle()
        self._inherit_fields()
        self._settle()
        self._hand_through()
        self._settle()
        self._inherit_fields()
        self._settle()
        self.signatures.assume_bounds()
        self._settle()

    def _gather_from_uses(self) -> None:
        """What only shows once everything has settled, again and again while it shows more."""
        gathering = Gathering(self)
        for _ in range(MAX_ROUNDS):
            if not gathering.gather():
                break
            self._settle()
        by_use = ByUse(self)
        for _ in range(MAX_ROUNDS):
            if not by_use.find():
                break
            self._settle()

    def _hand_through(self) -> None:
        """A decorator of which nothing is known most often returns what it was given."""
        for site in self.sites:
            if site.kind == "decorate" and not site.targets and not site.external:
                node = self.node_of(site.frame, site.arguments[0])
                if node >= 0:
                    self.edge(node, site.result)

    def calls_leading_nowhere(self) -> list[Site]:
        """The application's calls that lead to no function so far, in order: few, while all of them are asked for often.

        A call that leads to one does from then on.
        """
        new = islice(self.sites, self._sites_sorted, None)
        self._leading_nowhere = [site for site in self._leading_nowhere if not site.targets]
        self._leading_nowhere += [
            site for site in new if not site.targets and site.kind == "call" and not site.frame.scope.library
        ]
        self._sites_sorted = len(self.sites)
        return self._leading_nowhere

    def contribute(self, cls: int, name: str, value: Value) -> None:
        """A library puts an attribute on a class that its code does not show, such as the way back of a key."""
        self.program.stored_attributes.add(name)
        self.contributed.add((cls, name))
        self.put(self.inherited_fields(cls, name), value)

    def _settle(self) -> None:
        while True:
            self.run()
            if not self._waiting:
                if self.calls_by_chance.release() or self.stores_by_name.release():
                    continue
                declared = self.declared_parameters.keep(self.passed_outside)
                release = self.containers.by_name.release
                if declared or self.fitting.keep() or self.catch_alls.answer() or self.promises.keep() or release():
                    continue
                if self.declared_values.keep():
                    continue
                return
            waiting, self._waiting = self._waiting, []
            for frame in waiting:
                self._instantiate(frame)

    def settle(self) -> None:
        """Propagate what was added from outside."""
        self._settle()
        outside.tell_methods_not_told(self)
        outside.tell_passed_outside(self)
        outside.tell_passed_to_unknown(self)

    def forget_ways(self) -> None:
        super().forget_ways()
        self._leading_nowhere, self._sites_sorted = [], 0
        keep_results(self.sites)

    # Channels: what is announced under a name reaches everybody who listens

    def channel(self, key: Value) -> Node:
        """The node that collects the listeners of a channel."""
        node = self._channels.get(key)
        if node is None:
            node = self._channels[key] = self.new_node()
        return node

    def made_by(self, meta: int) -> Node:
        """The node of all classes that a metaclass makes."""
        node = self._made_by.get(meta)
        if node is None:
            node = self._made_by[meta] = self.new_node()
        return node

    def _instantiate_library(self, frame: Frame) -> None:
        operations.instantiate_library(self, frame)

    def _instantiate(self, frame: Frame) -> None:
        operations.instantiate(self, frame)

    def failed(self, arguments: tuple[Any, ...], problem: Exception) -> None:
        """Told for the place that the arguments show, if they show one."""
        site = next((a for a in arguments if isinstance(a, Site)), None)
        frame = site.frame if site is not None else next((a for a in arguments if isinstance(a, Frame)), None)
        self.failed_at(frame, site.line if site is not None else 0, problem)

    def safely(self, find: Callable[[], Iterable[_Found]]) -> Iterator[_Found]:
        """What a recogniser finds, until it fails."""
        try:
            yield from find()
        except Exception as problem:  # noqa: BLE001 - one recogniser that fails must not end the run
            self.failed_at(None, 0, problem)

    def attempt(self, step: Callable[[], _Found], otherwise: _Found, site: Site | None = None) -> _Found:
        """What a step gives; ``otherwise``, and a failure at the site, where it fails."""
        try:
            return step()
        except Exception as problem:  # noqa: BLE001 - one step that fails must not end the run
            self.failed((site,), problem)
            return otherwise

    def failed_at(self, frame: Frame | None, line: Any, problem: Exception) -> None:  # Any: the last of an operation
        """Keep where and how this program itself failed."""
        self.failures.append((frame, line if isinstance(line, int) else 0, told_defect(problem)))
