// A hundred requests, and the time of one.

#include <string>
#include <utility>
#include <vector>

#include <aio/aio.hpp>

#include "fetch.hpp"

//: use-1c fetch all pages at once, and return the answers in the order of the pages
aio::Coro<std::vector<std::string>> fetch_all(int pages) {
  std::vector<aio::Coro<std::string>> requests;
  for (int page = 0; page < pages; ++page) requests.push_back(fetch(page));
  co_return co_await aio::gather(std::move(requests));
}
