// Exercise use-6e. Check it with: ./learn check use-6e
// use-6e: a coroutine type from nothing.

#include <coroutine>
#include <exception>
#include <memory>
#include <utility>

#include "sequence.hpp"
#include <aio/support/todo.hpp>

namespace {

// Write a class with a promise_type here, and a coroutine that returns it.

}  // namespace

//: use-6e make the coroutine, and hand out its owner
std::unique_ptr<Sequence> numbers(int last, Name name, Made made) {
  AIO_TODO("use-6e", "make the coroutine, and hand out its owner");
}
