"""How compiled code is called: the signature of a step, and the call of a step through its address.

The kernel is compiled once and does not know the model: it reaches the step functions of the processes through a
table of addresses. So an edited flow recompiles that flow and nothing else.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.extending import intrinsic

OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False}
"""Options of everything that runs inside the kernel: arrays are never made there, so nothing counts references."""

_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
jit = njit(nogil=True, **OPTIONS)
"""Decorator of what Python calls."""
_INTS, _FLOATS = types.CPointer(types.int64), types.CPointer(types.float64)  # type: ignore[no-untyped-call]
WORLD = (_INTS, _INTS, _FLOATS, _INTS, _FLOATS)
"""What a rule takes after its own arguments: the command vector, the four buffers of the world."""
STEP = types.int64(types.int64, types.int64, _INTS, _FLOATS, _INTS, _FLOATS, _INTS, _FLOATS, _INTS, _FLOATS)
"""A step: (pc, sent, int locals, float locals, command, float arguments, four buffers of the world) -> operation."""


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
    arguments: Any,
    int_input: Any,
    float_input: Any,
    int_state: Any,
    float_state: Any,
) -> Any:
    """Generate the call of step ``number``, with the frame that begins at the two positions."""
    signature = types.int64(
        steps, types.int64, types.int64, types.int64, ints, types.int64, floats, types.int64,
        command, arguments, int_input, float_input, int_state, float_state,
    )  # fmt: skip

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        word, real = ir.IntType(64), ir.DoubleType()
        kinds = [word.as_pointer(), real.as_pointer()]
        function = ir.FunctionType(word, [word, word, *(kinds * 4)])

        def start(position: int) -> Any:
            array = context.make_array(signature.args[position])(context, builder, values[position])
            return array.data

        address = builder.load(builder.gep(start(0), [values[1]]))
        frame = [builder.gep(start(4), [values[5]]), builder.gep(start(6), [values[7]])]
        others = [start(position) for position in range(8, 14)]
        pointer = builder.inttoptr(address, function.as_pointer())
        return builder.call(pointer, [values[2], values[3], *frame, *others])

    return signature, generate


call_step: Any = intrinsic(_call_step)
"""Call a step of the table of addresses."""


def _general(compiled: Any) -> Any:
    """Let a function be compiled once for all numbers; numba would do it anew for every literal it is called with."""
    template = compiled.get_call_template

    def general(arguments: Any, named: Any) -> Any:
        return template([types.unliteral(argument) for argument in arguments], named)  # type: ignore[no-untyped-call]

    compiled.get_call_template = general
    return compiled


def rule(function: Any) -> Any:
    """Decorator of lowered rules, which only compiled code calls."""
    return _general(njit(**_INNER, **OPTIONS)(function))


def inner(function: Any) -> Any:
    """Decorator of parts of the kernel, kept with the function that calls them."""
    return _general(njit(forceinline=True, **_INNER, **{**OPTIONS, "cache": False})(function))


def process(function: Any) -> Any:
    """Decorator of lowered processes: compiled to a function with an address."""
    return cfunc(STEP, **OPTIONS)(function)


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


def _prefetch(context: Any, array: Any, position: Any) -> Any:
    """Generate a hint that an element will be needed soon."""
    signature = types.void(array, types.int64)

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, values[0]).data
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        hint = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")  # type: ignore[no-untyped-call]
        pointer = builder.bitcast(builder.gep(data, [values[1]]), byte)
        builder.call(hint, [pointer, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return signature, generate


prefetch: Any = intrinsic(_prefetch)
"""Hint that an element of an array will be needed soon: frames of a large population are never in the cache."""
