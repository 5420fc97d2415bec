// Exercise use-10c. Check it with: ./learn check use-10c
// use-10c: many pages, a few at a time. A permit for each connection, given back by its guard.

#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/result.hpp>
#include <aio/support/todo.hpp>

#include "downloads.hpp"
#include "page_server.hpp"

//: use-10c take a place, and keep it while the page is fetched
aio::Coro<std::string> Downloads::get(std::string page) {
  AIO_TODO("use-10c", "take a place, and keep it while the page is fetched");
}

//: use-10c ask for all of them, and keep failures as entries
aio::Coro<std::vector<aio::Result<std::string>>> Downloads::get_all(
    std::vector<std::string> names) {
  AIO_TODO("use-10c", "ask for all of them, and keep failures as entries");
}
