"""What a module of the package imports, calls and looks at, read from its syntax tree alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = "triage"
CONDITIONS = f"{PACKAGE}.knowledge.parts.conditions"
CONDITION_CLASSES = frozenset({"All", "Any", "Test"})


@dataclass(frozen=True)
class Module:
    """One module: its file from the package's folder on, and its syntax tree."""

    file: str
    tree: ast.Module

    @cached_property
    def name(self) -> str:
        """The dotted name."""
        parts = [PACKAGE, *Path(self.file).with_suffix("").parts]
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str:
        """The folder of the package that the module stands in; "" for the package's own modules."""
        return self.file.partition("/")[0] if "/" in self.file else ""

    @cached_property
    def imports(self) -> frozenset[str]:
        """Everything imported, by its full dotted name: `from x import y` as x.y."""
        return frozenset(self._imports())

    def _imports(self) -> Iterator[str]:
        own_package = self.name if self.file.endswith("__init__.py") else self.name.rpartition(".")[0]
        whole = {PACKAGE}  # the names under which the module has the package itself
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                whole |= {alias.asname for alias in node.names if alias.name == PACKAGE and alias.asname}
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                above = own_package.split(".")
                origin = [*above[: len(above) - node.level + 1]] if node.level else []
                origin += [node.module] if node.module else []
                yield from (".".join([*origin, alias.name]) for alias in node.names)
            elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__"):
                constants = (each.value for each in node.args if isinstance(each, ast.Constant))
                yield from (value for value in constants if isinstance(value, str))
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in whole:
                yield f"{PACKAGE}.{node.attr}"

    @property
    def packages(self) -> frozenset[str]:
        """The packages that anything is imported from."""
        return frozenset(name.partition(".")[0] for name in self.imports)

    def names_of(self, origin: str) -> Mapping[str, str]:
        """Return the names by which the module knows what it imports from another: its own to the other's."""
        return {
            alias.asname or alias.name: alias.name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module == origin
            for alias in node.names
        }


def called(call: ast.Call) -> str:
    """Return the last name of what is called."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def modules_of(package: Path) -> list[Module]:
    """Return every module in the folder of a package."""
    return [
        Module(path.relative_to(package).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(package.rglob("*.py"))
    ]


# Rooms.


def unlisted_rooms(package: Path, rooms: Iterable[str]) -> list[str]:
    """Return the folders of a package that are not among its rooms."""
    folders = {path.name for path in package.iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    return sorted(folders - set(rooms))


def arrows_up(modules: Iterable[Module], below: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the imports that lead from a room to one that is not below it.

    A room may take the package's version from above, and nothing else that the package offers.
    """
    wrong = []
    for module in modules:
        allowed = {module.room, *below.get(module.room, ())}
        for name in sorted(module.imports):
            package, _, inside = name.partition(".")
            if package != PACKAGE or inside in ("", "__version__", "__file__"):
                continue
            other = inside.partition(".")[0]
            if other not in allowed:
                wrong.append(f"{module.file} imports {name}")
    return wrong


def circle(modules: Iterable[Module]) -> list[str]:
    """Return the modules of a circle of imports; none where there is no circle."""
    everything = list(modules)
    known = {module.name for module in everything} - {PACKAGE}  # it imports its names when they are used
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for module in everything:
        homes = {name if name in known else name.rpartition(".")[0] for name in module.imports}
        sorter.add(module.name, *sorted(homes & known - {module.name}))
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def circle_of_folders(modules: Iterable[Module]) -> list[str]:
    """Return the folders of a circle of imports among those within one room; none where there is no circle.

    The modules that stand in the room itself are left aside: they hold the folders together.
    """
    everything = list(modules)
    folder_of = {
        module.name: Path(module.file).parent.as_posix()
        for module in everything
        if module.file.count("/") > 1
    }
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for module in everything:
        own = folder_of.get(module.name, "")
        for name in module.imports:
            other = folder_of.get(name) or folder_of.get(name.rpartition(".")[0], "")
            if own and other not in ("", own) and other.startswith(f"{module.room}/"):
                sorter.add(own, other)
    try:
        sorter.prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def lines_of(module: Module, package: Path) -> int:
    """Return how many lines the file of a module has."""
    return len((package / module.file).read_text("utf-8").splitlines())


# Reading and writing.

_OPENING = {"open", "fdopen", "FileIO", "read_text", "read_bytes", "write_text", "write_bytes"}
_OPENING |= {"input", "print", "mkdir", "unlink", "iterdir", "glob", "rglob", "touch"}
_OUTSIDE = {"io", "os", "pathlib", "shutil", "socket", "subprocess", "sys", "tempfile", "urllib"}
_PURE = {"register_at_fork", "PurePath", "PurePosixPath", "intern", "maxsize", "float_info"}


def outside_world(module: Module) -> list[str]:
    """Return how a module reaches files, streams and processes: what it calls for it, and what it imports."""
    calls = {
        called(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called(node) in _OPENING
    }
    taken = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in _OUTSIDE
        and node.attr not in _PURE
    }
    for origin in _OUTSIDE:
        taken |= {f"{origin}.{name}" for name in module.names_of(origin).values() if name not in _PURE}
    return sorted(calls | taken)


_WRITING = {
    *("mkstemp", "mktemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"),
    *("renames", "write_text", "write_bytes", "copyfile", "copy2", "move"),
}


def writes(module: Module) -> Iterator[str]:
    """Yield the calls of a module that put a file somewhere."""
    own = module.names_of("os")
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        name = called(node)
        owner = getattr(getattr(node.func, "value", None), "id", "")
        of_a_path = isinstance(node.func, ast.Attribute) and len(node.args) == 1 and not node.keywords
        one_target = owner == "os" or own.get(name) == name or of_a_path
        replaces_a_file = name in ("replace", "rename") and one_target
        constants = [each.value for each in node.args if isinstance(each, ast.Constant)]
        constants += [each.value.value for each in node.keywords if isinstance(each.value, ast.Constant)]
        modes = {each for each in constants if isinstance(each, str) and set(each) <= set("rwxabt+")}
        opens_to_write = name in ("open", "fdopen", "FileIO") and any(
            set(each) & set("wxa+") for each in modes
        )
        flags = {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        opens_raw = name == "open" and owner == "os" and flags & {"O_WRONLY", "O_RDWR", "O_CREAT"}
        if name in _WRITING or replaces_a_file or opens_to_write or opens_raw:
            yield ast.unparse(node)


# Conditions.


def takes_conditions_apart(module: Module) -> bool:
    """Whether a module asks of what class a condition is, or folds one, as a walk over conditions does."""
    if "fold" in module.names_of(CONDITIONS).values():
        return True
    own = {name for name, theirs in module.names_of(CONDITIONS).items() if theirs in CONDITION_CLASSES}
    if module.name == CONDITIONS:
        own = set(CONDITION_CLASSES)
    room, _, file = CONDITIONS.rpartition(".")
    homes = {name for name, theirs in module.names_of(room).items() if theirs == file}

    def is_condition(node: ast.AST) -> bool:
        return any(
            (isinstance(each, ast.Name) and each.id in own)
            or (
                isinstance(each, ast.Attribute)
                and each.attr in CONDITION_CLASSES
                and getattr(each.value, "id", "") in homes
            )
            for each in ast.walk(node)
        )

    return any(
        (isinstance(node, ast.Call) and called(node) == "isinstance" and is_condition(node.args[1]))
        or (isinstance(node, ast.MatchClass) and is_condition(node.cls))
        for node in ast.walk(module.tree)
    )
