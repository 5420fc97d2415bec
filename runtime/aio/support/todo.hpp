#pragma once
// AIO_TODO stands where you write code: it throws, so it compiles in a function of any type.

#include <exception>
#include <stdexcept>
#include <string>

#include <aio/support/errors.hpp>

namespace aio {

/// The code ran into a step that is not written yet. Fatal: no loop reports it and goes on.
struct Todo : FatalError, std::logic_error {
  Todo(const std::string& id, const std::string& task)
      : std::logic_error("not written yet: " + id + " " + task), step(id) {}
  std::string step;  // "4.2"
};

/// What is to be thrown: where a Todo is being handled already, e.g. in a body that keeps or
/// reports exceptions, that one, since it was met first.
inline Todo not_written(const char* id, const char* task) {
  try {
    if (std::current_exception() != nullptr) throw;
  } catch (const Todo& first) {
    return first;
  } catch (...) {  // another exception is handled: this is the first Todo
  }
  return Todo(id, task);
}

}  // namespace aio

#define AIO_TODO(id, task) throw ::aio::not_written(id, task)
