#pragma once
// What the exception handler of a loop is told, and the handler of a loop that was given none.

#include <cstdio>
#include <exception>
#include <functional>
#include <string>

#include <aio/support/errors.hpp>

namespace aio {

/// What went wrong where: given to the exception handler.
struct ExceptionContext {
  std::string message;
  std::exception_ptr exception;
  std::string source;  // the callback or task it came from
};
using ExceptionHandler = std::move_only_function<void(const ExceptionContext&)>;

namespace detail {

/// The default handler: one line on stderr. It takes no memory, since there may be none.
inline void report_to_stderr(const ExceptionContext& context) noexcept {
  std::fprintf(stderr, "loopwright: %s: %s%s%s\n", context.message.c_str(),
               what_of(context.exception), context.source.empty() ? "" : " in ",
               context.source.c_str());
}

/// For a handler that throws, in its catch block.
inline void report_failed_handler(const ExceptionContext& context) noexcept {
  std::fprintf(
      stderr, "loopwright: the exception handler threw while it handled \"%s\" (%s): %s%s%s\n",
      context.message.c_str(), what_of(context.exception), what_of(std::current_exception()),
      context.source.empty() ? "" : " in ", context.source.c_str());
}

}  // namespace detail
}  // namespace aio
