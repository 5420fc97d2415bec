// Lesson 13: what our client makes of the raw responses in tests/http/responses.txt.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/stream.hpp>
#include <http/client.hpp>

#include "support/http_rows.hpp"
#include "support/http_site.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"

namespace {

using aio::Coro;

/// Takes a request, sends the bytes, and ends the connection.
Coro<> send(aio::Stream stream, std::string bytes, std::size_t piece) {
  co_await stream.read_until("\r\n\r\n");
  for (std::size_t at = 0; at < bytes.size() && !stream.is_closing(); at += piece) {
    stream.write(std::string_view(bytes).substr(at, piece));
    co_await tests::iterations(1);
  }
  stream.close();
}

/// Answers every request with these bytes. What it has begun may outlive it.
tests::Site answering(std::string bytes, std::size_t piece) {
  return tests::Site(
      [bytes, piece](aio::Stream stream) { return send(std::move(stream), bytes, piece); });
}

/// The status and the body, or what became of them.
Coro<std::string> outcome(const tests::RawRow& row, std::size_t piece) {
  tests::Site site = answering(row.bytes, piece);
  http::Client client({}, site.connector());
  try {
    const http::ClientResponse response = co_await client.request(row.method, "http://h/");
    co_return std::to_string(response.status) + " " + response.body;
  } catch (const http::ProtocolError&) {
    co_return "refused ";
  } catch (const aio::IncompleteReadError&) {
    co_return "cut ";
  }
}

void check(const tests::RawRow& row, std::size_t piece) {
  const std::string body = row.contents.empty() ? "" : row.contents.front();
  EXPECT_EQ(tests::run_virtual(outcome(row, piece)), row.verdict + " " + body)
      << row.name << ", " << piece << " at once";
}

TEST(Responses, AreTakenAsTheTableSaysAtOnceAndByteByByte) {
  const auto rows = tests::raw_rows(LOOPWRIGHT_HTTP_DATA "/responses.txt");
  EXPECT_GE(rows.size(), 30U);
  for (const tests::RawRow& row : rows) {
    check(row, row.bytes.size() + 1);
    if (row.bytes.size() < 1000) check(row, 1);
  }
}

}  // namespace
