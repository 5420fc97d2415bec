// use-13e: a download that goes on.

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <http/client.hpp>

#include "download.hpp"

namespace {

//: use-13e all of the file, or what is missing of it if it is still the same
http::RequestOptions rest_of(const Download& known) {
  http::RequestOptions options;
  options.headers.add("Accept-Encoding", "identity");
  if (known.bytes.empty() || known.tag.empty()) return options;
  options.headers.add("Range", "bytes=" + std::to_string(known.bytes.size()) + "-");
  options.headers.add("If-Range", known.tag);
  return options;
}

//: use-13e make ready for what the response brings, if it brings that
void begin(const http::Response& response, Download& into) {
  if (response.status == 200) {
    into.bytes.clear();
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

//: use-13e how many bytes there will be in the end
std::optional<std::uint64_t> total_of(const http::Response& response, const Download& known) {
  const auto length = response.headers.get("Content-Length");
  if (!length) return {};
  return known.bytes.size() + std::stoull(std::string(*length));
}

//: use-13e one request, and what comes of it
aio::Coro<> attempt(http::Client& client, const std::string& url, Download& into,
                    const Tell& tell) {
  http::ClientResponse response = co_await client.open("GET", url, rest_of(into));
  begin(response, into);
  const std::optional<std::uint64_t> total = total_of(response, into);
  while (true) {
    const std::string piece = co_await response.read();
    if (piece.empty()) break;
    into.bytes += piece;
    tell(into.bytes.size(), total);
  }
}

}  // namespace

//: use-13e try, and try again where the connection was to blame
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
    if (into.tag.empty()) into.bytes.clear();
  }
}
