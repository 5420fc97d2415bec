// use-10c: many pages, a few at a time. A permit for each connection, given back by its guard.

#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/result.hpp>

#include "downloads.hpp"
#include "page_server.hpp"

//: use-10c take a place, and keep it while the page is fetched
aio::Coro<std::string> Downloads::get(std::string page) {
  const auto place = co_await places_.scoped();
  co_return co_await pages::fetch_page(port_, std::move(page));
}

//: use-10c ask for all of them, and keep failures as entries
aio::Coro<std::vector<aio::Result<std::string>>> Downloads::get_all(
    std::vector<std::string> names) {
  std::vector<aio::Coro<std::string>> all;
  for (std::string& name : names) all.push_back(get(std::move(name)));
  co_return co_await aio::gather(aio::return_exceptions, std::move(all));
}
