// Name: Adds all to a part
// Says: your download() puts all of the file behind what it has of it
// Caught-by: Use13e_Download.BeginsAnewWhenNobodyKnowsWhichFileItWas

//: use-13e
void begin(const http::Response& response, Download& into) {
  if (response.status == 200) {
    if (!into.tag.empty()) into.bytes.clear();
    into.tag = response.headers.get("ETag").value_or("");
    if (into.tag.starts_with("W/")) into.tag.clear();  // a weak one: the bytes may differ
    return;
  }
  const std::string from = "bytes " + std::to_string(into.bytes.size()) + "-";
  const std::string_view range = response.headers.get("Content-Range").value_or("");
  if (response.status != 206 || !range.starts_with(from)) {
    throw NoFile("the server answers " + std::to_string(response.status));
  }
}

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
    }
  }
}
