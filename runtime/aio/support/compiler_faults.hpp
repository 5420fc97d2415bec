#pragma once
// Faults of compilers that the runtime has to know of, so that a compiler without them is not held
// to their restrictions.
//
// CMake tries them out when it configures (runtime/compiler_faults/probe.cmake) and defines the
// macros. Who only has the headers gets the safe answer: GCC may have the faults, Clang has not.

#ifndef AIO_DESTROYS_TWICE
#if defined(__GNUC__) && !defined(__clang__)
#define AIO_DESTROYS_TWICE 1
#else
#define AIO_DESTROYS_TWICE 0
#endif
#endif

#ifndef AIO_SPOILS_CONDITIONAL_AWAIT
#if defined(__GNUC__) && !defined(__clang__)
#define AIO_SPOILS_CONDITIONAL_AWAIT 1
#else
#define AIO_SPOILS_CONDITIONAL_AWAIT 0
#endif
#endif

#ifndef AIO_AWAITS_WHAT_IS_SKIPPED
#if defined(__GNUC__) && !defined(__clang__)
#define AIO_AWAITS_WHAT_IS_SKIPPED 1
#else
#define AIO_AWAITS_WHAT_IS_SKIPPED 0
#endif
#endif

#ifndef AIO_DESTROYS_CHOSEN_TWICE
#if defined(__GNUC__) && !defined(__clang__)
#define AIO_DESTROYS_CHOSEN_TWICE 1
#else
#define AIO_DESTROYS_CHOSEN_TWICE 0
#endif
#endif

namespace aio::compiler_faults {

/// Inside a co_await expression, a temporary lambda or aggregate is destroyed twice.
inline constexpr bool double_destruction = AIO_DESTROYS_TWICE;
/// `co_await (c ? f() : g())` destroys what was awaited twice, or not at all.
inline constexpr bool conditional_await = AIO_SPOILS_CONDITIONAL_AWAIT;
/// `while (more && co_await next())` awaits even when `more` is false; `if` does not.
inline constexpr bool loop_condition = AIO_AWAITS_WHAT_IS_SKIPPED;
/// In `co_await use(c ? "x" : text)` the string that `?:` makes is destroyed twice.
inline constexpr bool chosen_temporary = AIO_DESTROYS_CHOSEN_TWICE;

}  // namespace aio::compiler_faults
