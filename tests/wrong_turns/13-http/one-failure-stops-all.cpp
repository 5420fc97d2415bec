// Name: One failure stops all
// Says: your worker goes home when a page fails, and nobody counts it off
// Caught-by: Fix13c_Crawler.GoesOnAfterAPageThatFails, Fix13c_Crawler.EndsWhenTheLastPageFails

//: fix-13c
aio::Coro<> work(Site& site) {
  try {
    while (aio::current_task().cancelling() == 0) {
      const std::string page = co_await site.queue.get();
      ++site.open;
      try {
        const std::vector<std::string> links = co_await site.fetch(page);
        site.crawled.pages.insert(page);
        for (const std::string& link : links) site.add(link);
      } catch (const std::exception&) {
        throw;
      }
      --site.open;
      if (site.open == 0 && site.queue.empty()) site.queue.shutdown();
    }
  } catch (const aio::QueueShutDown&) {
  }
}
