// Name: Told to stop, it tries again
// Says: your download() takes CancelledError for a connection that failed, and asks again
// Caught-by: Use13e_Download.EndsWhenItIsCancelled

//: use-13e
aio::Coro<> download(http::Client& client, std::string url, Download& into, Tell tell,
                     int attempts) {
  for (int tries = 1;; ++tries) {
    try {
      co_return co_await attempt(client, url, into, tell);
    } catch (const std::system_error&) {
      if (tries == attempts) throw;
    } catch (const aio::IncompleteReadError&) {
      if (tries == attempts) throw;
    } catch (const aio::TimeoutError&) {
      if (tries == attempts) throw;
    } catch (const aio::CancelledError&) {
      if (tries == attempts) throw;
    }
    if (into.tag.empty()) into.bytes.clear();
  }
}
