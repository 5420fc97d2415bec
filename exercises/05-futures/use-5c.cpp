// Exercise use-5c. Check it with: ./learn check use-5c
// use-5c: fetch, then parse, then fetch: a chain of callbacks, each inside the one before.

#include <exception>
#include <string>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/todo.hpp>

#include "web.hpp"

//: use-5c three requests, each made when the one before has been answered
aio::Future<std::string> author_of_the_day(Web& web) {
  AIO_TODO("use-5c", "three requests, each made when the one before has been answered");
}
