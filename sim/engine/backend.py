"""How compiled code is called: the signature of a step, and the call of a step through its address.

The kernel is compiled once and does not know the model: it reaches the step functions of the processes through a
table of addresses. So an edited flow recompiles that flow and nothing else.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from llvmlite import ir
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager
from numba.core.typed_passes import NopythonTypeInference, PreLowerStripPhis
from numba.core.untyped_passes import FixupArgs, IRProcessing, ReconstructSSA, TranslateByteCode
from numba.extending import intrinsic

from sim.code_cache import kept, kept_callback

OPTIONS: dict[str, Any] = {"error_model": "numpy", "_nrt": False}
"""Options of everything that runs inside the kernel: arrays are never made there, so nothing counts references."""

_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
jit = kept(nogil=True, **OPTIONS)
"""Decorator of what Python calls."""
_INTS, _FLOATS = types.CPointer(types.int64), types.CPointer(types.float64)  # type: ignore[no-untyped-call]
WORLD = (_INTS,)
"""What a rule takes after its own arguments: the command vector, where the addresses of all else stand."""
STEP = types.int64(types.int64, types.int64, _INTS, _FLOATS, _INTS)
"""A step: (pc, sent, int locals, float locals, command vector) -> operation. No more than processors pass in registers:
what is passed in memory has to be written, and waited for, at every call."""


def _call_step(
    context: Any,
    steps: Any,
    number: Any,
    pc: Any,
    sent: Any,
    ints: Any,
    ints_at: Any,
    floats: Any,
    floats_at: Any,
    command: Any,
) -> Any:
    """Generate the call of step ``number``, with the frame that begins at the two positions."""
    signature = types.int64(
        _INTS, types.int64, types.int64, types.int64, _INTS, types.int64, _FLOATS, types.int64, _INTS,
    )  # fmt: skip

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        word, real = ir.IntType(64), ir.DoubleType()
        ints, reals = word.as_pointer(), real.as_pointer()
        function = ir.FunctionType(word, [word, word, ints, reals, ints])
        address = builder.load(builder.gep(values[0], [values[1]]))
        frame = [builder.gep(values[4], [values[5]]), builder.gep(values[6], [values[7]])]
        step = builder.inttoptr(address, function.as_pointer())
        return builder.call(step, [values[2], values[3], *frame, values[8]])

    return signature, generate


call_step: Any = intrinsic(_call_step)
"""Call a step of the table of addresses."""


def _quick_command(context: Any, place: Any, command: Any) -> Any:
    """Generate the call of a function whose address stands in the command vector."""
    signature = types.int64(types.int64, _INTS)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        word = ir.IntType(64)
        function = ir.FunctionType(word, [word.as_pointer()])
        address = builder.load(builder.gep(values[1], [values[0]]))
        return builder.call(builder.inttoptr(address, function.as_pointer()), [values[1]])

    return signature, generate


quick_command: Any = intrinsic(_quick_command)
"""Let a quick function carry out the command in the vector; below 0 if it refuses."""


def _pointer(context: Any, array: Any) -> Any:
    """Generate the address of an array's first element."""
    kind = types.CPointer(array.dtype)  # type: ignore[no-untyped-call]

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, values[0]).data

    return kind(array), generate


pointer: Any = intrinsic(_pointer)
"""A pointer to the elements of an array: an index is used as it is, where numba would first ask whether it counts
from the end."""


def _address(context: Any, value: Any) -> Any:
    """Generate the number of a pointer."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.ptrtoint(values[0], ir.IntType(64))

    return types.int64(value), generate


address: Any = intrinsic(_address)
"""The address in a pointer."""


def _bits(context: Any, value: Any) -> Any:
    """Generate the bits of a float as a whole number."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], ir.IntType(64))

    return types.int64(types.float64), generate


bits: Any = intrinsic(_bits)
"""The bits of a float, as a whole number."""


