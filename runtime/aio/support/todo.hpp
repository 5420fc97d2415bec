#pragma once
// AIO_TODO stands where you write code: it throws, so it compiles in a function of any type.

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

}  // namespace aio

#define AIO_TODO(id, task) throw ::aio::Todo(id, task)
