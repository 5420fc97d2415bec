// Name: What was there is dropped
// Says: your download() begins with an empty file, although a part of it is there
// Caught-by: Use13e_Download.DoesNotTryForEver

//: use-13e
aio::Coro<> download(http::Client& client, std::string url, Download& into, Tell tell,
                     int attempts) {
  into = Download();
  for (int tries = 1;; ++tries) {
    try {
      co_return co_await attempt(client, url, into, tell);
    } catch (const std::system_error&) {
      if (tries == attempts) throw;
    } catch (const aio::IncompleteReadError&) {
      if (tries == attempts) throw;
    } catch (const aio::TimeoutError&) {
      if (tries == attempts) throw;
    }
    if (into.tag.empty()) into.bytes.clear();
  }
}
