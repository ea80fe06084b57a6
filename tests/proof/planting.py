"""Small faults in a module of `src/core`: one node of its syntax replaced, one fault at a time.

Left alone is what only readers and type checkers look at: docstrings, annotations, the messages of
errors, protocols.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from inspect import CO_OPTIMIZED
from os.path import commonprefix
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src"
CORE = SOURCES / "core"

_SWAPS: dict[type[ast.AST], type[Any]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
}
_SHOWN_BEFORE, _LONGEST_SHOWN = 60, 160
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


class _Planted(NamedTuple):
    """A module's syntax with the fault in it, and the statement that has it."""

    tree: ast.Module
    lines: range
    before: str
    after: str


@dataclass(frozen=True)
class Fault:
    """A module with one node replaced."""

    path: Path
    place: int
    """Which of the module's places."""
    which: int
    """Which of the changes of that place."""

    @property
    def module(self) -> str:
        """The module's name in the core, such as `task.record`."""
        return module_name(self.path)

    @property
    def imported_as(self) -> str:
        """The module's whole name."""
        return f"core.{self.module}"

    @property
    def tree(self) -> ast.Module:
        """The module's syntax, with the fault in it."""
        return self._planted.tree

    @property
    def lines(self) -> range:
        """The lines of the statement, without those of statements in it."""
        return self._planted.lines

    @property
    def after(self) -> str:
        """The line of the statement that differs, as it now is."""
        return self._planted.after

    @cached_property
    def _planted(self) -> _Planted:
        tree = ast.parse(self.path.read_text())
        statement, changes = list(_places(tree))[self.place]
        before, lines = ast.unparse(statement), _own_lines(statement)
        changes[self.which]()
        differ = _where_they_differ(before, ast.unparse(statement))
        return _Planted(ast.fix_missing_locations(tree), lines, *differ)

    def functions(self) -> list[CodeType] | None:
        """Compile the functions that differ; None if what runs at import differs."""
        faulty = compile(self.tree, self.path, "exec")
        differing = list(_differing(_sound(self.path), faulty))
        functions = [code for code in differing if code is not None]
        return functions if len(functions) == len(differing) else None

    def __str__(self) -> str:
        place = f"{self.path.relative_to(ROOT)}:{self.lines[0]}"
        return f"{place}\n    - {self._planted.before}\n    + {self.after}"


def module_name(path: Path) -> str:
    """Name a module of the core by its path."""
    return ".".join(path.relative_to(CORE).with_suffix("").parts)


def faults_of(path: Path) -> Iterator[Fault]:
    """Make every fault of a module."""
    for place, (_, changes) in enumerate(_places(ast.parse(path.read_text()))):
        for which in range(len(changes)):
            yield Fault(path, place, which)


def count_faults_of(path: Path) -> int:
    """Tell how many `faults_of` makes."""
    return sum(len(changes) for _, changes in _places(ast.parse(path.read_text())))


def _own_lines(statement: ast.stmt) -> range:
    within = [child.lineno for child in ast.walk(statement) if isinstance(child, ast.stmt)]
    first_within = min((line for line in within if line > statement.lineno), default=None)
    return range(statement.lineno, first_within or (statement.end_lineno or statement.lineno) + 1)


def _where_they_differ(before: str, after: str) -> tuple[str, str]:
    """Cut the line of each that differs, to what is around the difference."""
    for one, other in zip(before.splitlines(), after.splitlines(), strict=False):
        if one != other:
            same = len(commonprefix([one, other]))  # noqa: RUF071 - of texts, not of paths
            start = max(same - _SHOWN_BEFORE, 0)
            cut = slice(start, start + _LONGEST_SHOWN)
            return one[cut].strip(), other[cut].strip()
    return before, after


@lru_cache
def _sound(path: Path) -> CodeType:
    code: CodeType = compile(path.read_text(), path, "exec")
    return code


def _differing(sound: CodeType, faulty: CodeType) -> Iterator[CodeType | None]:
    """Find the outermost functions that differ; None stands for what runs at import."""
    if sound == faulty:
        return
    if _is_function(sound):
        yield faulty
        return
    if _hollow(sound) != _hollow(faulty):
        yield None
    for one, other in zip(_codes_in(sound), _codes_in(faulty), strict=False):
        yield from _differing(one, other)


def _is_function(code: CodeType) -> bool:
    """Tell a function from what runs once: a module, a class, a scope of type parameters."""
    return bool(code.co_flags & CO_OPTIMIZED) and not code.co_name.startswith("<generic")


def _codes_in(code: CodeType) -> list[CodeType]:
    return [part for part in code.co_consts if isinstance(part, CodeType)]


def _hollow(code: CodeType) -> CodeType:
    """Take out the functions and classes in it."""
    parts = [None if isinstance(part, CodeType) else part for part in code.co_consts]
    return code.replace(co_consts=tuple(parts))


def _places(tree: ast.Module) -> Iterator[tuple[ast.stmt, list[Callable[[], None]]]]:
    """Give each node that can be changed: the statement that it is in, and what changes it."""
    for node, statement in _nodes(tree, None):
        changes = list(_changes(node))
        if changes and statement is not None:
            yield statement, changes


def _nodes(node: ast.AST, statement: ast.stmt | None) -> Iterator[tuple[ast.AST, ast.stmt | None]]:
    """Walk, past whatever is only for readers and type checkers."""
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.TypeAlias):
                continue
            within = child if isinstance(child, ast.stmt) else statement
            if not _is_text_for_readers(child):
                yield child, within
                yield from _nodes(child, within)


def _is_text_for_readers(node: ast.AST) -> bool:
    """Tell docstrings, and the messages of errors."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.JoinedStr() | ast.Raise() | ast.Import():
            return True
        case ast.ImportFrom() | ast.ClassDef(bases=[ast.Name(id="Protocol")]):
            return True
    return False


def _changes(node: ast.AST) -> Iterator[Callable[[], None]]:
    """Give what changes a node in place."""
    yield from _changed_operators(node)
    match node:
        case ast.Constant(value=bool() as truth):
            yield lambda: setattr(node, "value", not truth)
        case ast.Constant(value=int() as number):
            yield lambda: setattr(node, "value", number + 1)
        case ast.Constant(value=str() as text):
            yield lambda: setattr(node, "value", f"{text}~")
        case ast.Name(id=name) if name in _NAMES:
            yield lambda: setattr(node, "id", _NAMES[name])
        case ast.IfExp() | ast.If() | ast.While():
            yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension() if node.ifs:
            yield node.ifs.clear
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield lambda: setattr(node, "value", ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield lambda: setattr(node, "value", ast.Constant(None))
        case ast.AugAssign(target=target):
            yield lambda: setattr(node, "value", _nothing_of(target))


def _nothing_of(target: ast.AST) -> ast.expr:
    """Write what adds nothing to a target: the empty value of its type."""
    return ast.parse(f"type({ast.unparse(target)})()", mode="eval").body


def _changed_operators(node: ast.AST) -> Iterator[Callable[[], None]]:
    match node:
        case ast.Compare(ops=operators):
            for index in range(len(operators)):
                if type(operators[index]) in _SWAPS:
                    yield partial(_swap, operators, index)
        case ast.BoolOp() | ast.BinOp() if type(node.op) in _SWAPS:
            yield lambda: setattr(node, "op", _SWAPS[type(node.op)]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield lambda: setattr(node, "operand", ast.UnaryOp(ast.Not(), operand))


def _swap(operators: list[ast.cmpop], index: int) -> None:
    operators[index] = _SWAPS[type(operators[index])]()
