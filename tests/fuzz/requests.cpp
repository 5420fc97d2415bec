// Bytes for our server: whatever they are, it answers the same wherever they are cut, and ends.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <aio/task.hpp>
#include <http/server.hpp>

#include "fuzz/input.hpp"
#include "support/http_pair.hpp"

namespace {

using aio::Coro;

Coro<http::Response> echo(http::ServerRequest& request) {
  const std::string body = co_await request.read_all();
  std::string text = request.method + " " + request.target + " ";
  for (const auto [name, value] : request.headers) text.append(name).append(value);
  co_return http::Response(200, text + " " + body);
}

Coro<std::string> all_of(aio::Stream& stream) {
  std::string all;
  try {
    while (!stream.at_eof()) all += co_await stream.read();
  } catch (const std::system_error&) {
  }
  co_return all;
}

/// Where an answer begins that says what is wrong with the bytes; what comes first is found first,
/// and that depends on the pieces.
std::size_t refusal_in(std::string_view answer) {
  std::size_t first = answer.size();
  for (const char* const status : {"400", "413", "414", "431", "501", "505"}) {
    first = std::min(first, answer.find("HTTP/1.1 " + std::string(status)));
  }
  return first;
}

/// Without what is not about the request: the time, and whether a client had to be told to go on.
std::string comparable(std::string answer) {
  if (refusal_in(answer) < answer.size())
    answer.replace(refusal_in(answer), answer.npos, "refused");
  for (const std::string start : {"Date: ", "HTTP/1.1 100 Continue\r\n\r\n"}) {
    for (std::size_t at; (at = answer.find(start)) != answer.npos;) {
      const bool is_line = start == "Date: ";
      answer.erase(at, is_line ? answer.find('\n', at) + 1 - at : start.size());
    }
  }
  return answer;
}

Coro<std::string> answer(fuzz::Pieces pieces) {
  tests::StreamPair pair;
  http::Handler handler = echo;
  aio::Task<> served =
      aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
  aio::Task<> sent = aio::create_task(fuzz::send(*pair.near, std::move(pieces)));
  std::string all = co_await all_of(*pair.near);
  co_await sent;
  pair.near->close();
  co_await served;
  co_return comparable(std::move(all));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  fuzz::compare(fuzz::run(answer(fuzz::whole(input))), fuzz::run(answer(fuzz::cut(input))));
  return 0;
}
