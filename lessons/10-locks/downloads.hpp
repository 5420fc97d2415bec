#pragma once
// Exercise use-10c: many pages, but only a few at a time.

#include <cstdint>
#include <string>
#include <vector>

#include <aio/coro.hpp>
#include <aio/semaphore.hpp>
#include <aio/support/result.hpp>

class Downloads {
 public:
  /// From the server at `port` of this machine; `at_once` connections to it at most.
  Downloads(std::uint16_t port, long at_once) : port_(port), places_(at_once) {}

  /// One page: waits for a free place, then fetches it with fetch_page() of page_server.hpp.
  /// However that ends, its place is free again. Calls are served in the order in which they come.
  aio::Coro<std::string> get(std::string page);

  /// All pages at once, as far as there are places. Entry i is page i, or why there is none.
  /// Cancelling this cancels all that have not ended.
  aio::Coro<std::vector<aio::Result<std::string>>> get_all(std::vector<std::string> pages);

 private:
  const std::uint16_t port_;
  aio::Semaphore places_;
};
