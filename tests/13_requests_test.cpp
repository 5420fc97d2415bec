// Lesson 13: what our server makes of the raw requests in tests/http/requests.txt.

#include <chrono>
#include <cstddef>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <http/server.hpp>

#include "support/http_pair.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"

namespace {

using aio::Coro;
using namespace std::chrono_literals;

struct Row {
  std::string name, bytes, verdict;
  std::vector<std::string> answers;
};

std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') {
      bytes += text[at];
      continue;
    }
    switch (text.at(++at)) {
      case 'r':
        bytes += '\r';
        break;
      case 'n':
        bytes += '\n';
        break;
      case 't':
        bytes += '\t';
        break;
      case '0':
        bytes += '\0';
        break;
      case '\\':
        bytes += '\\';
        break;
      case 'x':
        bytes += static_cast<char>(std::stoi(std::string(text.substr(at + 1, 2)), nullptr, 16));
        at += 2;
        break;
      default:
        throw std::invalid_argument("an escape that nobody knows: " + std::string(text));
    }
  }
  return bytes;
}

/// {a*3} becomes aaa.
std::string repeated(std::string line) {
  const std::size_t open = line.find('{'), star = line.find('*', open),
                    close = line.find('}', star);
  if (close == line.npos) return line;
  const std::string piece = line.substr(open + 1, star - open - 1);
  std::string all;
  for (int i = std::stoi(line.substr(star + 1, close - star - 1)); i > 0; --i) all += piece;
  return line.replace(open, close + 1 - open, all);
}

std::vector<Row> rows() {
  std::ifstream file(LOOPWRIGHT_HTTP_DATA "/requests.txt");
  std::vector<Row> all;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    if (line.starts_with("h11: ") || line.starts_with("nginx: ")) continue;
    if (line.front() == '[') {
      all.push_back({line.substr(1, line.find(']') - 1), "", "", {}});
    } else if (line.starts_with("-> ")) {
      all.back().verdict = line.substr(3);
    } else if (line.starts_with("= ")) {
      all.back().answers.push_back("<" + line.substr(2) + ">");
    } else {
      all.back().bytes += unescaped(repeated(line));
    }
  }
  return all;
}

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
    answers.emplace_back(all.substr(at, all.find('>', at) + 1 - at));
  }
  return answers;
}

/// A connection that is closed because nothing comes for a minute was open.
Coro<> check(const Row& row, std::size_t piece) {
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
  if (!row.answers.empty()) {
    EXPECT_EQ(answers_in(all), row.answers) << row.name;
  }
  pair.near->close();
  co_await served;
}

TEST(Requests, AreJudgedAsTheTableSays) {
  const std::vector<Row> all = rows();
  EXPECT_GE(all.size(), 100U);
  for (const Row& row : all) {
    ASSERT_FALSE(row.verdict.empty()) << row.name;
    tests::run_virtual(check(row, row.bytes.size()));
  }
}

TEST(Requests, AreJudgedTheSameByteByByte) {
  for (const Row& row : rows()) {
    if (row.bytes.size() < 1000) tests::run_virtual(check(row, 1));
  }
}

}  // namespace
