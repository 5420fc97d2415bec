// Name: Only the body breaks
// Says: your download() tries again when a body breaks off, and not when it cannot connect
// Caught-by: Use13e_Download.TriesAgainWhenItCannotConnect

//: use-13e
aio::Coro<> download(http::Client& client, std::string url, Download& into, Tell tell,
                     int attempts) {
  for (int tries = 1;; ++tries) {
    try {
      co_return co_await attempt(client, url, into, tell);
    } catch (const aio::IncompleteReadError&) {
      if (tries == attempts) throw;
    } catch (const aio::TimeoutError&) {
      if (tries == attempts) throw;
    }
    if (into.tag.empty()) into.bytes.clear();
  }
}
