// Exercise use-1c. Check it with: ./learn check use-1c
// A hundred requests, and the time of one.

#include <string>
#include <utility>
#include <vector>

#include <aio/aio.hpp>
#include <aio/support/todo.hpp>

#include "fetch.hpp"

//: use-1c fetch all pages at once, and return the answers in the order of the pages
aio::Coro<std::vector<std::string>> fetch_all(int pages) {
  AIO_TODO("use-1c", "fetch all pages at once, and return the answers in the order of the pages");
}