def _pointer_at(kind: Any) -> Any:
    def typed(context: Any, number: Any) -> Any:
        result = types.CPointer(kind)  # type: ignore[no-untyped-call]

        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.inttoptr(values[0], context.get_value_type(result))

        return result(types.int64), generate

    return intrinsic(typed)


ints_at: Any = _pointer_at(types.int64)
floats_at: Any = _pointer_at(types.float64)
ints16_at: Any = _pointer_at(types.int16)
ints32_at: Any = _pointer_at(types.int32)
"""The pointer with an address, by the type it points to."""


def _general(compiled: Any) -> Any:
    """Let a function be compiled once for all numbers; numba would do it anew for every literal it is called with."""
    template = compiled.get_call_template

    def general(arguments: Any, named: Any) -> Any:
        return template([types.unliteral(argument) for argument in arguments], named)  # type: ignore[no-untyped-call]

    compiled.get_call_template = general
    return compiled


PASSES = (TranslateByteCode, FixupArgs, IRProcessing, ReconstructSSA, NopythonTypeInference, PreLowerStripPhis)
"""What numba has to do with lowered text before it makes machine code of it."""


class Straight(CompilerBase):
    """numba without the passes that lowered text has no use for: closures, array expressions, dead branches.

    They would take a fifth of the time, and LLVM prunes better.
    """

    def define_pipelines(self) -> list[Any]:
        """The passes."""
        pipeline: Any = PassManager("lowered text")  # type: ignore[no-untyped-call]
        for one in PASSES:
            pipeline.add_pass(one, one.__name__)
        last: Any = DefaultPassBuilder.define_nopython_lowering_pipeline(self.state)  # type: ignore[no-untyped-call]
        pipeline.passes.extend(last.passes)
        pipeline.finalize()
        return [pipeline]


def rule(function: Any) -> Any:
    """Decorator of lowered rules, which only compiled code calls."""
    return _general(kept(pipeline_class=Straight, **_INNER, **OPTIONS)(function))


def inner(function: Any) -> Any:
    """Decorator of parts of the kernel, kept with the function that calls them."""
    return _general(njit(forceinline=True, **_INNER, **OPTIONS)(function))


class Quick:
    """A function of the kernel that steps call through its address; compiled when that is first asked for."""

    def __init__(self, function: Any) -> None:
        self._function = function

    @cached_property
    def _compiled(self) -> Any:
        return kept_callback(types.int64(_INTS), forceinline=True, **OPTIONS)(self._function)

    @property
    def address(self) -> int:
        """Where its code lies."""
        address: int = self._compiled.address
        return address


quick = Quick
"""Decorator of functions of the kernel that steps call through their address."""


def process(function: Any) -> Any:
    """Decorator of lowered processes: compiled to a function with an address, and kept as an object file."""
    return cfunc(STEP, pipeline_class=Straight, forceinline=True, **OPTIONS)(function)


def _opaque(context: Any, value: Any) -> Any:
    """Give the float back, hidden from the optimiser.

    LLVM turns ``pow(x, 2.0)`` into ``x * x``, which differs from the C library's answer, and so from Python's, in
    the last bit of one value in a thousand.
    """
    signature = types.float64(types.float64)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        word = ir.IntType(64)
        kind = ir.FunctionType(word, [word])
        hidden = builder.asm(kind, "", "=r,0", [builder.bitcast(values[0], word)], False)
        return builder.bitcast(hidden, ir.DoubleType())

    return signature, generate


opaque: Any = intrinsic(_opaque)


def _prefetch(context: Any, start: Any, position: Any) -> Any:
    """Generate a hint that an element will be needed soon."""
    signature = types.void(start, types.int64)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        hint = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")  # type: ignore[no-untyped-call]
        place = builder.bitcast(builder.gep(values[0], [values[1]]), byte)
        builder.call(hint, [place, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return signature, generate


prefetch: Any = intrinsic(_prefetch)
"""Hint that an element of an array will be needed soon: frames of a large population are never in the cache."""
