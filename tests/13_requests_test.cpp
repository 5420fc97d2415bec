// Lesson 13: what our server makes of the raw requests in tests/http/requests.txt.

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>

#include "support/http_pair.hpp"
#include "support/http_rows.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"

namespace {

using aio::Coro;
using namespace std::chrono_literals;

using tests::RawRow;

std::vector<RawRow> rows() { return tests::raw_rows(LOOPWRIGHT_HTTP_DATA "/requests.txt"); }

Coro<http::Response> echo(http::ServerRequest& request) {
  const std::string body = co_await request.read_all();
  std::string text = request.method + " " + request.target;
  if (!body.empty()) text += " " + body;
  co_return http::Response(200, "<" + text + ">");
}

Coro<> send(aio::Stream& stream, const std::string& bytes, std::size_t piece) {
  for (std::size_t at = 0; at < bytes.size() && !stream.is_closing(); at += piece) {
    stream.write(std::string_view(bytes).substr(at, piece));
    co_await tests::iterations(1);
  }
}

std::string verdict_of(std::string_view all, bool open) {
  std::string verdict;
  for (std::size_t at = 0; (at = all.find("HTTP/1.1 ", at)) != all.npos; at += 9) {
    const std::string_view status = all.substr(at + 9, 3);
    if (http::is_digit(status[0]) && status != "100") verdict.append(status).append(" ");
  }
  return verdict + (open ? "open" : "close");
}

std::vector<std::string> answers_in(std::string_view all) {
  std::vector<std::string> answers;
  for (std::size_t at = 0; (at = all.find('<', at)) != all.npos; ++at) {
    answers.emplace_back(all.substr(at + 1, all.find('>', at) - at - 1));
  }
  return answers;
}

/// A connection that is closed because nothing comes for a minute was open.
Coro<> check(const RawRow& row, std::size_t piece) {
  tests::StreamPair pair;
  http::Handler handler = echo;
  aio::Task<> served =
      aio::create_task(http::serve_stream(std::move(*pair.far), std::move(handler)));
  const auto start = aio::running_loop().time();
  std::string all;
  try {
    co_await send(*pair.near, row.bytes, piece);
    while (!pair.near->at_eof()) all += co_await pair.near->read();
  } catch (const std::system_error&) {  // it closed while we were sending
  }
  const bool open = aio::running_loop().time() - start >= 59s;
  EXPECT_EQ(verdict_of(all, open), row.verdict) << row.name << ", " << piece << " at once:\n"
                                                << all;
  if (!row.contents.empty()) {
    EXPECT_EQ(answers_in(all), row.contents) << row.name;
  }
  pair.near->close();
  co_await served;
}

TEST(Requests, AreJudgedAsTheTableSays) {
  const std::vector<RawRow> all = rows();
  EXPECT_GE(all.size(), 100U);
  for (const RawRow& row : all) {
    ASSERT_FALSE(row.verdict.empty()) << row.name;
    tests::run_virtual(check(row, row.bytes.size()));
  }
}

TEST(Requests, AreJudgedTheSameByteByByte) {
  for (const RawRow& row : rows()) {
    if (row.bytes.size() < 1000) tests::run_virtual(check(row, 1));
  }
}

}  // namespace
