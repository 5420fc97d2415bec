// Exercise fix-13c. Check it with: ./learn check fix-13c
// fix-13c: a crawler.

#include <cstddef>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

#include "crawler.hpp"

namespace {

/// What the workers share.
struct Site {
  /// Puts a page into the queue, unless somebody did before.
  void add(const std::string& page) {
    if (seen.insert(page).second) queue.put_nowait(page);
  }

  Fetch fetch;
  aio::Queue<std::string> queue{};
  std::set<std::string> seen{};
  Crawled crawled{};
  std::size_t open = 0;  // pages that somebody works on
};

aio::Coro<> work(Site& site) {
  while (!site.queue.empty()) {
    const std::string page = site.queue.get_nowait();
    const std::vector<std::string> links = co_await site.fetch(page);
    site.crawled.pages.insert(page);
    for (const std::string& link : links) site.add(link);
  }
}

}  // namespace

aio::Coro<Crawled> crawl(Fetch fetch, std::string start, std::size_t workers) {
  Site site{std::move(fetch)};
  site.add(start);
  std::vector<aio::Coro<>> all;
  for (std::size_t i = 0; i < workers; ++i) all.push_back(work(site));
  co_await aio::gather(aio::return_exceptions, std::move(all));  // none outlives the site
  co_return std::move(site.crawled);
}
