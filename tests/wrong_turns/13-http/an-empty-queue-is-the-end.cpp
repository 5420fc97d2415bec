// Name: An empty queue is the end
// Says: your worker goes home when the queue is empty, although another one may be about to fill
//   it
// Caught-by: Fix13c_Crawler.HasAllWorkersThoughItBeginsWithOnePage

//: fix-13c
aio::Coro<> work(Site& site) {
  try {
    while (!site.queue.empty()) {
      const std::string page = co_await site.queue.get();
      ++site.open;
      try {
        const std::vector<std::string> links = co_await site.fetch(page);
        site.crawled.pages.insert(page);
        for (const std::string& link : links) site.add(link);
      } catch (const std::exception&) {
        site.crawled.failed.insert(page);
      }
      --site.open;
      if (site.open == 0 && site.queue.empty()) site.queue.shutdown();
    }
  } catch (const aio::QueueShutDown&) {
  }
}
