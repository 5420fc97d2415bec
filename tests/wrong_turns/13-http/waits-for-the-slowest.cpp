// Name: Waits for the slowest
// Says: your workers begin together, and wait for the slowest of them before they go on
// Caught-by: Fix13c_Crawler.AFreeWorkerTakesTheNextPage

aio::Coro<Crawled> crawl(Fetch fetch, std::string start, std::size_t workers) {
  Site site{std::move(fetch)};
  site.add(start);
  const auto get = [](Site& from, std::string page) -> aio::Coro<> {
    try {
      const std::vector<std::string> links = co_await from.fetch(page);
      from.crawled.pages.insert(page);
      for (const std::string& link : links) from.add(link);
    } catch (const std::exception&) {
      from.crawled.failed.insert(page);
    }
  };
  while (!site.queue.empty()) {
    std::vector<aio::Coro<>> all;
    while (all.size() < workers && !site.queue.empty()) {
      all.push_back(get(site, site.queue.get_nowait()));
    }
    co_await aio::gather(aio::return_exceptions, std::move(all));
  }
  co_return std::move(site.crawled);
}
