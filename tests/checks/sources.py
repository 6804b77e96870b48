"""Read the modules of a revision, split them into definitions, and resolve names to them."""

import ast
import builtins
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Function = ast.FunctionDef | ast.AsyncFunctionDef
Import = ast.Import | ast.ImportFrom
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Lambda, *COMPREHENSIONS)


class Origin(NamedTuple):
    """What a name refers to: a "module", a "definition" in one, or something "outside"."""

    kind: str
    module: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.module}.{self.name}".strip(".")


@dataclass
class Unit:
    """A part of a module that is compared as one: a function, a class body or a statement."""

    path: str
    name: str
    kind: str
    node: ast.stmt
    binds: Sequence[str] = ()
    methods: Sequence["Unit"] = ()
    owner: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.owner}{self.name}"


@dataclass
class Module:
    """A parsed module; `imports` and `defined` are what its global names are bound to."""

    path: str
    tree: ast.Module
    imports: dict[str, tuple[Import, ast.alias]] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)


class Sources:
    """All modules of a revision, by their dotted names."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.modules = {dotted(path): _module(path, text) for path, text in files.items()}
        self.packages = {name.rsplit(".", depth)[0] for name in self.modules for depth in range(9)}

    def units(self) -> Iterator[Unit]:
        """Yield every top-level part of every module."""
        for module in self.modules.values():
            yield from _units(module)

    def origin(self, module: str, name: str, depth: int = 9) -> Origin:
        """Return what a global name of a module refers to, through all imports."""
        known = self.modules[module]
        if name in known.imports and depth:
            statement, alias = known.imports[name]
            return self.imported(module, statement, alias, depth - 1)
        if name in known.defined:
            return Origin("definition", module, name)
        return Origin("outside", "builtins" if hasattr(builtins, name) else "", name)

    def imported(self, module: str, statement: Import, alias: ast.alias, depth: int = 9) -> Origin:
        """Return what one name of an import statement refers to."""
        if isinstance(statement, ast.Import):
            name = alias.name if alias.asname else alias.name.split(".")[0]
            return Origin("module" if name in self.packages else "outside", name)
        base = statement.module or ""
        if statement.level:
            above = module.split(".") if self._is_package(module) else module.split(".")[:-1]
            above = above[: len(above) - statement.level + 1]
            base = ".".join([*above, *filter(None, [base])])
        if base not in self.packages:
            return Origin("outside", base, alias.name)
        found = self.member(Origin("module", base), alias.name, depth)
        return found or Origin("definition", base, alias.name)

    def member(self, of: Origin, name: str, depth: int = 9) -> Origin | None:
        """Return what an attribute refers to; None for one of anything but a module."""
        if of.kind == "outside":
            return Origin("outside", of.module, f"{of.name}.{name}".strip("."))
        if of.kind != "module":
            return None
        known = self.modules.get(of.module)
        if known and (name in known.imports or name in known.defined):
            return self.origin(of.module, name, depth)
        deeper = f"{of.module}.{name}"
        return Origin("module", deeper) if deeper in self.packages else None

    def _is_package(self, module: str) -> bool:
        return self.modules[module].path.endswith("/__init__.py")


def dotted(path: str) -> str:
    """Return the dotted name of a module by its path."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def files(revision: str) -> Mapping[str, str]:
    """Return the id of every file of a revision by its path."""
    found = {}
    for line in _git("ls-tree", "-r", "-z", revision).decode().split("\0"):
        if line:
            about, path = line.split("\t", 1)
            found[path] = about.split()[2]
    return found


def contents(blobs: Mapping[str, str]) -> Mapping[str, str]:
    """Return the text of Python files by their paths, given their ids."""
    wanted = {path: blob for path, blob in blobs.items() if path.endswith(".py")}
    asked = "".join(f"{blob}\n" for blob in wanted.values())
    left, texts = _git("cat-file", "--batch", given=asked.encode()), {}
    for path in wanted:
        head, _, left = left.partition(b"\n")
        size = int(head.split()[2])
        texts[path], left = left[:size].decode("utf-8"), left[size + 1 :]
    return texts


