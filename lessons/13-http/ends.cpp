// Where does a response end? Three readers and three kinds of responses, over a connection that the
// server keeps for the next request.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <sys/socket.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <http/connection.hpp>

using namespace std::chrono_literals;

namespace {

const std::string request = "GET /news HTTP/1.1\r\nHost: news.example\r\n\r\n";

/// What is sent in two pieces, and whether the server closes then. All of them mean "hello world".
struct Answer {
  const char *first, *second;
  bool closes;
};
constexpr std::array<Answer, 3> answers = {
    {{"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello ", "world", false},
     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello ",
      "\r\n5\r\nworld\r\n0\r\n\r\n", false},
     {"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello ", "world", true}}};

/// A connection that nobody uses is closed after a minute.
aio::Coro<> serve(aio::Stream client, Answer answer) {
  co_await client.read_until("\r\n\r\n");
  client.write(answer.first);
  co_await aio::sleep(1s);
  client.write(answer.second);
  if (!answer.closes) co_await aio::sleep(60s);
}

std::string body_of(const std::string& message) {
  return message.substr(message.find("\r\n\r\n") + 4);
}

// [naive]
aio::Coro<std::string> one_read(aio::Stream server) {
  server.write(request);
  const std::string message = co_await server.read();
  co_return body_of(message);
}

aio::Coro<std::string> to_the_end(aio::Stream server) {
  server.write(request);
  const std::string message = co_await server.read_all();
  co_return body_of(message);
}
// [/naive]

// [by_the_head]
aio::Coro<std::string> by_the_head(aio::Stream server) {
  server.write(request);
  http::Connection connection{http::Channel(std::move(server))};
  http::Response response;
  co_await connection.read_response(response, "GET");
  co_return co_await connection.read_all();
}
// [/by_the_head]

std::pair<aio::Stream, aio::Stream> pair() {
  int fds[2];
  aio::check_syscall("socketpair",
                     ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
  aio::UniqueFd one(fds[0]), other(fds[1]);
  return {aio::Stream::adopt(std::move(one)), aio::Stream::adopt(std::move(other))};
}

aio::Coro<> try_reader(const char* name, aio::Coro<std::string> (*read)(aio::Stream)) {
  int right = 0;
  std::chrono::seconds longest{};
  for (const Answer& answer : answers) {
    auto [here, there] = pair();
    const aio::Task<> serving = aio::create_task(serve(std::move(there), answer));
    const auto begin = aio::running_loop().time();
    const std::string body = co_await read(std::move(here));
    const auto took = aio::running_loop().time() - begin;
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::seconds>(took));
    if (body == "hello world") ++right;
    co_await serving;
  }
  std::printf("%-14s right for %d of 3, after %2d s at the most\n", name, right,
              static_cast<int>(longest.count()));
}

aio::Coro<> compare() {
  co_await try_reader("one read:", one_read);
  co_await try_reader("to the end:", to_the_end);
  co_await try_reader("by the head:", by_the_head);
}

}  // namespace

int main() {
  aio::VirtualClock clock;
  aio::run(compare(), {.clock = &clock});
}
