// Name: One attempt
// Says: your download() gives up when the connection fails once
// Caught-by: Use13e_Download.GoesOnWhereItStopped

//: use-13e
aio::Coro<> download(http::Client& client, std::string url, Download& into, Tell tell,
                     int attempts) {
  for (int tries = 1;; ++tries) {
    try {
      co_return co_await attempt(client, url, into, tell);
    } catch (const std::system_error&) {
      if (tries <= attempts) throw;
    } catch (const aio::IncompleteReadError&) {
      if (tries <= attempts) throw;
    } catch (const aio::TimeoutError&) {
      if (tries <= attempts) throw;
    }
    if (into.tag.empty()) into.bytes.clear();
  }
}