def bound(scope: ast.AST) -> set[str]:
    """Return the names that a function, class, lambda or comprehension binds itself."""
    if isinstance(scope, COMPREHENSIONS):
        targets = [name for each in scope.generators for name in ast.walk(each.target)]
        return {each.id for each in targets if isinstance(each, ast.Name)}
    if isinstance(scope, ast.Lambda):
        return _arguments(scope.args) | _bindings([scope.body])
    names = _bindings(getattr(scope, "body", []))
    return names | _arguments(scope.args) if isinstance(scope, FUNCTIONS) else names


def _arguments(given: ast.arguments) -> set[str]:
    several = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
    return {each.arg for each in several if each}


def _bindings(nodes: Sequence[ast.AST]) -> set[str]:
    names: set[str] = set()
    elsewhere: set[str] = set()
    left = list(nodes)
    while left:
        node = left.pop()
        names |= _binds(node)
        if isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere |= set(node.names)
        if isinstance(node, COMPREHENSIONS):
            inner = (each for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
            names |= {each.target.id for each in inner}
        elif not isinstance(node, SCOPES):
            left += ast.iter_child_nodes(node)
    return names - elsewhere


def _binds(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store) else set()
    if isinstance(node, IMPORTS):
        return {local_name(each) for each in node.names}
    if isinstance(node, ast.MatchMapping):
        return {node.rest} if node.rest else set()
    named = (*FUNCTIONS, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
    return {node.name} if isinstance(node, named) and node.name else set()


def local_name(alias: ast.alias) -> str:
    """Return the name that an import binds."""
    return alias.asname or alias.name.split(".")[0]


def _module(path: str, text: str) -> Module:
    tree = _Bare().visit(ast.parse(text, path))
    module = Module(path, tree, defined=_bindings(tree.body))
    left: list[ast.AST] = list(tree.body)
    while left:
        node = left.pop()
        if isinstance(node, IMPORTS):
            module.imports |= {local_name(each): (node, each) for each in node.names}
        elif not isinstance(node, SCOPES):
            left += ast.iter_child_nodes(node)
    return module


class _Bare(ast.NodeTransformer):
    """Remove docstrings."""

    def visit_Module(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        body = getattr(node, "body", [])
        value = body[0].value if body and isinstance(body[0], ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            del body[0]
        return node

    visit_ClassDef = visit_FunctionDef = visit_AsyncFunctionDef = visit_Module  # noqa: N815


class _Importless(ast.NodeTransformer):
    """Remove imports, and what is empty without them."""

    def visit_Import(self, node: Import) -> None:
        return None

    visit_ImportFrom = visit_Import  # noqa: N815

    def visit_If(self, node: ast.If) -> ast.AST | None:
        self.generic_visit(node)
        return node if node.body or node.orelse else None


def _units(module: Module) -> Iterator[Unit]:
    counts: Counter[str] = Counter()
    for node in module.tree.body:
        if isinstance(node, FUNCTIONS):
            yield Unit(module.path, _again(counts, node.name), "function", node, (node.name,))
        elif isinstance(node, ast.ClassDef):
            yield _class(module.path, node, _again(counts, node.name))
        elif (bare := _Importless().visit(node)) is not None:
            names = [each.id for each in ast.walk(bare) if _is_store(each)]
            name = _again(counts, names[0] if names else f"<{type(bare).__name__}>")
            yield Unit(module.path, name, "statement", bare, names)


def _class(path: str, node: ast.ClassDef, name: str) -> Unit:
    counts: Counter[str] = Counter()
    methods = [
        Unit(path, _again(counts, each.name), "function", each, owner=f"{node.name}.")
        for each in node.body
        if isinstance(each, FUNCTIONS)
    ]
    fields = [each for each in node.body if not isinstance(each, FUNCTIONS)]
    known = {"name": node.name, "bases": node.bases, "keywords": node.keywords}
    body = ast.ClassDef(**known, body=fields, decorator_list=node.decorator_list)
    return Unit(path, name, "class", body, (node.name,), methods)


def _is_store(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _again(counts: Counter[str], name: str) -> str:
    counts[name] += 1
    return name if counts[name] == 1 else f"{name}#{counts[name]}"


def _git(*arguments: str, given: bytes | None = None) -> bytes:
    return subprocess.run(["git", *arguments], input=given, capture_output=True, check=True).stdout
